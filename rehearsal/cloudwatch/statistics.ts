/** CloudWatch statistics over raw samples. */
import type { EvaluationSettings } from './settings';
import type { Slot } from './store';

export const basicStatistics = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'] as const;
export type BasicStatistic = (typeof basicStatistics)[number];

export type Statistic =
  | { readonly kind: 'basic'; readonly name: BasicStatistic }
  | { readonly kind: 'percentile'; readonly percent: number };

export type StatisticReading =
  | { readonly ok: true; readonly statistic: Statistic }
  | { readonly ok: false; readonly problem: string };

const percentile = /^p(100(?:\.0+)?|\d{1,2}(?:\.\d{1,10})?)$/;
/** Statistics that AWS has and that are not computed here: trimmed, winsorised and interquartile means, counts and ranks. */
const otherStatistic = /^(IQM|(tm|wm|tc|ts)\d{1,2}(\.\d+)?|(TM|WM|TC|TS|PR)\(.*\))$/;

/** Reads `Sum`, `p99`, `p99.9`; names what is wrong with anything else. */
export function readStatistic(text: string): StatisticReading {
  const basic = basicStatistics.find((name) => name === text);
  if (basic !== undefined) return { ok: true, statistic: { kind: 'basic', name: basic } };
  const percent = percentile.exec(text)?.[1];
  if (percent !== undefined) return { ok: true, statistic: { kind: 'percentile', percent: Number(percent) } };
  const problem = otherStatistic.test(text)
    ? `the statistic ${text} is not computed locally`
    : `there is no statistic "${text}"`;
  return {
    ok: false,
    problem: `${problem}, expected one of ${basicStatistics.join(', ')} or a percentile such as p95`,
  };
}

type Interpolation = EvaluationSettings['percentileInterpolation'];

/** The statistic of all samples in the slots, or undefined where there is none. */
export function computeStatistic(
  statistic: Statistic,
  slots: readonly Slot[],
  interpolation: Interpolation,
): number | undefined {
  if (statistic.kind === 'percentile') return computePercentile(statistic.percent, slots, interpolation);
  const sampleCount = countSamples(slots);
  if (sampleCount === 0) return undefined;
  switch (statistic.name) {
    case 'SampleCount':
      return sampleCount;
    case 'Sum':
      return addUp(slots);
    case 'Average':
      return addUp(slots) / sampleCount;
    case 'Minimum':
      return slots.reduce((least, slot) => Math.min(least, slot.minimum), Number.POSITIVE_INFINITY);
    case 'Maximum':
      return slots.reduce((most, slot) => Math.max(most, slot.maximum), Number.NEGATIVE_INFINITY);
  }
}

/** How many samples the slots hold. */
export function countSamples(slots: readonly Slot[]): number {
  return slots.reduce((total, slot) => total + slot.sampleCount, 0);
}

function addUp(slots: readonly Slot[]): number {
  return slots.reduce((total, slot) => total + slot.sum, 0);
}

function computePercentile(
  percent: number,
  slots: readonly Slot[],
  interpolation: Interpolation,
): number | undefined {
  // AWS gives no percentiles for a metric with negative values.
  if (slots.some((slot) => slot.minimum < 0)) return undefined;
  const total = countSamples(slots);
  if (total === 0) return undefined;
  const valueOfRank = ranked(slots);
  // The subtraction keeps 0.07 * 100 from becoming the eighth of a hundred.
  if (interpolation === 'nearest-rank')
    return valueOfRank(Math.max(1, Math.ceil((percent * total) / 100 - 1e-9)));
  const position = 1 + ((total - 1) * percent) / 100;
  const below = valueOfRank(Math.floor(position));
  const above = valueOfRank(Math.ceil(position));
  return below + (above - below) * (position - Math.floor(position));
}

/** Looks up the value of the sample with a rank, counted from 1. Percentiles are the dear part of an evaluation. */
function ranked(slots: readonly Slot[]): (rank: number) => number {
  if (slots.every((slot) => slot.counts.every((count) => count === 1))) return rankedSingly(slots);
  const samples: { value: number; count: number }[] = [];
  for (const slot of slots) {
    samples.push(...slot.values.map((value, index) => ({ value, count: slot.counts[index] ?? 1 })));
  }
  samples.sort((left, right) => left.value - right.value);
  return (rank) => {
    let seen = 0;
    const found = samples.find(({ count }) => {
      seen += count;
      return seen >= rank;
    });
    return found?.value ?? Number.NaN;
  };
}

/** Every value came once, as it mostly does: a typed array sorts many times faster than a comparison function. */
function rankedSingly(slots: readonly Slot[]): (rank: number) => number {
  const sorted = new Float64Array(countSamples(slots));
  let filled = 0;
  for (const slot of slots) {
    sorted.set(slot.values, filled);
    filled += slot.values.length;
  }
  sorted.sort();
  return (rank) => sorted[rank - 1] ?? Number.NaN;
}

/** AWS's documented limit: 10 / (1 - p) samples in the upper half, 10 / p in the lower. Whole numbers avoid rounding. */
export function hasTooFewSamples(percent: number, sampleCount: number): boolean {
  const tail = percent >= 50 ? 100 - percent : percent;
  return sampleCount * tail < 1000;
}
