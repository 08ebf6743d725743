/** Two samples of a number on one axis, in cells narrow enough to see the shape. */

import { quantile } from '../../service/drift/bins';
import { type Column, present } from '../../service/drift/columns';

export interface Histogram {
  readonly isLogarithmic: boolean;
  /** Ends of the axis; what lies outside is counted into the outermost cells. */
  readonly from: number;
  readonly to: number;
  /** Shares of all rows, the missing included. */
  readonly before: readonly number[];
  readonly now: readonly number[];
}

const cells = 44;
/** The outermost half percent would squeeze all others into a corner. */
const tail = 0.005;
/** When the upper end is this many times the median, a linear axis shows one bar and a desert. */
const skewed = 10;

/** Undefined when neither side has a value. */
export function histogramOf(reference: Column, current: Column): Histogram | undefined {
  if (reference.kind !== 'number' || current.kind !== 'number') return undefined;
  const before = present(reference.values);
  const now = present(current.values);
  const sides = [before, now].filter(({ length }) => length > 0);
  if (sides.length === 0) return undefined;
  const low = Math.min(...sides.map((side) => quantile(side, tail)));
  const high = Math.max(...sides.map((side) => quantile(side, 1 - tail)));
  const median = Math.max(...sides.map((side) => quantile(side, 0.5)));
  const isLogarithmic = low > 0 && high > skewed * median;
  // Whole numbers in a short range get a cell each, else some cells would hold two of them and look like peaks.
  const isCounted = sides.every((side) => side.every(Number.isInteger)) && high - low < cells;
  const pad = high > low ? 0 : Math.max(Math.abs(low) * 0.1, 0.5);
  const [from, to, count] = isCounted
    ? [low - 0.5, high + 0.5, Math.round(high - low) + 1]
    : [low - pad, high + pad, cells];
  const scale = isLogarithmic ? Math.log : (value: number): number => value;
  const place = (value: number): number => {
    const share =
      (scale(Math.max(value, isLogarithmic ? from : value)) - scale(from)) / (scale(to) - scale(from));
    return Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  };
  const sharesOf = (values: Float64Array, rows: number): number[] => {
    const shares = new Array<number>(count).fill(0);
    for (const value of values) shares[place(value)] = (shares[place(value)] ?? 0) + 1 / rows;
    return shares;
  };
  return {
    isLogarithmic,
    from,
    to,
    before: sharesOf(before, reference.values.length),
    now: sharesOf(now, current.values.length),
  };
}

/** Round numbers along the axis, three to seven of them, each with its place from 0 to 1. */
export function ticksOf({ from, to, isLogarithmic }: Histogram): readonly { value: number; place: number }[] {
  if (isLogarithmic) {
    const first = Math.ceil(Math.log10(from));
    const last = Math.floor(Math.log10(to));
    const width = Math.log10(to) - Math.log10(from);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => ({
      value: 10 ** (first + index),
      place: (first + index - Math.log10(from)) / width,
    }));
  }
  const rough = (to - from) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const ticks = [];
  for (let index = Math.ceil(from / step); index * step <= to; index++) {
    ticks.push({ value: Number((index * step).toPrecision(12)), place: (index * step - from) / (to - from) });
  }
  return ticks;
}
