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
      "a.yaml:5: tests[0].expect[0].at: got '90', expected a time as 90s, 1m30s or 2h; correct it",
    ]);
    assert.deepEqual(problems(expecting('{ x: not ALRM }')), [
      "a.yaml:5: tests[0].expect[0].x: got 'not ALRM', expected OK, ALARM, INSUFFICIENT_DATA, or one of them after not; correct it",
    ]);
    assert.deepEqual(problems(expecting('{ x: { transitions: [OK to ALARM] } }')), [
      "a.yaml:5: tests[0].expect[0].x.transitions[0]: got 'OK to ALARM', expected a transition as OK -> ALARM at 1m30s; correct it",
    ]);
  });

  it('refuses keys that it does not know', () => {
    assert.deepEqual(problems(file('    expects: []', '    expect: [{ x: OK }]')), [
      'a.yaml:3: tests[0].expects: the key is not known here, expected one of name, for, series, expect; correct the name or take it away',
    ]);
    assert.match(problems(expecting('{ x: { transition: [] } }')).join(), /transition: the key is not known/);
    assert.match(
      problems(`template: a.json\nstarts: 2026-01-05T00:00:00Z\n${expecting('{ x: OK }')}`).join(),
      /^a\.yaml:2: starts: the key is not known here, expected one of template, start,/,
    );
  });

  it('tells of a series only what concerns its kind', () => {
    const series = (line: string): string[] =>
      problems(file('    series:', `      - ${line}`, '    expect: [{ x: OK }]'));
    assert.deepEqual(series('{ namespace: N, metric: M, values: 1x3 }'), [
      'a.yaml:4: tests[0].series[0].step: missing, expected a time as 90s, 1m30s or 2h; add it',
    ]);
    assert.deepEqual(series('{ file: a.csv, step: 10s }'), [
      'a.yaml:4: tests[0].series[0].step: the key is not known here, expected one of file, namespace, mapping, queries, unread; correct the name or take it away',
    ]);
    assert.deepEqual(series('{ values: 1x3 }'), [
      'a.yaml:4: tests[0].series[0]: got the keys values, expected namespace and metric, or input, or supply, or file; correct it',
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
    assert.match(
      problems(`settings: { evaluationRange: 3 }\n${tests}`).join(),
      /settings\.evaluationRange: the key/,
    );
    assert.match(problems(`${tests}\n  - { name: a, expect: [{ x: OK }] }`).join(), /a.yaml:6: .*two tests/);
  });

  it('needs at least one test and one expectation, and says so in its own words', () => {
    assert.deepEqual(problems('tests: []'), [
      'a.yaml:1: tests: got an empty list, expected at least one test; correct it',
    ]);
    assert.deepEqual(problems(file('    expect: []')), [
      'a.yaml:3: tests[0].expect: got an empty list, expected at least one expectation; correct it',
    ]);
    assert.match(
      problems(`settings: []\n${expecting('{ x: OK }')}`).join(),
      /got an empty list, expected keys/,
    );
    assert.match(
      problems(`settings: { evaluationRangeExtraPeriods: -1 }\n${expecting('{ x: OK }')}`).join(),
      /got '-1', expected at least 0; correct it$/,
    );
  });

  it('refuses every state at once, which nothing can break', () => {
    assert.deepEqual(problems(expecting('{ x: [OK, not OK] }')), [
      'a.yaml:5: tests[0].expect[0].x: got [OK, not OK], expected at most two of the three states, because all three can never fail; take one out',
    ]);
  });

  it('refuses a key that JavaScript would lose, wherever it stands', () => {
    const line = "the key cannot be used, got '__proto__', expected another name; rename it";
    assert.deepEqual(problems(expecting('{ __proto__: ALARM }')), [`a.yaml:5: ${line}`]);
    assert.deepEqual(
      problems(
        file(
          '    series:',
          '      - { namespace: N, metric: M, dimensions: { __proto__: b }, step: 1m, values: 1 }',
          '    expect: [{ x: OK }]',
        ),
      ),
      [`a.yaml:4: ${line}`],
    );
  });

  it('refuses dimensions that are no text', () => {
    const series = (dimensions: string): string =>
      problems(
        file(
          '    series:',
          `      - { namespace: N, metric: M, dimensions: ${dimensions}, step: 1m, values: 1 }`,
          '    expect: [{ x: OK }]',
        ),
      ).join();
    assert.match(series('[a]'), /dimensions: got \[a\], expected names and values as /);
    assert.match(series('{ A: [b] }'), /dimensions\.A: got \[b\], expected a value as checkout/);
    assert.equal(series('{ A: 1 }'), '');
  });

  it('refuses tests that are longer than 400 days, and what leads there', () => {
    const limit = /expected at most 400d, because a year is the longest that makes sense/;
    assert.match(problems(file('    for: 401d', '    expect: [{ x: OK }]')).join(), limit);
    for (const key of ['start: -401d', 'step: 401d', 'delay: 401d'])
      assert.match(
        problems(
          file('    series:', `      - { input: x, values: 1, ${key} }`, '    expect: [{ x: OK }]'),
        ).join(),
        limit,
      );
    assert.deepEqual(problems(file('    for: 400d', '    expect: [{ x: OK }]')), []);
    assert.match(
      problems(`start: +012000-01-01T00:00:00Z\n${expecting('{ x: OK }')}`).join(),
      /1970 and 9000/,
    );
  });

  it('repeats what it got cut, and without anything that a terminal would obey', () => {
    const told = problems(expecting(`{ x: "\\e[31m\\0${'y'.repeat(500)}" }`)).join();
    assert.match(told, /got '\\u001b\[31m\\u0000y{54}\.\.\.', expected OK/);
    assert.match(problems(expecting(`{ "\\e[31m": nothing }`)).join(), /expect\[0\]\.\\u001b\[31m: got/);
  });

  it('with aliases that lead nowhere or in circles is told of, and ends', () => {
    assert.match(
      problems('tests: &a\n  - *a').join(),
      /tests\[0\]: got \[\.\.\.\], expected keys and values/,
    );
    assert.match(problems('tests: *a').join(), /^a\.yaml:1: not YAML, got /);
  });

  it('that is no YAML is told by its line', () => {
    assert.match(problems('tests:\n  - name: "a').join(), /^a\.yaml:\d: not YAML, got /);
  });
});
