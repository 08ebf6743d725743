/** The samples of one period in order of their values, and the ranks among them. */
import type { EvaluationSettings } from './settings';
import type { Slot } from './store';

/** What AWS leaves open about statistics. */
export type StatisticSettings = Pick<EvaluationSettings, 'percentileInterpolation' | 'trimmedBoundarySample'>;

export interface SortedSamples {
  /** Ascending. */
  readonly values: Float64Array;
  /** How often each value came; undefined when each came once. */
  readonly counts: Float64Array | undefined;
  readonly total: number;
}

/** Sorting is the dear part of an evaluation: values that came once each, as they mostly do, are sorted without a comparison function. */
export function sortSamples(slots: readonly Slot[]): SortedSamples {
  const values = new Float64Array(slots.reduce((length, slot) => length + slot.values.length, 0));
  let filled = 0;
  let onceEach = true;
  for (const slot of slots) {
    values.set(slot.values, filled);
    filled += slot.values.length;
    onceEach &&= slot.sampleCount === slot.values.length && slot.counts.every((count) => count === 1);
  }
  return onceEach
    ? { values: values.sort(), counts: undefined, total: filled }
    : sortWithCounts(values, slots);
}

function sortWithCounts(unsorted: Float64Array, slots: readonly Slot[]): SortedSamples {
  const unsortedCounts = Float64Array.from(slots.flatMap((slot) => slot.counts));
  const order = Array.from(unsorted.keys()).sort(
    (one, other) => (unsorted[one] ?? 0) - (unsorted[other] ?? 0),
  );
  const values = Float64Array.from(order, (index) => unsorted[index] ?? 0);
  const counts = Float64Array.from(order, (index) => unsortedCounts[index] ?? 0);
  return { values, counts, total: counts.reduce((total, count) => total + count, 0) };
}

/** The value of the sample with a rank, counted from 1; ranks beyond the ends are those of the ends. */
export function valueOfRank(samples: SortedSamples, rank: number): number {
  const { values, counts } = samples;
  const last = values.length - 1;
  if (counts === undefined) return values[Math.min(Math.max(rank - 1, 0), last)] ?? Number.NaN;
  let seen = 0;
  for (let index = 0; index < last; index++) {
    seen += counts[index] ?? 0;
    if (seen >= rank) return values[index] ?? Number.NaN;
  }
  return values[last] ?? Number.NaN;
}

/** How many samples make a percentage of all; mostly between two whole numbers. */
export function shareOf({ total }: SortedSamples, percent: number): number {
  return (percent * total) / 100;
}

/** 32.2% of a thousand is computed as a little more than 322, which must not become 323. */
const rounding = 1e-12;

/** The rank of the last sample that lies in the share at least in part. */
export function lastRankWithin(share: number): number {
  return Math.ceil(share * (1 - rounding));
}

/** The rank of the first sample that lies beyond the share at least in part. */
export function firstRankBeyond(share: number): number {
  return Math.floor(share * (1 + rounding)) + 1;
}

/** The value at a percentage of the samples. */
export function findPercentile(
  samples: SortedSamples,
  percent: number,
  interpolation: StatisticSettings['percentileInterpolation'],
): number {
  if (interpolation === 'nearest-rank')
    return valueOfRank(samples, lastRankWithin(shareOf(samples, percent)));
  const position = 1 + ((samples.total - 1) * percent) / 100;
  const below = valueOfRank(samples, Math.floor(position));
  const above = valueOfRank(samples, Math.ceil(position));
  return below + (above - below) * (position - Math.floor(position));
}
