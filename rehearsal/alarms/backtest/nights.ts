/** Nights: which local night a moment belongs to, so that a backtest can count the nights on which somebody was woken. */
import { DateTime, IANAZone } from 'luxon';
import { BacktestError } from './backtest-error';

export interface Night {
  readonly zone: string;
  /** Minutes after local midnight; later than `endMinute` where the night spans midnight. */
  readonly startMinute: number;
  readonly endMinute: number;
}

/** When most people who are on call sleep. */
export const defaultNight = '22-07';

/** The zone, if there is such a one. Throws BacktestError. */
export function readZone(zone: string): string {
  if (!IANAZone.isValidZone(zone)) {
    throw new BacktestError(
      `--timezone: there is no such zone, got '${zone}', expected a name like Europe/Madrid; correct it`,
    );
  }
  return zone;
}

/**
 * Reads `22-07` or `22:30-06:00` in a zone of the IANA database.
 * @throws BacktestError
 */
export function readNight(text: string, zone: string): Night {
  readZone(zone);
  const [, start, end] = /^(\d{1,2}(?::\d{2})?)-(\d{1,2}(?::\d{2})?)$/.exec(text) ?? [];
  const startMinute = minuteOfDay(start);
  const endMinute = minuteOfDay(end);
  if (startMinute === undefined || endMinute === undefined || startMinute === endMinute) {
    throw new BacktestError(
      `--night: no span of hours, got '${text}', expected one like 22-07 or 22:30-06:00; correct it`,
    );
  }
  return { zone, startMinute, endMinute };
}

function minuteOfDay(text: string | undefined): number | undefined {
  const [hour = Number.NaN, minute = 0] = (text ?? '').split(':').map(Number);
  return text !== undefined && hour < 24 && minute < 60 ? hour * 60 + minute : undefined;
}

/** The night's name, which is the local date of its evening; undefined by day. */
export function nightOf(at: number, night: Night): string | undefined {
  const local = DateTime.fromMillis(at, { zone: night.zone });
  const minute = local.hour * 60 + local.minute;
  const spansMidnight = night.startMinute > night.endMinute;
  if (!spansMidnight)
    return minute >= night.startMinute && minute < night.endMinute ? dateOf(local) : undefined;
  if (minute >= night.startMinute) return dateOf(local);
  return minute < night.endMinute ? dateOf(local.minus({ days: 1 })) : undefined;
}

/** Start and end of every night that touches the range, in order. */
export function nightSpans(start: number, end: number, night: Night): { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = [];
  let day = DateTime.fromMillis(start, { zone: night.zone }).startOf('day').minus({ days: 1 });
  for (; day.toMillis() <= end; day = day.plus({ days: 1 })) {
    const until = night.startMinute > night.endMinute ? day.plus({ days: 1 }) : day;
    const span = { start: clockTime(day, night.startMinute), end: clockTime(until, night.endMinute) };
    if (span.end > start && span.start < end) spans.push(span);
  }
  return spans;
}

/** By the clock on the wall: the night of a clock change is an hour longer or shorter. */
function clockTime(day: DateTime, minute: number): number {
  return day.set({ hour: Math.floor(minute / 60), minute: minute % 60 }).toMillis();
}

function dateOf(local: DateTime): string {
  return local.toFormat('yyyy-MM-dd');
}

/** `2026-11-03 02:14` on the clock of the zone. */
export function localTime(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd HH:mm');
}
