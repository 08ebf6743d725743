/** Times as a person on call reads them: in their zone, with UTC once, durations in words. */

export interface Times {
  /** `03:02` */
  hourMinute(at: number): string;
  /** `03:02 Madrid` */
  zoned(at: number): string;
  /** `03:02 Madrid (02:02 UTC), Sat 21 Nov` */
  full(at: number): string;
}

/** Formats in one IANA zone. */
export function timesIn(timeZone: string): Times {
  const clockIn = (zone: string, at: number): string =>
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).format(at);
  const part = (at: number, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-US', { timeZone, ...options }).format(at);
  const zoneName = (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');
  const zoned = (at: number): string => `${clockIn(timeZone, at)} ${zoneName}`;
  return {
    hourMinute: (at) => clockIn(timeZone, at),
    zoned,
    full: (at) => {
      const utc = zoneName === 'UTC' ? '' : ` (${clockIn('UTC', at)} UTC)`;
      // Built from parts: the order and commas of a locale change between versions of ICU.
      const day = [{ weekday: 'short' }, { day: 'numeric' }, { month: 'short' }] as const;
      return `${zoned(at)}${utc}, ${day.map((one) => part(at, one)).join(' ')}`;
    },
  };
}

/** `under 1 s`, `45 s`, `3 min 30 s`, `12 min`, `2 h 5 min`; never negative, because clocks differ a little. */
export function duration(ms: number): string {
  if (ms < 1000) return 'under 1 s';
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  if (seconds < secondsCountBelow) return inTwo(seconds, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return inTwo(minutes, 'h', 'min');
}

/** Ten minutes; from then on half a minute more or less says nothing. */
const secondsCountBelow = 600;

/** Sixty of the small unit are one of the large; a rest of none is left out. */
function inTwo(count: number, large: string, small: string): string {
  const rest = count % 60;
  return `${Math.floor(count / 60)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}

/** The next whole minute: a promise rounded down would be broken by seconds. */
export function nextMinute(at: number): number {
  return Math.ceil(at / 60_000) * 60_000;
}
