/** Numbers and bins as people read them in a sentence. */
import { type FeatureBins, newCategoryBin, valueBinsIn } from './comparison';

/** Three digits: what a person compares at a glance. */
export function shortNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) return value.toExponential(2);
  return Number(value.toPrecision(size >= 1000 ? Math.ceil(Math.log10(size)) : 3)).toLocaleString('en-US', {
    maximumFractionDigits: 8,
  });
}

/** A share as percent; small ones keep a digit, so that 0.3 % is not nothing. */
export function percent(share: number): string {
  const value = share * 100;
  const digits = value === 0 || value >= 9.95 ? 0 : value >= 0.995 ? 1 : 2;
  return `${value.toFixed(digits)} %`;
}

/** Three digits, so that what lies just below a limit is not written as the limit. */
export function psiText(psi: number): string {
  return psi.toFixed(psi >= 10 ? 0 : psi >= 1 ? 2 : 3);
}

/** A probability; nobody needs the exponent of one in a billion. */
export function pText(pValue: number): string {
  if (pValue < 1e-9) return 'p < 1e-9';
  return `p ${pValue < 0.001 ? pValue.toExponential(0) : pValue.toFixed(3)}`;
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** What the rows of a bin are, as in "31 % are above 96.1". */
export function binText(bins: FeatureBins, bin: number): string {
  const values = valueBinsIn(bins);
  if (bins.kind === 'category') {
    if (bin < values) return `"${bins.categories[bin]}"`;
    if (bin === newCategoryBin(bins.categories)) return 'of a new category';
    return bin === values ? 'of rarer categories' : 'missing';
  }
  if (bin >= values) return 'missing';
  const below = bins.edges[bin - 1];
  const above = bins.edges[bin];
  if (below === undefined) return `at most ${shortNumber(above ?? 0)}`;
  if (above === undefined) return `above ${shortNumber(below)}`;
  return `above ${shortNumber(below)} up to ${shortNumber(above)}`;
}
