/**
 * Bins of a number, made from the reference alone: were they made from both samples, the same reference would be judged
 * on other bins each time. A bin holds the values above one edge up to and including the next.
 */

/** Deciles: the usual choice for PSI, whose limits of 0.1 and 0.25 come from tables of ten to twenty bins. */
const quantileBins = 10;

/** With no more distinct values than this each gets a bin of its own: flags and small counts have no quantiles. */
export const mostDistinct = 12;

/**
 * Edges between the bins, ascending. Values that the reference never had fall into the outermost bins; where each value
 * has a bin of its own, the outermost ones hold nothing but them.
 * @param sorted the reference, ascending, not empty
 */
export function edgesOf(sorted: ArrayLike<number>): number[] {
  const distinct = distinctValues(sorted, mostDistinct);
  if (distinct !== undefined) {
    const [first = 0, second = first + 2 * nearest(first)] = distinct;
    return [first - (second - first) / 2, ...distinct];
  }
  const edges: number[] = [];
  for (let index = 1; index < quantileBins; index++) {
    const edge = quantile(sorted, index / quantileBins);
    if (edge !== edges.at(-1)) edges.push(edge);
  }
  // A value that fills the last tenth or more would share its bin with everything above it.
  return edges;
}

/** A step that a 32-bit number can still make at this value. */
const nearest = (value: number): number => Math.max(Math.abs(value) * 1e-6, 1e-30);

/** The value below which this share of the sample lies, between two values by proportion, as numpy's default. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (high - low) * (position - below);
}

function distinctValues(sorted: ArrayLike<number>, most: number): number[] | undefined {
  const distinct: number[] = [];
  for (let index = 0; index < sorted.length; index++) {
    const value = sorted[index] ?? 0;
    if (value === distinct.at(-1)) continue;
    if (distinct.length === most) return undefined;
    distinct.push(value);
  }
  return distinct;
}

/** The bin of a value: how many edges lie below it. */
export function binOf(edges: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows by bin; of numbers that are all there. */
export function countByBin(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (let index = 0; index < values.length; index++) {
    const bin = binOf(edges, values[index] ?? 0);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
