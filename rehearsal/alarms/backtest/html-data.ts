/** What the page's charts are drawn from, as small as the screen allows. */
import type { AlarmState } from '../../events';
import type { StateSpan } from './episodes';
import { valueText } from './figures';
import { nightSpans } from './nights';
import type { Observation } from './observe';
import type { Backtest, PlayedWhatIf } from './run';
import type { AlarmSummary } from './summary';

/** Start and end in seconds after the page's start, and the first letter of the state. */
export type Span = readonly [start: number, end: number, state: 'O' | 'A' | 'I'];

export interface ChartData {
  readonly name: string;
  /** Seconds after the page's start. */
  readonly times: readonly number[];
  /** null is a gap. */
  readonly values: readonly (number | null)[];
  /** null for an alarm on a band, whose sides follow. */
  readonly threshold: number | null;
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
  /** Thresholds of the what-if, as thin lines. */
  readonly otherThresholds: readonly number[];
  readonly pages: readonly number[];
  /** State bands from top to bottom: the alarm as it is, then each variant. */
  readonly bands: readonly { readonly label: string; readonly spans: readonly Span[] }[];
}

export interface PageData {
  /** Seconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly zone: string;
  readonly nights: readonly (readonly [start: number, end: number])[];
  readonly charts: readonly ChartData[];
}

/** Nights of a longer range are narrower than what a person can tell apart. */
const longestRangeWithNightsMs = 40 * 86_400_000;
/** More digits than these are below a pixel. */
const digits = 5;

export function pageData(backtest: Backtest): PageData {
  const { start, end, night } = backtest;
  const nights = end - start > longestRangeWithNightsMs ? [] : nightSpans(start, end, night);
  return {
    start: start / 1000,
    end: end / 1000,
    zone: night.zone,
    nights: nights.map((span) => [secondsAfter(start, span.start), secondsAfter(start, span.end)] as const),
    charts: backtest.alarms.flatMap((alarm) => {
      const observed = backtest.observations.get(alarm.name);
      return observed === undefined ? [] : chartData(alarm, observed, backtest);
    }),
  };
}

function chartData(alarm: AlarmSummary, observed: Observation, { start, whatIfs }: Backtest): ChartData {
  const own = whatIfs.find((whatIf) => whatIf.alarm === alarm.name);
  const { points, threshold } = observed;
  return {
    name: alarm.name,
    times: points.map(({ at }) => secondsAfter(start, at)),
    values: points.map(({ value }) => short(value)),
    threshold: threshold ?? null,
    lower: threshold === undefined ? points.map(({ lower }) => short(lower)) : [],
    upper: threshold === undefined ? points.map(({ upper }) => short(upper)) : [],
    otherThresholds: thresholdsOf(own).filter((value) => value !== threshold),
    pages: alarm.pages.map((at) => secondsAfter(start, at)),
    bands: [
      { label: own === undefined ? 'state' : 'as is', spans: bandOf(alarm.spans, start) },
      ...variantBands(alarm.name, own, start),
    ],
  };
}

const short = (value: number | undefined): number | null =>
  value === undefined ? null : Number(value.toPrecision(digits));

function thresholdsOf(whatIf: PlayedWhatIf | undefined): number[] {
  const values = (whatIf?.variants ?? []).map(({ set }) => set.threshold);
  return [...new Set(values.filter((value) => typeof value === 'number'))];
}

function variantBands(name: string, whatIf: PlayedWhatIf | undefined, start: number): ChartData['bands'] {
  return (whatIf?.variants ?? []).flatMap(({ set, alarms }) => {
    const own = alarms.find((alarm) => alarm.name === name);
    return own === undefined ? [] : { label: valueText(set), spans: bandOf(own.spans, start) };
  });
}

const letters: Readonly<Record<AlarmState, Span[2]>> = { OK: 'O', ALARM: 'A', INSUFFICIENT_DATA: 'I' };

/** A state band in the page's seconds. */
export function bandOf(spans: readonly StateSpan[], start: number): Span[] {
  return spans
    .filter((span) => span.end > span.start)
    .map((span) => [secondsAfter(start, span.start), secondsAfter(start, span.end), letters[span.state]]);
}

const secondsAfter = (start: number, at: number): number => (at - start) / 1000;
