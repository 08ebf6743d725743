import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { identityKey } from '../../../rehearsal/cloudwatch/identity';
import { defaultSettings, type EvaluationSettings } from '../../../rehearsal/cloudwatch/settings';
import { basicStatistics, computeStatistic, readStatistic } from '../../../rehearsal/cloudwatch/statistics';
import { createMetricStore, type Slot } from '../../../rehearsal/cloudwatch/store';
import { seed } from '../../seed';

/** Raise it to look harder. */
const runs = 1000;

const metric = { namespace: 'App', name: 'Latency', dimensions: {} };

interface Sample {
  readonly value: number;
  readonly count: number;
  readonly at: number;
}

/** The samples spread over slots, as values with counts. */
function slotsOf(samples: readonly Sample[]): readonly Slot[] {
  const store = createMetricStore();
  for (const { value, count, at } of samples) {
    store.put({ ...metric, storageResolutionSeconds: 1, at, values: [value], counts: [count] });
  }
  return store.range(identityKey(metric), 0, 10_000);
}

function compute(text: string, slots: readonly Slot[], settings: EvaluationSettings): number | undefined {
  const reading = readStatistic(text);
  assert.ok(reading.ok, text);
  return computeStatistic(reading.statistic, slots, settings);
}

/** Every sample by itself, ascending. */
const written = (samples: readonly Sample[]): number[] =>
  samples
    .flatMap(({ value, count }) => Array.from({ length: count }, () => value))
    .sort((one, other) => one - other);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : sum(values) / values.length;

function assertNear(actual: number | undefined, expected: number | undefined, text: string): void {
  const isNear =
    actual === undefined || expected === undefined
      ? actual === expected
      : Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
  assert.ok(isNear, `${text}: got ${actual}, expected ${expected}`);
}

const sample: fc.Arbitrary<Sample> = fc.record({
  value: fc.integer({ min: 0, max: 20 }),
  count: fc.oneof(
    { weight: 3, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
  ),
  at: fc.integer({ min: 0, max: 9000 }),
});
const samples = fc.array(sample, { minLength: 1, maxLength: 20 });
const percents = fc
  .tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 100 }))
  .filter(([lower, upper]) => lower < upper);
const interpolations = fc.constantFrom<EvaluationSettings['percentileInterpolation'][]>(
  'nearest-rank',
  'linear',
);

describe('a statistic is what a slower way of computing it gives', () => {
  it('a basic one', () => {
    fc.assert(
      fc.property(samples, (given) => {
        const all = written(given);
        const slots = slotsOf(given);
        const expected = [all.length, sum(all), mean(all), all[0], all.at(-1)];
        for (const [index, name] of basicStatistics.entries()) {
          assertNear(compute(name, slots, defaultSettings), expected[index], name);
        }
      }),
      { numRuns: runs, seed },
    );
  });

  it('a percentile: the least value that enough samples do not exceed', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 0, max: 1000 }), (given, tenths) => {
        const all = written(given);
        const enough = (value: number): boolean =>
          all.filter((each) => each <= value).length * 1000 >= tenths * all.length;
        const text = `p${tenths / 10}`;
        assert.equal(compute(text, slotsOf(given), defaultSettings), all.find(enough), text);
      }),
      { numRuns: runs, seed },
    );
  });

  it('a trimmed one by percentages: each sample cut in a hundred, of which whole ones stay', () => {
    fc.assert(
      fc.property(samples, percents, (given, [lower, upper]) => {
        const all = written(given);
        const pieces = all.flatMap((value) => Array.from({ length: 100 }, () => value));
        const kept = pieces.slice(lower * all.length, upper * all.length);
        const slots = slotsOf(given);
        const range = `(${lower}%:${upper}%)`;
        assertNear(compute(`TM${range}`, slots, defaultSettings), mean(kept), `TM${range}`);
        assertNear(compute(`TC${range}`, slots, defaultSettings), kept.length / 100, `TC${range}`);
        assertNear(compute(`TS${range}`, slots, defaultSettings), sum(kept) / 100, `TS${range}`);
      }),
      { numRuns: runs, seed },
    );
  });

  it('a trimmed one that takes samples whole, and a winsorised mean by its outermost samples', () => {
    const settings = { ...defaultSettings, trimmedBoundarySample: 'whole' } as const;
    fc.assert(
      fc.property(samples, percents, (given, [lower, upper]) => {
        const all = written(given);
        const kept = all.filter(
          (_, index) => (index + 1) * 100 > lower * all.length && index * 100 < upper * all.length,
        );
        const slots = slotsOf(given);
        const range = `(${lower}%:${upper}%)`;
        assertNear(compute(`TM${range}`, slots, settings), mean(kept), `TM${range}`);
        assertNear(compute(`TC${range}`, slots, settings), kept.length, `TC${range}`);
        assertNear(compute(`TS${range}`, slots, settings), sum(kept), `TS${range}`);
        const clamped = all.map((value) => Math.min(Math.max(value, kept[0] ?? 0), kept.at(-1) ?? 0));
        assertNear(compute(`WM${range}`, slots, settings), mean(clamped), `WM${range}`);
      }),
      { numRuns: runs, seed },
    );
  });

  it('one between two values, the lower excluded and the upper included', () => {
    const bound = fc.option(fc.integer({ min: 0, max: 21 }), { nil: undefined });
    const values = fc
      .tuple(bound, bound)
      .filter(([lower, upper]) => (lower ?? -1) < (upper ?? 22) && (lower ?? upper) !== undefined);
    fc.assert(
      fc.property(samples, values, interpolations, (given, [lower, upper], percentileInterpolation) => {
        const settings = { ...defaultSettings, percentileInterpolation };
        const all = written(given);
        const [above, upTo] = [lower ?? -1, upper ?? 22];
        const kept = all.filter((value) => value > above && value <= upTo);
        const slots = slotsOf(given);
        const range = `(${lower ?? ''}:${upper ?? ''})`;
        const clamped = all.map((value) => Math.min(Math.max(value, above), upTo));
        assertNear(compute(`TM${range}`, slots, settings), mean(kept), `TM${range}`);
        assertNear(compute(`TC${range}`, slots, settings), kept.length, `TC${range}`);
        assertNear(compute(`TS${range}`, slots, settings), sum(kept), `TS${range}`);
        assertNear(compute(`WM${range}`, slots, settings), mean(clamped), `WM${range}`);
        assertNear(compute(`PR${range}`, slots, settings), (100 * kept.length) / all.length, `PR${range}`);
      }),
      { numRuns: runs, seed },
    );
  });
});

describe('statistics agree with each other', () => {
  it('a trimmed sum is the trimmed mean times the trimmed count, and a mean lies between its bounds', () => {
    const whole = fc.constantFrom<EvaluationSettings['trimmedBoundarySample'][]>('share', 'whole');
    fc.assert(
      fc.property(
        samples,
        percents,
        whole,
        interpolations,
        (given, [lower, upper], boundary, interpolation) => {
          const settings = {
            ...defaultSettings,
            trimmedBoundarySample: boundary,
            percentileInterpolation: interpolation,
          };
          const slots = slotsOf(given);
          const of = (name: string): number =>
            compute(`${name}(${lower}%:${upper}%)`, slots, settings) ?? Number.NaN;
          assertNear(of('TS'), of('TM') * of('TC'), 'TS');
          const least = compute('Minimum', slots, settings) ?? 0;
          const most = compute('Maximum', slots, settings) ?? 0;
          for (const name of ['TM', 'WM'])
            assert.ok(of(name) >= least - 1e-9 && of(name) <= most + 1e-9, name);
        },
      ),
      { numRuns: runs, seed },
    );
  });

  it('the bins of a histogram by percentile rank add up to all samples', () => {
    fc.assert(
      fc.property(samples, (given) => {
        const slots = slotsOf(given);
        const bins = ['PR(:5)', 'PR(5:10)', 'PR(10:)'].map(
          (text) => compute(text, slots, defaultSettings) ?? 0,
        );
        assertNear(sum(bins), 100, 'PR');
      }),
      { numRuns: runs, seed },
    );
  });

  it('statistic sets give the basic statistics of the samples that they sum up', () => {
    fc.assert(
      fc.property(fc.array(samples, { minLength: 1, maxLength: 4 }), (groups) => {
        const store = createMetricStore();
        for (const group of groups) {
          const all = written(group);
          const statisticValues = {
            sampleCount: all.length,
            sum: sum(all),
            minimum: all[0] ?? 0,
            maximum: all.at(-1) ?? 0,
          };
          store.put({ ...metric, storageResolutionSeconds: 1, at: 0, values: [], statisticValues });
        }
        const sets = store.range(identityKey(metric), 0, 10_000);
        const raw = slotsOf(groups.flat());
        for (const name of basicStatistics) {
          assertNear(compute(name, sets, defaultSettings), compute(name, raw, defaultSettings), name);
        }
        const isUniform = groups.every((group) => new Set(group.map(({ value }) => value)).size === 1);
        const expected = isUniform ? compute('p50', raw, defaultSettings) : undefined;
        assert.equal(compute('p50', sets, defaultSettings), expected);
      }),
      { numRuns: runs, seed },
    );
  });
});
