/** Which time is played: what the person asked for, or all of the data. */
import type { Resource } from '../../resources';
import { metricUses } from '../series/recorded';
import type { ForcedState, SeriesSource } from '../types';
import { BacktestError } from './backtest-error';

export interface AskedRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** CloudWatch evaluates on whole minutes. */
const minuteMs = 60_000;

export interface PlayedRange {
  readonly start: number;
  readonly end: number;
  readonly forced?: readonly ForcedState[];
}

/** A rehearsal evaluates every ten seconds; its alarms stood ready before the first time. */
const rehearsalTickMs = 10_000;

/** The run of a recording, or whole minutes around what is asked or around the data. Throws BacktestError. */
export function rangeOf(
  { span, run }: Pick<SeriesSource, 'span' | 'run'>,
  { from, to }: AskedRange,
): PlayedRange {
  if (run !== undefined && from === undefined)
    return { start: run.firstTick - rehearsalTickMs, end: to ?? run.lastTick, forced: run.forced };
  if (span === undefined)
    throw new BacktestError(
      'series: no sample in them, got none, expected at least one; check the files and the range',
    );
  const start = Math.floor((from ?? span.start) / minuteMs) * minuteMs;
  const end = Math.ceil((to ?? span.end) / minuteMs) * minuteMs;
  if (start < end) return { start, end };
  const text = `got ${new Date(start).toISOString()} to ${new Date(end).toISOString()}`;
  throw new BacktestError(
    `range: it ends before it begins, ${text}, expected at least a minute; correct --from and --to`,
  );
}

/** How far back the alarms look at most: what must be known before the range so that its first evaluation sees everything. */
export function warmUpMs(resources: readonly Resource[], extraPeriods: number): number {
  const periods = new Map(
    resources.map(({ properties, id }) => [properties.AlarmName ?? id, properties.EvaluationPeriods]),
  );
  const windows = metricUses(resources).map(({ alarm, periodSeconds }) => {
    const count = Number(periods.get(alarm) ?? 1);
    // One more, because evaluations fall between the marks of the periods.
    return (count + extraPeriods + 1) * periodSeconds * 1000;
  });
  return Math.max(minuteMs, ...windows);
}
