/** How the outcome is told: to people, to programs, to CI systems. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resultsToJson } from '../../../../rehearsal/alarms/scenario/report-json';
import { resultsToJunit } from '../../../../rehearsal/alarms/scenario/report-junit';
import { describeResults } from '../../../../rehearsal/alarms/scenario/report-text';
import { orders, runText } from './shop';
import { readXml } from './xml-reader';

const text = {
  useUnicode: false,
  paint: (_: string, line: string) => line,
  elapsedMs: 1234,
  coverage: undefined,
};
const failing = orders('0x3 20x2 _x2', '{ at: 4m, ordersFail: ALARM }');

describe('the text', () => {
  it('of a success is one line a file and the summary last, with what was assumed', () => {
    const lines = describeResults([runText(orders('0x3', '{ ordersFail: not ALARM }'))], text);
    assert.equal(lines[0], 'PASS  shop.yaml  1 test');
    assert.ok(lines.some((line) => line.includes('evaluationRangeExtraPeriods 2')));
    assert.equal(lines.at(-1), "1 test passed; 3m of the alarms' time in 1.23 s");
  });

  it('of a failure shows what was judged, with fills, M of N, limit and reason, and a chart', () => {
    const told = describeResults([runText(failing)], text).join('\n');
    assert.match(told, /^FAIL {2}shop\.yaml {2}1 of 1 test$/m);
    assert.match(told, /shop-ordersFail at 4m \(2026-01-05 00:04:00 UTC\) {2}shop\.yaml:6/);
    assert.match(told, /expected {2}ALARM\n +got {7}OK, since 1m/);
    assert.match(told, / -1m +0s +1m +2m +3m\n +- +\(0\) +0 +0 +20!/);
    assert.match(told, /1 of 3 judged are > 10; ALARM needs 2 of 3/);
    assert.match(told, /Threshold Crossed: 2 out of the last 3 datapoints .* were not greater than/);
    assert.match(told, /state {2}ooooAAA/);
    assert.match(told, /1 of 1 tests failed;/);
  });

  it('tells of points that were missing and how they counted', () => {
    const told = describeResults([runText(orders('20 _x6', '{ at: 5m, ordersFail: ALARM }'))], text).join(
      '\n',
    );
    assert.match(told, /2 missing points: counted as not breaching \(TreatMissingData notBreaching\)/);
  });

  it('of a composite alarm shows its rule and where its children stand', () => {
    const told = describeResults([runText(orders('20x5', '{ at: 5m, everything: ALARM }'))], text).join('\n');
    assert.match(told, /rule ALARM\("shop-ordersFail"\) AND ALARM\("shop-queueGrows"\)/);
    assert.match(told, /shop-ordersFail is ALARM since 2m/);
    assert.match(told, /shop-queueGrows is INSUFFICIENT_DATA since 0s/);
  });

  it('names the settings of a file that has its own', () => {
    const told = describeResults(
      [
        runText(
          `settings: { evaluationRangeExtraPeriods: 0 }\n${orders('0x3', '{ ordersFail: not ALARM }')}`,
        ),
      ],
      text,
    );
    assert.ok(told.includes('  shop.yaml sets evaluationRangeExtraPeriods 0'), told.join('\n'));
  });
});

describe('the JSON', () => {
  it('has every failure with the datapoints behind it', () => {
    const json = resultsToJson([runText(failing)], { elapsedMs: 7, coverage: undefined });
    assert.equal(json.passed, false);
    assert.deepEqual([json.tests, json.failed, json.elapsedMs], [1, 1, 7]);
    const [failure] = json.files[0]?.tests[0]?.failures ?? [];
    assert.equal(failure?.offset, '4m');
    assert.equal(failure?.at, '2026-01-05T00:04:00.000Z');
    assert.deepEqual(failure?.evaluation?.datapoints.at(-1), {
      at: '2026-01-05T00:03:00.000Z',
      value: 20,
      breaching: true,
      judged: true,
    });
    assert.ok(json.assumptions.length > 5);
    assert.deepEqual(JSON.parse(JSON.stringify(json)), json);
  });
});

describe('the JUnit file', () => {
  it('is well-formed XML with suites, cases, counts and the failure, whatever the names are', () => {
    const name = `"a" <b> & 'c' ]]> \\u0007 \\n \\uD800`;
    const file = runText(failing.replace('name: orders', `name: "${name.replaceAll('"', '\\"')}"`));
    const root = readXml(
      resultsToJunit([file, runText(orders('0x3', '{ ordersFail: not ALARM }'))], undefined),
    );
    assert.equal(root.name, 'testsuites');
    assert.deepEqual(
      [root.attributes.tests, root.attributes.failures, root.attributes.errors],
      ['2', '1', '0'],
    );
    const [suite, passing] = root.children;
    assert.deepEqual(
      [suite?.name, suite?.attributes.name, suite?.attributes.failures],
      ['testsuite', 'shop.yaml', '1'],
    );
    assert.equal(passing?.children[0]?.children.length, 0);
    const testCase = suite?.children[0];
    assert.equal(testCase?.attributes.name, `"a" <b> & 'c' ]]> \u{FFFD} \n \u{FFFD}`);
    const failure = testCase?.children[0];
    assert.equal(failure?.attributes.message, 'shop-ordersFail: expected ALARM, got OK, since 1m');
    assert.match(failure?.text ?? '', /1 of 3 judged are > 10/);
  });
});
