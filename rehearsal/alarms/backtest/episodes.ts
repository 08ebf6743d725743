/** The life of an alarm as spans: which state it was in and when, and its stays in ALARM, one by one. */
import type { AlarmState } from '../../events';
import type { AlarmPlayback } from '../types';

export interface StateSpan {
  readonly start: number;
  readonly end: number;
  readonly state: AlarmState;
  /** Why the state was entered; undefined for the state at the start. */
  readonly reason: string | undefined;
}

/** One stay in ALARM. */
export interface Episode {
  readonly start: number;
  readonly end: number;
  /** Still in ALARM when the range ended. */
  readonly isOpen: boolean;
  readonly reason: string;
  /** Shorter than the limit, or begun less than the limit after the one before. */
  readonly isFlap: boolean;
}

/** Ten minutes: by then a person has been woken, has logged in, and finds nothing. */
export const defaultFlapMinutes = 10;

/** The alarm's states in order; together they fill the range. */
export function spansOf(
  alarm: Pick<AlarmPlayback, 'initial' | 'transitions'>,
  start: number,
  end: number,
): StateSpan[] {
  const spans: StateSpan[] = [];
  let current: Omit<StateSpan, 'end'> = { start, state: alarm.initial, reason: undefined };
  for (const { at, to, reason } of alarm.transitions) {
    if (at > current.start) spans.push({ ...current, end: at });
    current = { start: at, state: to, reason };
  }
  spans.push({ ...current, end: Math.max(end, current.start) });
  return spans;
}

/** Every stay in ALARM, oldest first. */
export function episodesOf(spans: readonly StateSpan[], flapMs: number): Episode[] {
  const episodes: Episode[] = [];
  const last = spans.at(-1);
  for (const span of spans) {
    if (span.state !== 'ALARM') continue;
    const before = episodes.at(-1);
    const isOpen = span === last;
    // One that is still on may yet become long.
    const isShort = !isOpen && span.end - span.start < flapMs;
    const isReturn = before !== undefined && span.start - before.end < flapMs;
    episodes.push({
      start: span.start,
      end: span.end,
      isOpen,
      reason: span.reason ?? 'in ALARM from the start',
      isFlap: isShort || isReturn,
    });
  }
  return episodes;
}

/** Seconds in each state; they sum to the length of the range. */
export function secondsInState(spans: readonly StateSpan[]): Record<AlarmState, number> {
  const seconds = { OK: 0, ALARM: 0, INSUFFICIENT_DATA: 0 };
  for (const { start, end, state } of spans) seconds[state] += (end - start) / 1000;
  return seconds;
}
