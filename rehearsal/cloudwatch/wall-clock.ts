/** Wall-clock windows: periods that begin at the top of the minute or hour, at local midnight, or on Monday. */
import { DateTime, FixedOffsetZone, IANAZone, type Zone } from 'luxon';
import type { Grid } from './buckets';

/** What AWS allows, and the calendar unit that each period is. Five minutes are counted within the hour. */
const unitOfPeriod = {
  60: 'minute',
  300: 'hour',
  3600: 'hour',
  86400: 'day',
  604800: 'week',
} as const;

export type WallClockPeriod = keyof typeof unitOfPeriod;

export const wallClockPeriods = Object.keys(unitOfPeriod).map(Number);

/** `+05:30`, `Z`, `UTC+5:30`, `GMT-03:00`; AWS takes offsets in steps of five minutes. */
const fixedOffset = /^(?:(Z|UTC|GMT)|(?:UTC|GMT)?([+-])(\d{1,2}):(\d{2}))$/;
const offsetStepMinutes = 5;

/** The zone that AWS's text names, or undefined when AWS would refuse it. */
export function readZone(text: string): Zone | undefined {
  const offset = fixedOffset.exec(text);
  if (offset !== null) {
    const [, zulu, sign, hours = '0', minutes = '0'] = offset;
    if (zulu !== undefined) return FixedOffsetZone.utcInstance;
    const total = Number(hours) * 60 + Number(minutes);
    if (Number(minutes) > 59 || total % offsetStepMinutes !== 0) return undefined;
    return FixedOffsetZone.instance(sign === '-' ? -total : total);
  }
  const zone = IANAZone.create(text);
  return zone.isValid ? zone : undefined;
}

export function isWallClockPeriod(periodSeconds: number): periodSeconds is WallClockPeriod {
  return periodSeconds in unitOfPeriod;
}

/** Complete periods, and until when they are the most recent ones. */
export interface WallClockGrid {
  readonly grid: Grid;
  readonly until: number;
}

/** The most recent `length` periods that were complete at `at`. */
export function wallClockGrid(
  at: number,
  periodSeconds: WallClockPeriod,
  length: number,
  zone: Zone,
): WallClockGrid {
  const current = startOfPeriod(DateTime.fromMillis(at, { zone }), periodSeconds);
  const bounds = [current.toMillis()];
  while (bounds.length <= length) {
    // One millisecond before a period is in the one before it, however long that is.
    const before = DateTime.fromMillis((bounds[0] ?? at) - 1, { zone });
    bounds.unshift(startOfPeriod(before, periodSeconds).toMillis());
  }
  const next =
    periodSeconds === 300 ? current.plus({ minutes: 5 }) : current.plus({ [unitOfPeriod[periodSeconds]]: 1 });
  const grid = { start: bounds[0] ?? at, periodMs: periodSeconds * 1000, length, bounds };
  return { grid, until: next.toMillis() };
}

function startOfPeriod(at: DateTime, periodSeconds: WallClockPeriod): DateTime {
  const start = at.startOf(unitOfPeriod[periodSeconds]);
  if (periodSeconds !== 300) return start;
  const elapsedMinutes = Math.floor(at.diff(start).as('minutes'));
  return start.plus({ minutes: elapsedMinutes - (elapsedMinutes % 5) });
}
