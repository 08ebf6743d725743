/** The two-sample test of Kolmogorov and Smirnov: the largest distance of two distributions, and how likely chance is. */
import { kolmogorovTail } from './kolmogorov-tail';

export interface KolmogorovSmirnov {
  readonly statistic: number;
  readonly pValue: number;
}

/** Up to this many steps the p-value is counted exactly, which takes about ten milliseconds. */
const mostExactSteps = 4_000_000;

/** Both samples ascending and not empty. */
export function kolmogorovSmirnov(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): KolmogorovSmirnov {
  const statistic = largestDistance(reference, current);
  return { statistic, pValue: pValueOf(statistic, reference.length, current.length) };
}

/** The largest difference of the two cumulative distributions; equal values step together. */
export function largestDistance(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const n = reference.length;
  const m = current.length;
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < n && j < m) {
    const value = Math.min(reference[i] ?? 0, current[j] ?? 0);
    while (i < n && (reference[i] ?? 0) <= value) i += 1;
    while (j < m && (current[j] ?? 0) <= value) j += 1;
    largest = Math.max(largest, Math.abs(i / n - j / m));
  }
  return largest;
}

/**
 * From rows by bin, in the order of their values: the distance at the bins' edges. It is never larger than the distance
 * of the values themselves, so it never finds drift where they would not.
 */
export function kolmogorovSmirnovOfBins(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): KolmogorovSmirnov {
  let n = 0;
  let m = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    n += reference[bin] ?? 0;
    m += current[bin] ?? 0;
  }
  let before = 0;
  let now = 0;
  let statistic = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    before += reference[bin] ?? 0;
    now += current[bin] ?? 0;
    statistic = Math.max(statistic, Math.abs(before / n - now / m));
  }
  return { statistic, pValue: pValueOf(statistic, n, m) };
}

/**
 * Probability that two samples of one continuous population are at least this far apart: counted exactly for small ones,
 * else the one-sample distribution at nm/(n+m), as scipy does. Where values repeat, the truth is smaller than this.
 */
export function pValueOf(statistic: number, n: number, m: number): number {
  if (n * m <= mostExactSteps) return exactPValue(statistic, n, m);
  return kolmogorovTail(Math.round((n * m) / (n + m)), statistic);
}

/**
 * Walks the grid of all orders in which the two samples can interleave (Kim and Jennrich 1973): each cell holds the share
 * of the ways to it that have touched the distance. All terms are positive, so that tiny probabilities keep their digits.
 */
function exactPValue(statistic: number, n: number, m: number): number {
  if (statistic <= 0) return 1;
  // Distances are whole multiples of 1/nm; half a step less keeps rounding from losing equality.
  const limit = (Math.round(statistic * n * m) - 0.5) / (n * m);
  const touched = new Float64Array(m + 1);
  for (let j = 1; j <= m; j++) touched[j] = j / m >= limit ? 1 : (touched[j - 1] ?? 0);
  for (let i = 1; i <= n; i++) {
    const share = i / n;
    if (share >= limit) touched[0] = 1;
    for (let j = 1; j <= m; j++) {
      touched[j] =
        Math.abs(share - j / m) >= limit ? 1 : (i * (touched[j] ?? 0) + j * (touched[j - 1] ?? 0)) / (i + j);
    }
  }
  return touched[m] ?? 1;
}
