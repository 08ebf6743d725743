/** ISO 8601 times as every export writes them: with a zone, because a time without one means another moment on each machine. */

export const instantExamples = 'a time as 2026-03-01T12:00:00Z or 2026-03-01T13:00:00+01:00';

/**
 * Made-up series often begin with the epoch, and nobody has data of the other end: what is outside was mistyped or written
 * in another unit, and a single such time would make the alarms evaluate every minute of centuries.
 */
const earliestInstant = 0;
const latestInstant = Date.UTC(2100, 0, 1);
export const instantRangeWords = 'a time from 1970 to 2099';

/** Whether data can be of this time, in milliseconds since the epoch. */
export function isPlausible(at: number): boolean {
  return at >= earliestInstant && at < latestInstant;
}

const written = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d))$/;

const minuteMs = 60_000;

/** Reads many times; what it has read last is known without reading it again, since rows of one moment follow each other. */
export type ReadInstant = (text: string) => number | undefined;

/** A reader of milliseconds since the epoch; undefined for what is no time. Digits beyond the millisecond are dropped. */
export function createInstantReader(): ReadInstant {
  let lastText = '';
  let lastInstant: number | undefined;
  let lastDate = '';
  let lastMidnight: number | undefined;
  return (text) => {
    if (text === lastText) return lastInstant;
    const parts = written.exec(text);
    if (parts === null) return undefined;
    const date = parts[1] ?? '';
    if (date !== lastDate) {
      lastDate = date;
      lastMidnight = midnightOf(date);
    }
    lastText = text;
    lastInstant = lastMidnight === undefined ? undefined : within(lastMidnight, parts);
    return lastInstant;
  };
}

/** One time alone. */
export function parseInstant(text: string): number | undefined {
  return createInstantReader()(text);
}

function within(midnight: number, parts: RegExpExecArray): number | undefined {
  const [
    ,
    ,
    hours = '',
    minutes = '',
    seconds = '0',
    fraction = '',
    sign,
    zoneHours = '0',
    zoneMinutes = '0',
  ] = parts;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  if (Number(zoneHours) > 23 || Number(zoneMinutes) > 59) return undefined;
  const zoneMs = (Number(zoneHours) * 60 + Number(zoneMinutes)) * minuteMs;
  return (
    midnight +
    (Number(hours) * 60 + Number(minutes)) * minuteMs +
    Number(seconds) * 1000 +
    Number(fraction.slice(0, 3).padEnd(3, '0')) -
    (sign === '-' ? -zoneMs : zoneMs)
  );
}

/** Undefined for days that no calendar has, which Date would move into the next month. */
function midnightOf(date: string): number | undefined {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return Number.isFinite(midnight) && new Date(midnight).toISOString().startsWith(date)
    ? midnight
    : undefined;
}
