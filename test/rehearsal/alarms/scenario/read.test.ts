/** Test files: what they may say, and how their mistakes are told. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AlarmTestError, readTestFile } from '../../../../rehearsal/alarms/scenario/read';

function problems(text: string): string[] {
  try {
    readTestFile('a.yaml', text);
  } catch (error) {
    assert.ok(error instanceof AlarmTestError, String(error));
    return error.message.split('\n');
  }
  return [];
}

const file = (...lines: readonly string[]): string => ['tests:', '  - name: a', ...lines].join('\n');
const expecting = (line: string): string => file('    for: 5m', '    expect:', `      - ${line}`);

describe('a test file', () => {
  it('is read with the lines of its tests and expectations', () => {
    const read = readTestFile('a.yaml', expecting('{ at: 1m30s, x: not ALARM }'));
    const [test] = read.tests;
    assert.equal(test?.line, 2);
    assert.deepEqual(test?.expectationLines, [5]);
    assert.equal(test?.for, 300_000);
    assert.deepEqual(test?.expect[0]?.alarms, { x: { state: ['OK', 'INSUFFICIENT_DATA'] } });
    assert.equal(test?.expect[0]?.at, 90_000);
  });

  it('keeps 0x5 as five zeros, which YAML would take for a number in base sixteen', () => {
    const read = readTestFile(
      'a.yaml',
      file(
        '    series:',
        '      - { input: x, values: 0x10 }',
        '      - { input: x, values: 7 }',
        '    expect: [{ x: OK }]',
      ),
    );
    const values = read.tests[0]?.series.map((series) => ('values' in series ? series.values : undefined));
    assert.deepEqual(values, ['0x10', '7']);
  });

  it('says what is wrong, where, what it got and what it expected', () => {
    assert.deepEqual(problems(expecting('{ at: 90, x: OK }')), [
      "a.yaml:5: tests[0].expect[0].at: got '90', expected a time as 90s, 1m30s or 2h",
    ]);
    assert.deepEqual(problems(expecting('{ x: not ALRM }')), [
      "a.yaml:5: tests[0].expect[0].x: got 'not ALRM', expected OK, ALARM, INSUFFICIENT_DATA, or one of them after not",
    ]);
    assert.deepEqual(problems(expecting('{ x: { transitions: [OK to ALARM] } }')), [
      "a.yaml:5: tests[0].expect[0].x.transitions[0]: got 'OK to ALARM', expected a transition as OK -> ALARM at 1m30s",
    ]);
  });

  it('refuses keys that it does not know', () => {
    assert.deepEqual(problems(file('    expects: []', '    expect: [{ x: OK }]')), [
      'a.yaml:2: tests[0]: unrecognized key: "expects"',
    ]);
    assert.match(problems(expecting('{ x: { transition: [] } }')).join(), /unrecognized key: "transition"/);
    assert.match(problems(`starts: 2026-01-05T00:00:00Z\n${expecting('{ x: OK }')}`).join(), /"starts"/);
  });

  it('tells of a series only what concerns its kind', () => {
    const series = (line: string): string[] =>
      problems(file('    series:', `      - ${line}`, '    expect: [{ x: OK }]'));
    assert.deepEqual(series('{ namespace: N, metric: M, values: 1x3 }'), [
      'a.yaml:4: tests[0].series[0].step: missing, expected a time as 90s, 1m30s or 2h',
    ]);
    assert.deepEqual(series('{ file: a.csv, step: 10s }'), [
      'a.yaml:4: tests[0].series[0]: unrecognized key: "step"',
    ]);
    assert.deepEqual(series('{ values: 1x3 }'), [
      'a.yaml:4: tests[0].series[0]: expected namespace and metric, or input, or supply, or file',
    ]);
  });

  it('refuses expectations that contradict themselves or say nothing', () => {
    const said = (line: string): string => problems(expecting(line)).join();
    assert.match(said('{ at: 1m, from: 2m, x: OK }'), /a moment and an interval at once/);
    assert.match(said('{ from: 2m, until: 1m, x: OK }'), /ends before it begins/);
    assert.match(said('{ at: 1m }'), /nothing is expected/);
    assert.match(said('{ x: {} }'), /expected state, transitions, actions or withheld/);
    assert.match(said('{ at: 1m, x: { actions: [] } }'), /about the whole test/);
    assert.match(said('{ from: 1m, mails: [] }'), /about the whole test/);
    assert.match(said('{ at: 1m, quiet: all }'), /take at away/);
  });

  it('refuses a start that is no whole minute, two tests of one name, and a setting that does not exist', () => {
    const tests = expecting('{ x: OK }');
    assert.match(problems(`start: 2026-01-05T00:00:30Z\n${tests}`).join(), /expected a whole minute/);
    assert.match(problems(`settings: { evaluationRange: 3 }\n${tests}`).join(), /"evaluationRange"/);
    assert.match(problems(`${tests}\n  - { name: a, expect: [{ x: OK }] }`).join(), /a.yaml:6: .*two tests/);
  });

  it('that is no YAML is told by its line', () => {
    assert.match(problems('tests:\n  - name: "a').join(), /^a\.yaml:\d: not YAML, got /);
  });
});
