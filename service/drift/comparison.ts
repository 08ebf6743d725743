/** One feature, before and now: rows by bin, how far apart they are, and how likely that is by chance. */
import { chiSquareTest } from './chi-square';
import { type Counts, total } from './counts';
import { type KolmogorovSmirnov, kolmogorovSmirnovOfBins } from './kolmogorov-smirnov';
import { contribution, populationStabilityIndex, psiNoise } from './psi';

export type FeatureKind = 'number' | 'category';

/** What the rows of a feature are counted into. */
export type FeatureBins =
  /** One bin below, between and above the edges, then the missing. */
  | { readonly kind: 'number'; readonly edges: readonly number[] }
  /** One bin a category, then what the reference has besides them, what it has not, and the missing. */
  | { readonly kind: 'category'; readonly categories: readonly string[] };

/** Bins behind the values' own. */
const extraBins = { number: 1, category: 3 } as const;

/** How many bins there are, the missing included, which are always the last. */
export function binsIn(bins: FeatureBins): number {
  return valueBinsIn(bins) + extraBins[bins.kind];
}

/** How many bins hold values that the reference is divided into. */
export function valueBinsIn(bins: FeatureBins): number {
  return bins.kind === 'number' ? bins.edges.length + 1 : bins.categories.length;
}

/** Where a category feature counts categories that the reference has never had. */
export function newCategoryBin(categories: readonly string[]): number {
  return categories.length + 1;
}

export interface Comparison {
  readonly name: string;
  readonly bins: FeatureBins;
  readonly reference: Counts;
  readonly current: Counts;
  readonly psi: number;
  /** The PSI that chance alone stays below. */
  readonly noise: number;
  /** Of numbers, those that are there; null where there are none to compare. */
  readonly ks: KolmogorovSmirnov | null;
  /** How likely chance alone is to set the two this far apart. */
  readonly pValue: number;
  /** Some of the categories that the reference has never had, the most frequent first, where they are known. */
  readonly newCategories?: readonly string[];
}

/**
 * Compares the rows by bin. `ks` is the test on the values themselves where they are at hand; without it the test is made
 * on the bins' edges.
 */
export function compareCounts(
  name: string,
  bins: FeatureBins,
  reference: Counts,
  current: Counts,
  ks?: KolmogorovSmirnov | null,
): Comparison {
  const test = bins.kind === 'category' ? null : ks === undefined ? testOfBins(reference, current) : ks;
  return {
    name,
    bins,
    reference,
    current,
    psi: populationStabilityIndex(reference, current),
    noise: psiNoise(reference, current),
    ks: test,
    pValue:
      bins.kind === 'category'
        ? chiSquareTest(reference, current).pValue
        : evidence(test, reference, current),
  };
}

function testOfBins(reference: Counts, current: Counts): KolmogorovSmirnov | null {
  const before = present(reference);
  const now = present(current);
  return total(before) === 0 || total(now) === 0 ? null : kolmogorovSmirnovOfBins(before, now);
}

const present = (counts: Counts): number[] => Array.from(counts).slice(0, -1);

/** Kolmogorov-Smirnov sees no missing values; where there are any, both are asked and chance gets two tries. */
function evidence(ks: KolmogorovSmirnov | null, reference: Counts, current: Counts): number {
  const missing = [missingIn(reference), missingIn(current)] as const;
  if (missing[0] === 0 && missing[1] === 0) return ks?.pValue ?? 1;
  const { pValue } = chiSquareTest(
    [missing[0], total(reference) - missing[0]],
    [missing[1], total(current) - missing[1]],
  );
  return Math.min(1, 2 * Math.min(ks?.pValue ?? 1, pValue));
}

export function missingIn(counts: Counts): number {
  return counts[counts.length - 1] ?? 0;
}

/** The bin that adds most to the index: where the change is seen best. */
export function leadingBin({ reference, current }: Comparison): number {
  const before = total(reference);
  const now = total(current);
  let leading = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let bin = 0; bin < reference.length; bin++) {
    const adds = contribution((reference[bin] ?? 0) / before, (current[bin] ?? 0) / now);
    if (adds > most) {
      most = adds;
      leading = bin;
    }
  }
  return leading;
}
