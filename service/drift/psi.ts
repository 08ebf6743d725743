/** The population stability index (PSI) of two samples on the same bins, and how much of it is chance alone. */
import { chiSquareQuantile } from './chi-square';
import { type Counts, total } from './counts';

/**
 * A share of nothing would make the logarithm endless, so each share counts as at least this. One row in ten thousand:
 * a bin that appears or vanishes weighs much, and a single row in it little.
 */
export const shareFloor = 1e-4;

/** How rarely chance alone may reach the noise of a PSI: once in a thousand comparisons. */
const noiseProbability = 0.999;

/**
 * The sum over the bins of (current share - reference share) * ln(current share / reference share).
 * Bins that are empty on both sides add nothing; where one side has no rows at all there is nothing to compare.
 */
export function populationStabilityIndex(reference: Counts, current: Counts): number {
  const referenceTotal = total(reference);
  const currentTotal = total(current);
  if (referenceTotal === 0 || currentTotal === 0) return 0;
  let sum = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    sum += contribution((reference[bin] ?? 0) / referenceTotal, (current[bin] ?? 0) / currentTotal);
  }
  return sum;
}

/** What one bin adds to the index. */
export function contribution(referenceShare: number, currentShare: number): number {
  const before = Math.max(referenceShare, shareFloor);
  const now = Math.max(currentShare, shareFloor);
  return (now - before) * Math.log(now / before);
}

/**
 * The PSI that two samples of the same population stay below, 999 times in 1000. Without drift the index is distributed
 * as (1/n + 1/m) times chi-square with one degree of freedom less than there are bins (Yurdakul and Naranjo 2020), so a
 * fixed limit alone would call every small sample drift.
 */
export function psiNoise(reference: Counts, current: Counts): number {
  let bins = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    if ((reference[bin] ?? 0) + (current[bin] ?? 0) > 0) bins += 1;
  }
  if (bins < 2) return 0;
  return (1 / total(reference) + 1 / total(current)) * chiSquareQuantile(noiseProbability, bins - 1);
}
