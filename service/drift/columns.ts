/** Two samples with their values at hand, column by column: bins from the reference, then the comparison. */
import { binOf, edgesOf } from './bins';
import { binsIn, type Comparison, compareCounts, type FeatureBins, newCategoryBin } from './comparison';
import { kolmogorovSmirnov } from './kolmogorov-smirnov';

/** NaN is a missing number, null a missing category. */
export type Column =
  | { readonly name: string; readonly kind: 'number'; readonly values: Float64Array }
  | { readonly name: string; readonly kind: 'category'; readonly values: readonly (string | null)[] };

/** More categories than these are counted together as rarer ones: a bin of a few rows says nothing. */
const mostCategories = 50;

/** The bins that a reference gives. A column without any value has none of its own. */
export function binsOf(column: Column): FeatureBins {
  if (column.kind === 'number') {
    const sorted = present(column.values);
    return { kind: 'number', edges: sorted.length === 0 ? [] : edgesOf(sorted) };
  }
  const frequent = [...frequencies(column.values)].sort(
    ([a, rows], [b, others]) => others - rows || (a < b ? -1 : 1),
  );
  return { kind: 'category', categories: frequent.slice(0, mostCategories).map(([category]) => category) };
}

/** Counts into bins whose reference is at hand, so that a rarer category is told from a new one. */
export function countInto(bins: FeatureBins, column: Column, known: ReadonlySet<string>): number[] {
  const counts = new Array<number>(binsIn(bins)).fill(0);
  const missing = counts.length - 1;
  const add = (bin: number): void => {
    counts[bin] = (counts[bin] ?? 0) + 1;
  };
  if (bins.kind === 'number' && column.kind === 'number') {
    for (const value of column.values) add(Number.isNaN(value) ? missing : binOf(bins.edges, value));
  } else if (bins.kind === 'category' && column.kind === 'category') {
    const places = new Map(bins.categories.map((category, index) => [category, index]));
    const rarer = bins.categories.length;
    for (const value of column.values) {
      if (value === null) add(missing);
      else add(places.get(value) ?? (known.has(value) ? rarer : newCategoryBin(bins.categories)));
    }
  } else throw new Error(`${column.name}: ${column.kind} values counted into ${bins.kind} bins`);
  return counts;
}

/** Compares two columns of one kind on bins of the first. */
export function compareColumns(reference: Column, current: Column, bins = binsOf(reference)): Comparison {
  const known = new Set(reference.kind === 'category' ? frequencies(reference.values).keys() : []);
  const before = countInto(bins, reference, known);
  const now = countInto(bins, current, known);
  if (reference.kind === 'category' || current.kind === 'category') {
    const comparison = compareCounts(reference.name, bins, before, now);
    return current.kind === 'category'
      ? { ...comparison, newCategories: newCategories(known, current.values) }
      : comparison;
  }
  const one = present(reference.values);
  const other = present(current.values);
  const ks = one.length === 0 || other.length === 0 ? null : kolmogorovSmirnov(one, other);
  return compareCounts(reference.name, bins, before, now, ks);
}

/** More names than these are for the data's owner and not for a sentence. */
const mostNewNames = 3;

function newCategories(known: ReadonlySet<string>, values: readonly (string | null)[]): readonly string[] {
  const fresh = [...frequencies(values)].filter(([category]) => !known.has(category));
  return fresh
    .sort(([, rows], [, others]) => others - rows)
    .slice(0, mostNewNames)
    .map(([category]) => category);
}

/** The rows of a column, in the order given. */
export function pick(column: Column, rows: Int32Array): Column {
  if (column.kind === 'number') {
    return { ...column, values: Float64Array.from(rows, (row) => column.values[row] ?? Number.NaN) };
  }
  return { ...column, values: Array.from(rows, (row) => column.values[row] ?? null) };
}

/** The values that are there, ascending. */
export function present(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
}

function frequencies(values: readonly (string | null)[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
