import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { identityKey } from '../../../rehearsal/cloudwatch/identity';
import {
  assumptions,
  defaultSettings,
  type EvaluationSettings,
  withDefaults,
} from '../../../rehearsal/cloudwatch/settings';
import { basicStatistics, computeStatistic, readStatistic } from '../../../rehearsal/cloudwatch/statistics';
import { createMetricStore, type Slot } from '../../../rehearsal/cloudwatch/store';
import type { StatisticSet } from '../../../rehearsal/cloudwatch/types';

const metric = { namespace: 'App', name: 'Latency', dimensions: {} };
const datum = { ...metric, storageResolutionSeconds: 1, at: 0 } as const;

function slotsOf(values: readonly number[], sets: readonly StatisticSet[] = []): readonly Slot[] {
  const store = createMetricStore();
  if (values.length > 0) store.put({ ...datum, values });
  for (const statisticValues of sets) store.put({ ...datum, values: [], statisticValues });
  return store.range(identityKey(metric), 0, 1000);
}

function compute(
  text: string,
  slots: readonly Slot[],
  settings: Partial<EvaluationSettings> = {},
): number | undefined {
  const reading = readStatistic(text);
  assert.ok(reading.ok, reading.ok ? '' : reading.problem);
  return computeStatistic(reading.statistic, slots, { ...defaultSettings, ...settings });
}

function problemOf(text: string): string {
  const reading = readStatistic(text);
  return reading.ok ? 'none' : reading.problem;
}

const oneToTen = slotsOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
const whole = { trimmedBoundarySample: 'whole' } as const;
const linear = { percentileInterpolation: 'linear' } as const;

describe("the statistics of AWS's definitions", () => {
  it('tm90 is the mean without the 10% with the highest values, tc90 their count, ts90 their sum', () => {
    const slots = slotsOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 100]);
    assert.equal(compute('tm90', slots), 5);
    assert.equal(compute('tc90', slots), 9);
    assert.equal(compute('ts90', slots), 45);
  });

  it('TM(10%:90%) leaves out both ends', () => {
    assert.equal(compute('TM(10%:90%)', oneToTen), 5.5);
    assert.equal(compute('TC(10%:90%)', oneToTen), 8);
    assert.equal(compute('TS(10%:90%)', oneToTen), 44);
  });

  it('TS(80%:) is the sum without the lowest 80%', () => {
    assert.equal(compute('TS(80%:)', oneToTen), 19);
  });

  it('tm99 is TM(:99%), and IQM is TM(25%:75%)', () => {
    const slots = slotsOf([1, 2, 3, 10, 100]);
    for (const percent of [0, 1, 37.5, 99, 100]) {
      assert.deepEqual(readStatistic(`tm${percent}`), readStatistic(`TM(:${percent}%)`));
    }
    assert.deepEqual(readStatistic('IQM'), readStatistic('TM(25%:75%)'));
    assert.equal(compute('tm100', slots), compute('Average', slots));
  });

  it('TM(150:1000) leaves out what is 150 or lower and what is higher than 1000', () => {
    assert.equal(compute('TM(150:1000)', slotsOf([150, 151, 1000, 1001])), 575.5);
    assert.equal(compute('TC(0.005:0.030)', slotsOf([0.005, 0.006, 0.03, 0.031])), 2);
    assert.equal(compute('TC(:0.5)', slotsOf([0.4, 0.5, 0.6])), 2);
    assert.equal(compute('TS(80:500)', slotsOf([80, 81, 500, 501])), 581);
  });

  it('wm90 treats the highest 10% as the value at 90%, WM(10%:90%) the lowest likewise', () => {
    assert.equal(compute('wm90', slotsOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 100])), 5.4);
    assert.equal(compute('WM(10%:90%)', slotsOf([0, 2, 3, 4, 5, 6, 7, 8, 9, 100])), 5.5);
    assert.equal(compute('WM(80:500)', slotsOf([10, 100, 1000])), 680 / 3);
  });

  it('PR is the percentage of the samples above the lower and up to the upper value', () => {
    assert.equal(compute('PR(:300)', slotsOf([100, 300, 301, 400])), 50);
    assert.equal(compute('PR(100:2000)', slotsOf([100, 101, 2000, 2001])), 50);
    assert.equal(compute('PR(100:)', slotsOf([100, 101, 102, 103])), 75);
    assert.equal(compute('PR(:1)', slotsOf([2])), 0);
  });

  it('p99 is the highest of the values that tm99 averages, when samples are taken whole', () => {
    const slots = slotsOf([5, 1, 4, 2, 3]);
    assert.equal(compute('p50', slots), 3);
    assert.equal(compute('tm50', slots, whole), 2);
  });
});

describe('a percent boundary within a sample', () => {
  const skewed = slotsOf([1, 2, 3, 10, 100]);

  it('takes the part inside: a trimmed count may be fractional', () => {
    assert.equal(compute('tc50', slotsOf([1, 2, 3])), 1.5);
    assert.equal(compute('ts50', slotsOf([1, 2, 3])), 2);
    assert.equal(compute('tm50', slotsOf([1, 2, 3])), 2 / 1.5);
    // 0.75 of the 2, the 3, 0.75 of the 10.
    assert.equal(compute('IQM', skewed), 12 / 2.5);
  });

  it('takes the sample whole by the other setting', () => {
    assert.equal(compute('tc50', slotsOf([1, 2, 3]), whole), 2);
    assert.equal(compute('tm50', slotsOf([1, 2, 3]), whole), 1.5);
    assert.equal(compute('IQM', skewed, whole), 5);
  });

  it('interpolates the value at the boundary for a winsorised mean when percentiles are interpolated', () => {
    const slots = slotsOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 100]);
    // The value at 90% is 9 + 0.1 * 91.
    assert.ok(Math.abs((compute('wm90', slots, linear) ?? 0) - (45 + 18.1) / 10) < 1e-12);
  });

  it('is no matter of rounding: 32.2% of a thousand are 322, 64.6% of five hundred are 323', () => {
    const many = (length: number): readonly Slot[] =>
      slotsOf(Array.from({ length }, (_, index) => index + 1));
    assert.ok((32.2 * 1000) / 100 > 322 && (64.6 * 500) / 100 < 323);
    assert.equal(compute('tc32.2', many(1000), whole), 322);
    assert.equal(compute('p32.2', many(1000)), 322);
    assert.equal(compute('TC(64.6%:)', many(500), whole), 177);
    assert.equal(compute('WM(64.6%:)', many(500)), (324 * 324 + (177 * 176) / 2 + 176 * 324) / 500);
  });

  it('is among the assumptions that a run prints', () => {
    assert.match(assumptions(withDefaults()).join('\n'), /WM cuts counts with its part inside/);
    assert.match(assumptions(withDefaults(whole)).join('\n'), /WM cuts counts as a whole/);
    assert.match(
      assumptions(withDefaults({ standardDeviation: 'sample' })).join('\n'),
      /STDDEV is that of a sample/,
    );
  });
});

describe('a period', () => {
  const extended = ['p50', 'tm50', 'tc50', 'ts50', 'wm50', 'IQM', 'TM(0:9)', 'PR(:9)'];

  it('without samples between the boundaries counts 0 and has no mean', () => {
    const slots = slotsOf([1, 2]);
    assert.deepEqual(
      ['TC(5:9)', 'TS(5:9)', 'TM(5:9)', 'WM(5:9)', 'tc0', 'tm0', 'wm0'].map((text) => compute(text, slots)),
      [0, 0, undefined, 5, 0, undefined, 1],
    );
  });

  it('without samples has no statistic, and none but the basic ones with a negative value', () => {
    for (const text of extended) {
      assert.equal(compute(text, []), undefined, text);
      assert.equal(compute(text, slotsOf([-1, 2, 3])), undefined, text);
      assert.notEqual(compute(text, slotsOf([1, 2, 3])), undefined, text);
    }
  });

  it('with a statistic set has the basic statistics of all its samples', () => {
    const set = { sampleCount: 4, sum: 26, minimum: 2, maximum: 12 };
    assert.deepEqual(
      basicStatistics.map((name) => compute(name, slotsOf([1, 3], [set]))),
      [6, 30, 5, 1, 12],
    );
  });

  it('with a statistic set of different values has nothing that needs the values', () => {
    const set = { sampleCount: 2, sum: 5, minimum: 1, maximum: 4 };
    for (const text of extended) assert.equal(compute(text, slotsOf([1, 3], [set])), undefined, text);
  });

  it('with a statistic set of one sample, or of equal values, has all statistics', () => {
    const one = { sampleCount: 1, sum: 7, minimum: 7, maximum: 7 };
    const equal = { sampleCount: 3, sum: 0.1 + 0.1 + 0.1, minimum: 0.1, maximum: 0.1 };
    const slots = slotsOf([5], [one, equal]);
    assert.deepEqual(
      ['p50', 'p100', 'TC(:1)', 'PR(:1)', 'tc80'].map((text) => compute(text, slots)),
      [0.1, 7, 3, 60, 4],
    );
  });

  it('with a statistic set whose sum contradicts its equal minimum and maximum has none', () => {
    const wrong = { sampleCount: 2, sum: 7, minimum: 1, maximum: 1 };
    assert.equal(compute('p50', slotsOf([], [wrong])), undefined);
    assert.equal(compute('Sum', slotsOf([], [wrong])), 7);
  });
});

describe('the text of a statistic', () => {
  it('is refused with what is wrong with it', () => {
    const problems: readonly [string, RegExp][] = [
      ['TM(10%:500)', /^the statistic TM\(10%:500\) has a percentage on one side and a value on the other/],
      ['PR(10%:90%)', /has percentages for boundaries, expected values such as :300$/],
      ['TM(:101%)', /has the boundary 101%, expected at most 100%$/],
      ['TC(90%:10%)', /has nothing between its boundaries, expected the lower one first$/],
      ['WM(5:5)', /has nothing between its boundaries/],
      ['TM(:)', /needs one or two boundaries with a colon between/],
      ['TM(90%)', /needs one or two boundaries with a colon between/],
      ['TS(1:2:3)', /needs one or two boundaries with a colon between/],
      ['TM(-5:5)', /needs one or two boundaries with a colon between/],
      // AWS: one number is abbreviated in lower case, a range in upper case.
      ['TM90', /^there is no statistic "TM90", expected one of SampleCount/],
      ['tm(10%:90%)', /^there is no statistic/],
      ['iqm', /^there is no statistic/],
      ['tm101', /^there is no statistic/],
    ];
    for (const [text, expected] of problems) assert.match(problemOf(text), expected, text);
  });
});
