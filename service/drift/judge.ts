/**
 * Which features have drifted. Three things must come together: evidence (chance is ruled out, with as many questions asked
 * as there are features), size (a difference that matters), and rows enough to tell. A huge sample makes every difference
 * evident and a small one makes chance look large; neither is drift.
 */
import { type Comparison, type FeatureKind, leadingBin, newCategoryBin } from './comparison';
import { type Counts, total } from './counts';
import type { KolmogorovSmirnov } from './kolmogorov-smirnov';
import { contribution } from './psi';
import { binText, counted, percent, psiText, pText } from './words';

export interface Rules {
  /** A PSI that matters. 0.1 and 0.25 are the limits of credit scoring's practice (Siddiqi 2006). */
  readonly moderatePsi: number;
  /** A PSI after which the feature is another one: for a bell curve, a move by half its deviation. */
  readonly majorPsi: number;
  /** Chance of calling any feature drifted when none has, over all features of one comparison. */
  readonly significance: number;
  /** With fewer rows on either side only a PSI above 0.3 could be told from chance: then nothing is said. */
  readonly minimumRows: number;
}

export const defaultRules: Rules = Object.freeze({
  moderatePsi: 0.1,
  majorPsi: 0.25,
  significance: 0.01,
  minimumRows: 100,
});

export type Size = 'none' | 'moderate' | 'major' | 'cannot tell';

/** Where the change is: in the values, or in how the data is filled. */
export type Cause = 'values' | 'missing' | 'new category';

export interface JudgedFeature {
  readonly name: string;
  readonly kind: FeatureKind;
  readonly psi: number;
  readonly ks: KolmogorovSmirnov | null;
  readonly drifted: boolean;
  readonly size: Size;
  readonly cause: Cause;
  readonly reason: string;
  readonly comparison: Comparison;
}

/** Judges the features of one comparison together, in their order. */
export function judge(
  comparisons: readonly Comparison[],
  rules: Rules = defaultRules,
): readonly JudgedFeature[] {
  const tellable = comparisons.filter((comparison) => fewest(comparison) >= rules.minimumRows);
  const adjusted = holm(tellable.map(({ pValue }) => pValue));
  return comparisons.map((comparison) => {
    const at = tellable.indexOf(comparison);
    const { name, bins, psi, ks } = comparison;
    const verdict = at < 0 ? tooFew(comparison, rules) : decide(comparison, adjusted[at] ?? 1, rules);
    return { name, kind: bins.kind, psi, ks, drifted: isDrift(verdict.size), comparison, ...verdict };
  });
}

const isDrift = (size: Size): boolean => size === 'moderate' || size === 'major';

function fewest({ reference, current }: Comparison): number {
  return Math.min(total(reference), total(current));
}

type Decision = Pick<JudgedFeature, 'size' | 'cause' | 'reason'>;

function tooFew(comparison: Comparison, { minimumRows }: Rules): Decision {
  const side = total(comparison.reference) < total(comparison.current) ? ' in the reference' : '';
  return {
    size: 'cannot tell',
    cause: 'values',
    reason: `Too few to tell: ${counted(fewest(comparison), 'row')}${side}, at least ${minimumRows} are needed.`,
  };
}

function decide(comparison: Comparison, pValue: number, rules: Rules): Decision {
  const { psi, noise } = comparison;
  const limit = Math.max(rules.moderatePsi, noise);
  const { cause, change } = describeChange(comparison, rules);
  if (psi < rules.moderatePsi) {
    const words = pValue < rules.significance ? 'a real difference, and too small to matter' : 'no change';
    return { size: 'none', cause, reason: `PSI ${psiText(psi)}, below ${rules.moderatePsi}: ${words}.` };
  }
  if (psi < limit || pValue >= rules.significance) {
    const chance =
      psi < limit
        ? `chance alone reaches ${psiText(noise)} with ${counted(fewest(comparison), 'row')}`
        : `chance is not ruled out (${pText(pValue)} over all features)`;
    return { size: 'none', cause, reason: `PSI ${psiText(psi)}, but ${chance}: no evidence of drift.` };
  }
  const size = psi >= rules.majorPsi ? 'major' : 'moderate';
  return { size, cause, reason: `PSI ${psiText(psi)}, not by chance (${pText(pValue)}): ${change}.` };
}

/** The change in words: what is missing or new when that alone would be drift, else the bin where the change is seen best. */
function describeChange(comparison: Comparison, { moderatePsi }: Rules): { cause: Cause; change: string } {
  const { bins, reference, current, newCategories = [] } = comparison;
  const share = (counts: Counts, bin: number): number => (counts[bin] ?? 0) / total(counts);
  const before = (bin: number): string => percent(share(reference, bin));
  const now = (bin: number): string => percent(share(current, bin));
  const hasGrown = (bin: number): boolean =>
    share(current, bin) > share(reference, bin) &&
    contribution(share(reference, bin), share(current, bin)) >= moderatePsi;
  const missing = reference.length - 1;
  if (hasGrown(missing))
    return { cause: 'missing', change: `${now(missing)} are missing, ${before(missing)} in the reference` };
  if (bins.kind === 'category' && hasGrown(newCategoryBin(bins.categories))) {
    const names = newCategories.map((category) => `"${category}"`).join(', ');
    const which = names === '' ? '' : ` (${names})`;
    const fresh = now(newCategoryBin(bins.categories));
    return {
      cause: 'new category',
      change: `${fresh} are of a category${which} that the reference does not have`,
    };
  }
  const leading = leadingBin(comparison);
  return {
    cause: 'values',
    change: `${now(leading)} are ${binText(bins, leading)}, ${before(leading)} in the reference`,
  };
}

/** Holm's correction: each p-value as it would be if it were the only question asked. */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues[index] ?? 1) * (pValues.length - rank)));
    adjusted[index] = largest;
  }
  return adjusted;
}
