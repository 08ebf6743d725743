/** Series as they are written in tests: a list of items, each a number of steps long. */

/** What one item's steps look like. */
export type Shape =
  | { readonly kind: 'gap' }
  | { readonly kind: 'constant'; readonly value: number }
  /** Evenly from the first value to the last. */
  | { readonly kind: 'ramp'; readonly from: number; readonly to: number }
  /** The same step each time. */
  | { readonly kind: 'steps'; readonly from: number; readonly by: number }
  /** By the time of day, in UTC: `high` at the peak, `low` twelve hours later. */
  | { readonly kind: 'day'; readonly low: number; readonly high: number; readonly peakMinute: number }
  /** Several raw samples at one time. */
  | { readonly kind: 'samples'; readonly values: readonly number[]; readonly counts: readonly number[] };

export interface Run {
  readonly kind: 'run';
  readonly shape: Shape;
  /** Standard deviation of what is added to each value; 0 for none. */
  readonly noise: number;
  readonly count: number;
}

export interface Group {
  readonly kind: 'group';
  readonly items: readonly Item[];
  readonly count: number;
}

export type Item = Run | Group;
export type Notation = readonly Item[];

export const minutesPerDay = 1440;
/** Noon. */
export const usualPeakMinute = 720;

/** How many steps the items take, gaps included. */
export function stepsOf(items: Notation): number {
  return items.reduce((sum, item) => sum + stepsOfItem(item), 0);
}

function stepsOfItem(item: Item): number {
  return item.count * (item.kind === 'group' ? stepsOf(item.items) : 1);
}

/** How many samples the items make, gaps counted as one each: what they cost. */
export function sizeOf(items: Notation): number {
  return items.reduce((sum, item) => sum + sizeOfItem(item), 0);
}

function sizeOfItem(item: Item): number {
  if (item.kind === 'group') return item.count * sizeOf(item.items);
  return item.count * (item.shape.kind === 'samples' ? item.shape.values.length : 1);
}
