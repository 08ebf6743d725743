/** Samples of the fixture's metric, a minute each: for tests that play data through alarms. */
import type { Arrival } from '../../../rehearsal/alarms/types';
import { dimensions, start } from './fixture';

export const minuteMs = 60_000;

/** One sample; minutes count from the fixture's start. */
export function minuteSample(
  minute: number,
  value: number,
  more: { readonly arrives?: number; readonly unit?: string; readonly from?: number } = {},
): Arrival {
  const { arrives = minute, unit, from = start } = more;
  const at = from + minute * minuteMs;
  const datum = {
    namespace: 'App',
    name: 'Up',
    dimensions,
    at,
    values: [value],
    storageResolutionSeconds: 60,
  } as const;
  return { arrivedAt: from + arrives * minuteMs, datum: unit === undefined ? datum : { ...datum, unit } };
}

/** One sample a minute; undefined leaves one out. */
export function minuteSamples(values: readonly (number | undefined)[], from = start): Arrival[] {
  return values.flatMap((value, minute) =>
    value === undefined ? [] : minuteSample(minute, value, { from }),
  );
}
