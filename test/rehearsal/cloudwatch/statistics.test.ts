import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { alignedGrid, fillBuckets, slidingGrid } from '../../../rehearsal/cloudwatch/buckets';
import { identityKey } from '../../../rehearsal/cloudwatch/identity';
import { defaultSettings } from '../../../rehearsal/cloudwatch/settings';
import { computeStatistic, hasTooFewSamples, readStatistic } from '../../../rehearsal/cloudwatch/statistics';
import { createMetricStore, type Slot } from '../../../rehearsal/cloudwatch/store';
import '../../seed';

const metric = { namespace: 'App', name: 'Latency', dimensions: {} };

function slotsOf(values: readonly number[], counts?: readonly number[]): readonly Slot[] {
  const store = createMetricStore();
  store.put({
    ...metric,
    storageResolutionSeconds: 1,
    at: 0,
    values,
    ...(counts === undefined ? {} : { counts }),
  });
  return store.range(identityKey(metric), 0, 1000);
}

function compute(
  text: string,
  slots: readonly Slot[],
  percentileInterpolation: 'nearest-rank' | 'linear' = 'nearest-rank',
) {
  const reading = readStatistic(text);
  assert.ok(reading.ok);
  return computeStatistic(reading.statistic, slots, { ...defaultSettings, percentileInterpolation });
}

describe('statistics', () => {
  it('computes the five basic ones over values with counts', () => {
    const slots = slotsOf([10, 40], [3, 1]);
    assert.equal(compute('SampleCount', slots), 4);
    assert.equal(compute('Sum', slots), 70);
    assert.equal(compute('Average', slots), 17.5);
    assert.equal(compute('Minimum', slots), 10);
    assert.equal(compute('Maximum', slots), 40);
  });

  it('gives nothing where there is no sample', () => {
    for (const statistic of ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum', 'p50']) {
      assert.equal(compute(statistic, []), undefined);
    }
  });

  it('computes a percentile of values with counts as if each value were written out', () => {
    const sample = fc.record({
      value: fc.integer({ min: 0, max: 1000 }),
      count: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1, maxLength: 30 }),
        fc.constantFrom('p0', 'p5', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'p100'),
        fc.constantFrom('nearest-rank' as const, 'linear' as const),
        (samples, statistic, interpolation) => {
          const weighted = slotsOf(
            samples.map(({ value }) => value),
            samples.map(({ count }) => count),
          );
          const written = slotsOf(
            samples.flatMap(({ value, count }) => Array.from({ length: count }, () => value)),
          );
          assert.equal(
            compute(statistic, weighted, interpolation),
            compute(statistic, written, interpolation),
          );
        },
      ),
      { seed: 20261114 },
    );
  });

  it('takes the nearest rank unless told to interpolate', () => {
    const hundred = slotsOf(Array.from({ length: 100 }, (_, index) => index + 1));
    assert.equal(compute('p7', hundred), 7);
    assert.equal(compute('p95', hundred), 95);
    assert.equal(compute('p99.5', hundred), 100);
    assert.equal(compute('p50', slotsOf([10, 20]), 'linear'), 15);
  });

  it('says by name what is no statistic', () => {
    for (const text of ['p101', 'p', 'average', 'P99', 'p9.12345678901', 'p100.5', '']) {
      const reading = readStatistic(text);
      assert.ok(!reading.ok && reading.problem.startsWith(`there is no statistic "${text}", expected`), text);
    }
  });

  it('knows how many samples a percentile needs: 100 for p90, 1000 for p99, 100 for p10', () => {
    assert.deepEqual(
      [
        [90, 99],
        [90, 100],
        [99, 999],
        [99, 1000],
        [10, 99],
        [10, 100],
        [50, 19],
        [50, 20],
      ].map(([percent = 0, count = 0]) => hasTooFewSamples(percent, count)),
      [true, false, true, false, true, false, true, false],
    );
  });
});

describe('periods', () => {
  const sum = { kind: 'basic', name: 'Sum' } as const;

  it('end at the evaluation, include their start and leave out their end', () => {
    const store = createMetricStore();
    for (const at of [0, 9999, 10_000, 20_000]) {
      store.put({ ...metric, storageResolutionSeconds: 1, at, values: [1] });
    }
    const slots = store.range(identityKey(metric), 0, 30_000);
    const grid = slidingGrid(20_000, 10_000, 2);
    const inside = slots.filter((slot) => slot.at < 20_000);
    assert.deepEqual(fillBuckets(grid, inside, sum, defaultSettings), {
      points: [2, 1],
      sampleCounts: [2, 1],
    });
  });

  it("follow AWS's example: at minute 6 a five-minute period holds minutes 2 to 6", () => {
    const store = createMetricStore();
    for (let minute = 1; minute <= 6; minute++) {
      store.put({
        ...metric,
        storageResolutionSeconds: 60,
        at: (minute - 1) * 60_000 + 30_000,
        values: [10 ** minute],
      });
    }
    const at = (tick: number): unknown => {
      const grid = slidingGrid(tick * 60_000, 300_000, 1);
      const slots = store.range(identityKey(metric), grid.start, tick * 60_000);
      return fillBuckets(grid, slots, sum, defaultSettings).points;
    };
    assert.deepEqual(at(5), [111_110]);
    assert.deepEqual(at(6), [1_111_100]);
  });

  it('of GetMetricData begin at whole periods of the wall clock', () => {
    assert.deepEqual(alignedGrid(65_000, 180_000, 60_000), { start: 60_000, periodMs: 60_000, length: 2 });
    assert.deepEqual(alignedGrid(60_000, 180_001, 60_000), { start: 60_000, periodMs: 60_000, length: 3 });
  });
});
