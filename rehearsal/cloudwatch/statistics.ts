/** CloudWatch statistics over the samples of one period. */
import { findPercentile, type StatisticSettings, sortSamples } from './statistics-samples';
import {
  type Bounds,
  computeRank,
  computeTrimmed,
  readBounds,
  type TrimmedMeasure,
} from './statistics-trimmed';
import type { Slot } from './store';

export const basicStatistics = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'] as const;
export type BasicStatistic = (typeof basicStatistics)[number];

export type Statistic =
  | { readonly kind: 'basic'; readonly name: BasicStatistic }
  | { readonly kind: 'percentile'; readonly percent: number }
  | { readonly kind: 'trimmed'; readonly measure: TrimmedMeasure; readonly bounds: Bounds }
  /** The percentage of the samples within bounds, which are values. */
  | { readonly kind: 'rank'; readonly bounds: Bounds };

export type StatisticReading =
  | { readonly ok: true; readonly statistic: Statistic }
  | { readonly ok: false; readonly problem: string };

/** Percentages have up to ten decimals. One number is written in lower case, a range in upper case. */
const oneNumber = /^(p|tm|tc|ts|wm)(100(?:\.0{1,10})?|\d{1,2}(?:\.\d{1,10})?)$/;
const range = /^(TM|TC|TS|WM|PR)\((.*)\)$/;
const measures: Readonly<Record<string, TrimmedMeasure>> = {
  tm: 'mean',
  tc: 'count',
  ts: 'sum',
  wm: 'winsorised mean',
};

/** AWS's definition of the interquartile mean: TM(25%:75%). */
const interquartileMean: Statistic = {
  kind: 'trimmed',
  measure: 'mean',
  bounds: { unit: 'percent', lower: 25, upper: 75 },
};

/** Reads `Sum`, `p99.9`, `tm95`, `IQM`, `TC(10%:90%)`, `PR(:300)`; names what is wrong with anything else. */
export function readStatistic(text: string): StatisticReading {
  const basic = basicStatistics.find((name) => name === text);
  if (basic !== undefined) return { ok: true, statistic: { kind: 'basic', name: basic } };
  if (text === 'IQM') return { ok: true, statistic: interquartileMean };
  const single = oneNumber.exec(text);
  if (single !== null) return { ok: true, statistic: ofOneNumber(single[1] ?? '', Number(single[2])) };
  const ranged = range.exec(text);
  if (ranged !== null) return ofRange(text, ranged[1] ?? '', ranged[2] ?? '');
  const expected = `expected one of ${basicStatistics.join(', ')}, a percentile such as p95, or one of tm95, IQM, TM(10%:90%), PR(:300) and their like`;
  return { ok: false, problem: `there is no statistic "${text}", ${expected}` };
}

function ofOneNumber(prefix: string, percent: number): Statistic {
  const measure = measures[prefix];
  if (measure === undefined) return { kind: 'percentile', percent };
  return { kind: 'trimmed', measure, bounds: { unit: 'percent', lower: undefined, upper: percent } };
}

function ofRange(text: string, prefix: string, between: string): StatisticReading {
  const measure = measures[prefix.toLowerCase()];
  const bounds = readBounds(between, measure === undefined ? ['value'] : ['value', 'percent']);
  if (typeof bounds === 'string') return { ok: false, problem: `the statistic ${text} ${bounds}` };
  if (measure === undefined) return { ok: true, statistic: { kind: 'rank', bounds } };
  return { ok: true, statistic: { kind: 'trimmed', measure, bounds } };
}

/** The statistic of all samples in the slots, or undefined where there is none. */
export function computeStatistic(
  statistic: Statistic,
  slots: readonly Slot[],
  settings: StatisticSettings,
): number | undefined {
  if (statistic.kind === 'basic') return computeBasic(statistic.name, slots);
  if (!haveValues(slots)) return undefined;
  switch (statistic.kind) {
    case 'percentile':
      return findPercentile(sortSamples(slots), statistic.percent, settings.percentileInterpolation);
    case 'trimmed':
      return computeTrimmed(statistic.measure, statistic.bounds, slots, settings);
    case 'rank':
      return computeRank(statistic.bounds, slots);
  }
}

function computeBasic(name: BasicStatistic, slots: readonly Slot[]): number | undefined {
  const sampleCount = countSamples(slots);
  if (sampleCount === 0) return undefined;
  switch (name) {
    case 'SampleCount':
      return sampleCount;
    case 'Sum':
      return addUp(slots);
    case 'Average':
      return addUp(slots) / sampleCount;
    case 'Minimum':
      return slots.reduce((least, slot) => Math.min(least, slot.minimum), Number.POSITIVE_INFINITY);
    case 'Maximum':
      return slots.reduce((most, slot) => Math.max(most, slot.maximum), Number.NEGATIVE_INFINITY);
  }
}

/** How many samples the slots hold. */
export function countSamples(slots: readonly Slot[]): number {
  return slots.reduce((total, slot) => total + slot.sampleCount, 0);
}

function addUp(slots: readonly Slot[]): number {
  return slots.reduce((total, slot) => total + slot.sum, 0);
}

/**
 * Are there samples, each known by its value? All statistics but the basic ones need that, and AWS gives none of them for
 * a metric with negative values.
 */
function haveValues(slots: readonly Slot[]): boolean {
  return countSamples(slots) > 0 && slots.every((slot) => !slot.hasUnknownValues && slot.minimum >= 0);
}

/** AWS's documented limit: 10 / (1 - p) samples in the upper half, 10 / p in the lower. Whole numbers avoid rounding. */
export function hasTooFewSamples(percent: number, sampleCount: number): boolean {
  const tail = percent >= 50 ? 100 - percent : percent;
  return sampleCount * tail < 1000;
}
