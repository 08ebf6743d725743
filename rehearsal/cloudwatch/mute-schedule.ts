/** When a mute rule mutes: `cron(...)` or `at(...)`, a duration and a time zone, to the window that a moment lies in. */
import { Cron } from 'croner';
import { DateTime, Duration, IANAZone } from 'luxon';

/** The end is no longer muted. */
export interface MuteWindow {
  readonly start: number;
  readonly end: number;
}

export interface ScheduleText {
  readonly expression: string;
  readonly duration: string;
  readonly timezone: string | undefined;
  readonly startDate: string | undefined;
  readonly expireDate: string | undefined;
}

/** What is wrong, and with which property. */
export class ScheduleError extends Error {
  constructor(
    readonly property: string,
    problem: string,
  ) {
    super(problem);
    this.name = 'ScheduleError';
  }
}

const minuteMs = 60_000;
/** AWS's documented bounds, PT1M and P15D. A timer for a window's end stays within what timers can wait. */
const maxDurationMs = 15 * 24 * 60 * minuteMs;

/** Looks a moment up: the window that mutes then, or undefined. Throws ScheduleError for what AWS would refuse. */
export function readSchedule(text: ScheduleText): (at: number) => MuteWindow | undefined {
  const zone = readZone(text.timezone);
  const durationMs = readDuration(text.duration);
  const startOf = readExpression(text.expression, zone);
  const from = readDate('StartDate', text.startDate, zone) ?? Number.NEGATIVE_INFINITY;
  const until = readDate('ExpireDate', text.expireDate, zone) ?? Number.POSITIVE_INFINITY;
  if (until <= from) {
    throw new ScheduleError(
      'ExpireDate',
      `got ${text.expireDate}, expected a date after StartDate, ${text.startDate}`,
    );
  }
  return (at) => {
    const start = startOf(at);
    if (start === undefined) return undefined;
    const window = { start: Math.max(start, from), end: Math.min(start + durationMs, until) };
    return window.start <= at && at < window.end ? window : undefined;
  };
}

function readZone(timezone = 'UTC'): string {
  if (IANAZone.isValidZone(timezone)) return timezone;
  throw new ScheduleError(
    'Rule.Schedule.Timezone',
    `got ${timezone}, expected the name of a time zone such as Europe/London`,
  );
}

function readDuration(text: string): number {
  const duration = Duration.fromISO(text);
  const lengthMs = duration.isValid ? duration.toMillis() : Number.NaN;
  if (lengthMs >= minuteMs && lengthMs <= maxDurationMs) return lengthMs;
  throw new ScheduleError(
    'Rule.Schedule.Duration',
    `got ${text}, expected an ISO 8601 duration, PT1M to P15D`,
  );
}

/** Dates without an offset are in the zone of the schedule. */
function readDate(property: string, text: string | undefined, zone: string): number | undefined {
  if (text === undefined) return undefined;
  const date = DateTime.fromISO(text, { zone });
  if (date.isValid) return date.toMillis();
  throw new ScheduleError(property, `got ${text}, expected a date such as 2026-04-15T08:00`);
}

/** The latest start that is not after a moment. */
type StartOf = (at: number) => number | undefined;

const expressionProperty = 'Rule.Schedule.Expression';

function readExpression(text: string, zone: string): StartOf {
  const [, kind, inner = ''] = /^(cron|at)\((.*)\)$/.exec(text) ?? [];
  if (kind === 'at') return readAt(text, inner, zone);
  if (kind === 'cron') return readCron(text, inner, zone);
  throw new ScheduleError(expressionProperty, `got ${text}, expected cron(...) or at(yyyy-MM-ddThh:mm)`);
}

function readAt(text: string, inner: string, zone: string): StartOf {
  const moment = DateTime.fromFormat(inner, "yyyy-MM-dd'T'HH:mm", { zone });
  if (!moment.isValid) {
    throw new ScheduleError(expressionProperty, `got ${text}, expected at(yyyy-MM-ddThh:mm)`);
  }
  const start = moment.toMillis();
  return (at) => (start <= at ? start : undefined);
}

/** The characters that AWS documents for each field; the library would take more. */
const cronFields: readonly (readonly [name: string, allowed: RegExp])[] = [
  ['minute', /^[\d*,/-]+$/],
  ['hour', /^[\d*,/-]+$/],
  ['day of the month', /^[\d*?,/L-]+$/],
  ['month', /^[\dA-Z*,/-]+$/],
  ['day of the week', /^[\dA-Z*?,#-]+$/],
];

function readCron(text: string, inner: string, timezone: string): StartOf {
  const fields = inner.trim().split(/\s+/);
  if (fields.length !== cronFields.length) {
    const expected = cronFields.map(([name]) => name).join(', ');
    throw new ScheduleError(
      expressionProperty,
      `got ${text} with ${fields.length} fields, expected ${expected}`,
    );
  }
  for (const [index, [name, allowed]] of cronFields.entries()) {
    const field = fields[index] ?? '';
    if (!allowed.test(field))
      throw new ScheduleError(expressionProperty, `got ${field} for the ${name} in ${text}`);
  }
  const cron = parseCron(text, fields.join(' '), timezone);
  return (at) => {
    // The library looks strictly before its reference and in whole seconds.
    const [latest] = cron.previousRuns(1, new Date(Math.floor(at / 1000) * 1000 + 1000));
    return latest?.getTime();
  };
}

function parseCron(text: string, pattern: string, timezone: string): Cron {
  try {
    return new Cron(pattern, { paused: true, timezone, mode: '5-part' });
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^\w+: /, '') : String(error);
    throw new ScheduleError(expressionProperty, `got ${text}: ${why}`);
  }
}
