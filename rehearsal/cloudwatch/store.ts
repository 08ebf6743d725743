/** The metric store: raw samples per exact identity, unit and storage resolution, kept as long as anyone can ask for them. */
import { identityKey } from './identity';
import type { Datum, MetricIdentity, StatisticSet } from './types';

/** All samples of one metric, unit and resolution at one stored timestamp. Sums are kept so that only percentiles read values. */
export interface Slot {
  readonly at: number;
  readonly unit: string;
  readonly highResolution: boolean;
  sampleCount: number;
  sum: number;
  minimum: number;
  maximum: number;
  values: number[];
  counts: number[];
  /** Samples came as a statistic set whose values cannot be known. */
  hasUnknownValues: boolean;
}

export interface SlotFilter {
  readonly unit?: string | undefined;
  /** Periods below a minute see only data that was stored at one-second resolution. */
  readonly highResolutionOnly?: boolean;
}

export interface MetricFilter {
  readonly namespace?: string;
  readonly name?: string;
  /** An undefined value asks for the dimension's name alone. */
  readonly dimensions?: Readonly<Record<string, string | undefined>>;
}

/** Where a datum went: its metric's key, and its time cut to its resolution. */
export interface Stored {
  readonly key: string;
  readonly at: number;
}

export interface MetricStore {
  put(datum: Datum): Stored;
  /** Slots with `from <= at < to`, oldest first. `key` is an `identityKey`. */
  range(key: string, from: number, to: number, filter?: SlotFilter): readonly Slot[];
  /** When the oldest kept sample of the metric was taken, of those that the filter lets through. */
  firstAt(key: string, filter?: SlotFilter): number | undefined;
  list(filter?: MetricFilter): MetricIdentity[];
  /** How many slots are kept, over all metrics. */
  size(): number;
}

interface Metric {
  readonly identity: MetricIdentity;
  readonly slots: Slot[];
}

/** AWS keeps data of periods below a minute for three hours. */
export const highResolutionRetentionMs = 3 * 3_600_000;

/**
 * Cutting the array costs its length, so it is cut only when this many slots are too old. Few, all the same: what dies
 * young costs the garbage collector next to nothing.
 */
const pruneBatch = 64;

/** An empty store. What is older than `retentionMs`, counted from the newest sample of its metric, is forgotten. */
export function createMetricStore(retentionMs: number = highResolutionRetentionMs): MetricStore {
  const metrics = new Map<string, Metric>();
  return {
    put: (datum) => {
      const key = identityKey(datum);
      let metric = metrics.get(key);
      if (metric === undefined) {
        const { namespace, name, dimensions } = datum;
        metric = { identity: { namespace, name, dimensions: { ...dimensions } }, slots: [] };
        metrics.set(key, metric);
      }
      const slot = slotFor(metric.slots, datum);
      addSamples(slot, datum);
      prune(metric.slots, retentionMs);
      return { key, at: slot.at };
    },
    range: (key, from, to, filter = {}) => {
      const slots = metrics.get(key)?.slots ?? [];
      const found = slots.slice(firstAtOrAfter(slots, from), firstAtOrAfter(slots, to));
      if (filter.unit === undefined && !filter.highResolutionOnly) return found;
      return found.filter((slot) => passes(slot, filter));
    },
    firstAt: (key, filter = {}) => metrics.get(key)?.slots.find((slot) => passes(slot, filter))?.at,
    list: (filter = {}) =>
      [...metrics.values()].map((stored) => stored.identity).filter((identity) => matches(identity, filter)),
    size: () => [...metrics.values()].reduce((total, stored) => total + stored.slots.length, 0),
  };
}

function passes(slot: Slot, { unit, highResolutionOnly }: SlotFilter): boolean {
  return (unit === undefined || slot.unit === unit) && (!highResolutionOnly || slot.highResolution);
}

function matches(metric: MetricIdentity, filter: MetricFilter): boolean {
  if (filter.namespace !== undefined && filter.namespace !== metric.namespace) return false;
  if (filter.name !== undefined && filter.name !== metric.name) return false;
  return Object.entries(filter.dimensions ?? {}).every(([name, value]) => {
    const own = metric.dimensions[name];
    return own !== undefined && (value === undefined || value === own);
  });
}

/** The slot that the datum belongs to, made at its place when there is none. Data mostly comes in order: look from the end. */
function slotFor(slots: Slot[], datum: Datum): Slot {
  const resolutionMs = datum.storageResolutionSeconds * 1000;
  const at = Math.floor(datum.at / resolutionMs) * resolutionMs;
  // AWS takes a metric without a unit for one with the unit "None".
  const unit = datum.unit ?? 'None';
  const highResolution = datum.storageResolutionSeconds === 1;
  let after = slots.length;
  for (; after > 0; after--) {
    const slot = slots[after - 1];
    if (slot === undefined || slot.at < at) break;
    if (slot.at === at && slot.unit === unit && slot.highResolution === highResolution) return slot;
  }
  while (slots[after]?.at === at) after++;
  const slot: Slot = {
    at,
    unit,
    highResolution,
    sampleCount: 0,
    sum: 0,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
    values: [],
    counts: [],
    hasUnknownValues: false,
  };
  if (after === slots.length) slots.push(slot);
  else slots.splice(after, 0, slot);
  return slot;
}

function addSamples(slot: Slot, datum: Datum): void {
  const { values, counts, statisticValues } = datum;
  if (statisticValues !== undefined) addStatisticSet(slot, statisticValues);
  const first = values[0];
  // Mostly one value is all that a slot ever gets: arrays of just that size are the cheapest there are.
  if (values.length === 1 && first !== undefined && slot.values.length === 0) {
    const count = counts?.[0] ?? 1;
    if (count === 0) return;
    countIn(slot, first, count);
    slot.values = [first];
    slot.counts = [count];
    return;
  }
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    const count = counts?.[index] ?? 1;
    if (count === 0) continue;
    countIn(slot, value, count);
    slot.values.push(value);
    slot.counts.push(count);
  }
}

function countIn(slot: Slot, value: number, count: number): void {
  slot.sampleCount += count;
  slot.sum += value * count;
  if (value < slot.minimum) slot.minimum = value;
  if (value > slot.maximum) slot.maximum = value;
}

function addStatisticSet(slot: Slot, set: StatisticSet): void {
  slot.sampleCount += set.sampleCount;
  slot.sum += set.sum;
  slot.minimum = Math.min(slot.minimum, set.minimum);
  slot.maximum = Math.max(slot.maximum, set.maximum);
  if (!hasOneValue(set)) {
    slot.hasUnknownValues = true;
    return;
  }
  slot.values.push(set.minimum);
  slot.counts.push(set.sampleCount);
}

/** The sum of equal values, added up one by one, differs from their product in the last digits. */
const sumTolerance = 1e-9;

/** AWS's condition for statistics that need values: minimum and maximum are equal, and the sum is theirs times the count. */
function hasOneValue({ sampleCount, sum, minimum, maximum }: StatisticSet): boolean {
  const product = minimum * sampleCount;
  return minimum === maximum && Math.abs(sum - product) <= sumTolerance * Math.abs(product);
}

function prune(slots: Slot[], retentionMs: number): void {
  const newest = slots.at(-1);
  if (newest === undefined) return;
  const cutoff = newest.at - retentionMs;
  const batchEnd = slots[pruneBatch];
  if (batchEnd === undefined || batchEnd.at >= cutoff) return;
  slots.splice(0, firstAtOrAfter(slots, cutoff));
}

/** Index of the first slot at or after the time; the slots are sorted by time. */
function firstAtOrAfter(slots: readonly Slot[], at: number): number {
  let low = 0;
  let high = slots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((slots[middle]?.at ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
