/** Statistics between two boundaries: trimmed mean, count and sum, winsorised mean, percentile rank. */
import {
  findPercentile,
  firstRankBeyond,
  lastRankWithin,
  type SortedSamples,
  type StatisticSettings,
  shareOf,
  sortSamples,
  valueOfRank,
} from './statistics-samples';
import type { Slot } from './store';

export type TrimmedMeasure = 'mean' | 'count' | 'sum' | 'winsorised mean';

/** Boundaries as percentages of the samples or as values. An absent one leaves that side open. */
export interface Bounds {
  readonly unit: 'percent' | 'value';
  readonly lower: number | undefined;
  readonly upper: number | undefined;
}

const boundary = /^(\d+(?:\.\d{1,10})?)(%?)$/;

/** Reads `10%:90%`, `:95%`, `80:500`, `100:`; a text says what is wrong with anything else. */
export function readBounds(text: string, allowed: readonly Bounds['unit'][]): Bounds | string {
  const sides = text.split(':');
  const [lower, upper] = sides.map(readBoundary);
  if (
    sides.length !== 2 ||
    lower === undefined ||
    upper === undefined ||
    (lower === 'open' && upper === 'open')
  ) {
    return 'needs one or two boundaries with a colon between, such as 10%:90%, :95% or 80:500';
  }
  const units = [lower, upper].flatMap((side) => (side === 'open' ? [] : [side.unit]));
  const [unit = 'value', other = unit] = units;
  if (unit !== other) return 'has a percentage on one side and a value on the other, expected two of a kind';
  if (!allowed.includes(unit)) return 'has percentages for boundaries, expected values such as :300';
  const bounds = {
    unit,
    lower: lower === 'open' ? undefined : lower.at,
    upper: upper === 'open' ? undefined : upper.at,
  };
  const highest = Math.max(bounds.lower ?? 0, bounds.upper ?? 0);
  if (unit === 'percent' && highest > 100) return `has the boundary ${highest}%, expected at most 100%`;
  const isEmpty = bounds.lower !== undefined && bounds.upper !== undefined && bounds.lower >= bounds.upper;
  return isEmpty ? 'has nothing between its boundaries, expected the lower one first' : bounds;
}

function readBoundary(text: string): 'open' | { at: number; unit: Bounds['unit'] } | undefined {
  if (text === '') return 'open';
  const found = boundary.exec(text);
  return found === null ? undefined : { at: Number(found[1]), unit: found[2] === '%' ? 'percent' : 'value' };
}

/** A trimmed statistic of slots that hold samples; undefined for the mean of none. */
export function computeTrimmed(
  measure: TrimmedMeasure,
  bounds: Bounds,
  slots: readonly Slot[],
  settings: StatisticSettings,
): number | undefined {
  const samples = bounds.unit === 'percent' ? sortSamples(slots) : undefined;
  if (measure === 'winsorised mean') {
    return clampedMean(slots, samples === undefined ? bounds : edgesOf(bounds, samples, settings));
  }
  const { count, sum } =
    samples === undefined ? keepByValue(bounds, slots) : keepByShare(bounds, samples, settings);
  if (measure === 'count') return count;
  if (measure === 'sum') return sum;
  return count > 0 ? withinSamples(sum / count, slots) : undefined;
}

/** Parts of samples do not add up exactly, and a mean of equal values must not lie beyond a threshold that they do not reach. */
function withinSamples(mean: number, slots: readonly Slot[]): number {
  const least = slots.reduce((value, slot) => Math.min(value, slot.minimum), Number.POSITIVE_INFINITY);
  const most = slots.reduce((value, slot) => Math.max(value, slot.maximum), Number.NEGATIVE_INFINITY);
  return Math.min(most, Math.max(least, mean));
}

/** Which percentage of the samples lies within the bounds. */
export function computeRank(bounds: Bounds, slots: readonly Slot[]): number {
  const total = slots.reduce((all, slot) => all + slot.sampleCount, 0);
  return (100 * keepByValue(bounds, slots).count) / total;
}

interface Kept {
  readonly count: number;
  readonly sum: number;
}

/** AWS: the lower boundary's own value is left out, the upper one's is in. */
function keepByValue({ lower, upper }: Pick<Bounds, 'lower' | 'upper'>, slots: readonly Slot[]): Kept {
  const above = lower ?? Number.NEGATIVE_INFINITY;
  const upTo = upper ?? Number.POSITIVE_INFINITY;
  let count = 0;
  let sum = 0;
  for (const slot of slots) {
    for (let index = 0; index < slot.values.length; index++) {
      const value = slot.values[index] ?? 0;
      if (value <= above || value > upTo) continue;
      const times = slot.counts[index] ?? 1;
      count += times;
      sum += value * times;
    }
  }
  return { count, sum };
}

/**
 * What lies between two percentages of the samples in order. AWS says that the trimmed count may be fractional: a sample
 * that a boundary cuts counts with the part inside, unless the settings take such samples whole.
 */
function keepByShare(bounds: Bounds, samples: SortedSamples, settings: StatisticSettings): Kept {
  let from = shareOf(samples, bounds.lower ?? 0);
  let to = shareOf(samples, bounds.upper ?? 100);
  if (settings.trimmedBoundarySample === 'whole') {
    from = firstRankBeyond(from) - 1;
    to = lastRankWithin(to);
  }
  const { values, counts } = samples;
  let sum = 0;
  let start = 0;
  for (let index = 0; index < values.length && start < to; index++) {
    const end = start + (counts?.[index] ?? 1);
    if (end > from) sum += (Math.min(end, to) - Math.max(start, from)) * (values[index] ?? 0);
    start = end;
  }
  return { count: to - from, sum };
}

/** The outermost values that trimming keeps: what winsorising makes of those beyond. */
function edgesOf(
  bounds: Bounds,
  samples: SortedSamples,
  settings: StatisticSettings,
): Pick<Bounds, 'lower' | 'upper'> {
  const { lower, upper } = bounds;
  const { percentileInterpolation } = settings;
  const at = (percent: number): number => findPercentile(samples, percent, percentileInterpolation);
  const lowest = (percent: number): number =>
    percentileInterpolation === 'linear'
      ? at(percent)
      : valueOfRank(samples, firstRankBeyond(shareOf(samples, percent)));
  return {
    lower: lower === undefined ? undefined : lowest(lower),
    upper: upper === undefined ? undefined : at(upper),
  };
}

function clampedMean(slots: readonly Slot[], { lower, upper }: Pick<Bounds, 'lower' | 'upper'>): number {
  const least = lower ?? Number.NEGATIVE_INFINITY;
  const most = upper ?? Number.POSITIVE_INFINITY;
  let total = 0;
  let sum = 0;
  for (const slot of slots) {
    for (let index = 0; index < slot.values.length; index++) {
      const times = slot.counts[index] ?? 1;
      total += times;
      sum += Math.min(Math.max(slot.values[index] ?? 0, least), most) * times;
    }
  }
  return sum / total;
}
