/** Periods as buckets: half-open spans of time, each of which makes one datapoint. */
import type { EvaluationSettings } from './settings';
import { computeStatistic, countSamples, type Statistic } from './statistics';
import type { Slot } from './store';

/**
 * `length` buckets from `start` on; bucket i is `[start + i * periodMs, start + (i + 1) * periodMs)`, unless `bounds` says
 * where each begins: a local day is 23 or 25 hours long when the clocks change.
 */
export interface Grid {
  readonly start: number;
  readonly periodMs: number;
  readonly length: number;
  /** Starts of all buckets and the end of the last one, `length + 1` in all. */
  readonly bounds?: readonly number[];
}

/** Datapoints oldest first, one a bucket; undefined where a bucket has none. */
export type Points = readonly (number | undefined)[];

export interface Datapoints {
  readonly points: Points;
  /** Samples behind each point. */
  readonly sampleCounts: readonly number[];
}

/** The buckets of an alarm: they end at the evaluation, not at the wall clock's marks, and move on with each tick. */
export function slidingGrid(end: number, periodMs: number, length: number): Grid {
  return { start: end - length * periodMs, periodMs, length };
}

/** The buckets of GetMetricData: aligned to the wall clock; those that begin before `end`. */
export function alignedGrid(start: number, end: number, periodMs: number): Grid {
  const first = Math.floor(start / periodMs) * periodMs;
  return { start: first, periodMs, length: Math.max(0, Math.ceil((end - first) / periodMs)) };
}

/** When bucket `index` begins. */
export function bucketStart(grid: Grid, index: number): number {
  return grid.bounds?.[index] ?? grid.start + index * grid.periodMs;
}

/** The one bucket of the grid, as a grid of its own. */
export function bucketAt(grid: Grid, index: number): Grid {
  const start = bucketStart(grid, index);
  const { periodMs } = grid;
  if (grid.bounds === undefined) return { start, periodMs, length: 1 };
  return { start, periodMs, length: 1, bounds: [start, bucketStart(grid, index + 1)] };
}

/** One datapoint a bucket. `slots` are sorted by time and lie within the grid. */
export function fillBuckets(
  grid: Grid,
  slots: readonly Slot[],
  statistic: Statistic,
  settings: EvaluationSettings,
): Datapoints {
  const points: (number | undefined)[] = [];
  const sampleCounts: number[] = [];
  let from = 0;
  for (let index = 0; index < grid.length; index++) {
    const end = bucketStart(grid, index + 1);
    let to = from;
    for (let slot = slots[to]; slot !== undefined && slot.at < end; slot = slots[to]) to++;
    const own = to === from ? [] : slots.slice(from, to);
    points.push(own.length === 0 ? undefined : computeStatistic(statistic, own, settings));
    sampleCounts.push(countSamples(own));
    from = to;
  }
  return { points, sampleCounts };
}
