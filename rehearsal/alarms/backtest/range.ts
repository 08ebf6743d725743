/** Which time is played: what the person asked for, or all of the data. */
import type { Resource } from '../../resources';
import { metricUses } from '../series/recorded';
import type { ForcedState, SeriesSource } from '../types';
import { BacktestError } from './backtest-error';

export interface AskedRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The option that says the end. */
  readonly endOption?: '--to' | '--at';
}

/** CloudWatch evaluates on whole minutes. */
const minuteMs = 60_000;

export interface PlayedRange {
  readonly start: number;
  readonly end: number;
  readonly forced?: readonly ForcedState[];
}

/** CloudWatch itself keeps no data longer than 455 days; each day more is 1440 evaluations of each alarm. */
const mostDays = 800;
const dayMs = 86_400_000;

/** A rehearsal evaluates every ten seconds; its alarms stood ready before the first time. */
const rehearsalTickMs = 10_000;

/** The run of a recording, or whole minutes around what is asked or around the data. Throws BacktestError. */
export function rangeOf(
  { span, run }: Pick<SeriesSource, 'span' | 'run'>,
  { from, to, endOption = '--to' }: AskedRange,
): PlayedRange {
  if (run !== undefined && from === undefined) {
    // Behind the tick before: alarms that are made at a whole minute are evaluated for it.
    const range = { start: run.firstTick - rehearsalTickMs + 1, end: to ?? run.lastTick };
    refuseUnplayable(range, endOption);
    return { ...range, forced: run.forced };
  }
  if (span === undefined)
    throw new BacktestError(
      'series: no sample in them, got none, expected at least one; check the files and the range',
    );
  const start = Math.floor((from ?? span.start) / minuteMs) * minuteMs;
  const end = Math.ceil((to ?? span.end) / minuteMs) * minuteMs;
  refuseUnplayable({ start, end }, endOption);
  return { start, end };
}

function refuseUnplayable({ start, end }: PlayedRange, endOption: '--to' | '--at'): void {
  const days = Math.ceil((end - start) / dayMs);
  if (start < end && days <= mostDays) return;
  const iso = (at: number): string => new Date(at).toISOString();
  const got = `got ${iso(start)} to ${iso(end)}`;
  if (days > mostDays)
    throw new BacktestError(
      `range: it is too long to be played, ${got}, ${days} days, expected at most ${mostDays}; narrow it with --from and ${endOption}`,
    );
  if (endOption === '--at')
    throw new BacktestError(
      `--at: there is nothing to explain so early, got ${iso(end)}, expected a time after ${iso(start)}, where the data or --from begins; correct --at`,
    );
  const what = start === end ? 'it is empty' : 'it ends before it begins';
  throw new BacktestError(`range: ${what}, ${got}, expected at least a minute; correct --from and --to`);
}

/** Said where all of the range lies beside the data; undefined where there is a sample in it. */
export function emptyRangeText(
  { span, arrivals }: Pick<SeriesSource, 'span' | 'arrivals'>,
  { start, end }: PlayedRange,
): string | undefined {
  for (const { datum } of arrivals()) {
    if (datum.at >= start && datum.at < end) return undefined;
  }
  const iso = (at: number): string => new Date(at).toISOString();
  const where = span === undefined ? 'nowhere' : `from ${iso(span.start)} to ${iso(span.end)}`;
  return `there is no sample from ${iso(start)} to ${iso(end)}; the data lies ${where}`;
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
