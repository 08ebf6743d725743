/** Which mistakes are made, and whether a run tells the ones that nobody notices. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mutate } from '../../../../rehearsal/alarms/mutation/mutants';
import { MutationError, mutationRun } from '../../../../rehearsal/alarms/mutation/mutation-run';
import { ruleMutants } from '../../../../rehearsal/alarms/mutation/rule-mutants';
import { readTestFile } from '../../../../rehearsal/alarms/scenario/read';
import { prepareTest } from '../../../../rehearsal/alarms/scenario/run';
import { printRule } from '../../../../rehearsal/cloudwatch/composite-rule';
import { parseRule } from '../../../../rehearsal/cloudwatch/composite-rule-parser';
import type { Resource } from '../../../../rehearsal/resources';
import { everything, noFiles, orders, ordersFail, queueGrows, shop, shopBook } from '../scenario/shop';

const ids = (resource: Resource): string[] => mutate([resource]).map(({ id }) => id.replace(/^[^:]*: /, ''));

describe('mutants of a metric alarm', () => {
  it('change one thing each', () => {
    assert.deepEqual(ids(ordersFail), [
      'Threshold 9 for 10',
      'Threshold 11 for 10',
      'DatapointsToAlarm 1 for 2',
      'DatapointsToAlarm 3 for 2',
      'EvaluationPeriods 2 for 3',
      'EvaluationPeriods 4 for 3',
      'ComparisonOperator GreaterThanOrEqualToThreshold for GreaterThanThreshold',
      'ComparisonOperator LessThanThreshold for GreaterThanThreshold',
      'ComparisonOperator LessThanOrEqualToThreshold for GreaterThanThreshold',
      'TreatMissingData breaching for notBreaching',
      'TreatMissingData ignore for notBreaching',
      'TreatMissingData missing for notBreaching',
    ]);
  });

  it('never ask for more datapoints than there are periods, and take the defaults for what is not said', () => {
    const numbers = ids(queueGrows).filter((id) => /Datapoints|Periods/.test(id));
    assert.deepEqual(numbers, [
      'DatapointsToAlarm 2 for nothing',
      'EvaluationPeriods 2 for 3',
      'EvaluationPeriods 4 for 3',
    ]);
    assert.ok(ids(queueGrows).includes('TreatMissingData ignore for nothing'));
    assert.ok(!ids(queueGrows).includes('TreatMissingData missing for nothing'));
  });

  it('move a threshold of 0 or 1 to the next whole number, others by a tenth', () => {
    const moved = (Threshold: number): string[] =>
      ids({ ...ordersFail, properties: { ...ordersFail.properties, Threshold } }).slice(0, 2);
    assert.deepEqual(moved(0), ['Threshold -1 for 0', 'Threshold 1 for 0']);
    assert.deepEqual(moved(1), ['Threshold 0 for 1', 'Threshold 2 for 1']);
    assert.deepEqual(moved(0.6), ['Threshold 0.54 for 0.6', 'Threshold 0.66 for 0.6']);
  });
});

describe('mutants of a rule', () => {
  const mutants = (text: string): string[] => {
    const { rule } = parseRule(text);
    return ruleMutants(rule).map((mutant) => printRule(mutant.rule));
  };

  it('lose operands, swap AND and OR, take other states, turn NOT', () => {
    const written = mutants('ALARM("a") AND NOT OK("b")');
    for (const text of [
      'ALARM("a")',
      'NOT OK("b")',
      'ALARM("a") OR NOT OK("b")',
      'OK("a") AND NOT OK("b")',
      'ALARM("a") AND OK("b")',
      'NOT (ALARM("a") AND NOT OK("b"))',
      'ALARM("a") AND NOT ALARM("b")',
    ])
      assert.ok(
        written.includes(printRule(parseRule(text).rule)),
        `${text} is not among ${written.join(' | ')}`,
      );
  });

  it('count differently, and never impossibly', () => {
    const written = mutants('AT_LEAST(2, ALARM, (a, b))');
    assert.ok(written.includes(printRule(parseRule('AT_LEAST(1, ALARM, (a, b))').rule)));
    assert.ok(!written.some((text) => text.includes('AT_LEAST(3')));
  });

  it('all differ from the rule and can be read', () => {
    for (const text of ['TRUE', 'ALARM(a) OR (OK(b) AND NOT ALARM(c))', 'AT_LEAST(50%, NOT OK, (a, b, c))']) {
      const own = printRule(parseRule(text).rule);
      for (const mutant of mutants(text)) assert.notEqual(printRule(parseRule(mutant).rule), own);
    }
  });

  it('come with those of the suppressor', () => {
    const suppressed = {
      ...everything,
      properties: {
        ...everything.properties,
        ActionsSuppressorWaitPeriod: 60,
        ActionsSuppressorExtensionPeriod: 5,
      },
    };
    const periods = ids(suppressed).filter((id) => id.startsWith('ActionsSuppressor'));
    assert.deepEqual(periods, [
      'ActionsSuppressorWaitPeriod 50 for 60',
      'ActionsSuppressorWaitPeriod 70 for 60',
      'ActionsSuppressorExtensionPeriod 15 for 5',
    ]);
  });
});

describe('a mutation run', () => {
  const run = (text: string) => {
    const options = { book: shopBook(), readers: noFiles, keepEvaluations: false, now: () => 0 };
    const file = readTestFile('shop.yaml', text);
    return mutationRun(
      [ordersFail],
      file.tests.map((test) => prepareTest(file, test, options)),
    );
  };

  it('names the mutants that nobody notices', () => {
    const survivors = run(
      orders('0x3 20x4', '{ at: 5m, ordersFail: ALARM }', '{ at: 4m, ordersFail: OK }'),
    ).survivors;
    const names = survivors.map(({ id }) => id);
    assert.ok(names.includes('shop-ordersFail: Threshold 11 for 10'), names.join('\n'));
    assert.ok(!names.includes('shop-ordersFail: DatapointsToAlarm 3 for 2'), names.join('\n'));
  });

  it('lets every mutant live that no test touches', () => {
    const untouched = 'tests: [{ name: a, for: 5m, expect: [{ queueGrows: INSUFFICIENT_DATA }] }]';
    const { mutants, survivors } = run(untouched);
    assert.equal(survivors.length, mutants);
  });

  it('proves nothing with tests that fail anyway, and says so', () => {
    assert.throws(() => run(orders('0x3', '{ at: 3m, ordersFail: ALARM }')), MutationError);
    assert.ok(shop.includes(ordersFail));
  });
});
