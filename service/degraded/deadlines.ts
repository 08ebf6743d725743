/**
 * Tells whose time is up, with one timer for all: every call has the same limit, so the first that came is the first due.
 * A call that settles leaves at once: kept until its time it would grow old, and what grows old costs the collector most.
 */
import type { Clock } from '../clock';

export interface Watched {
  readonly dueMs: number;
  /** True when that settles the call; else the call goes on without a limit. */
  readonly onDue: () => boolean;
  isSettled: boolean;
  before: Watched | undefined;
  after: Watched | undefined;
}

export interface Deadlines {
  /** @param dueMs never earlier than that of the call before */
  watch(dueMs: number, onDue: () => boolean): Watched;
  /** True for the first who settles the call. */
  settle(call: Watched): boolean;
}

export function createDeadlines(clock: Clock): Deadlines {
  let first: Watched | undefined;
  let last: Watched | undefined;
  let isArmed = false;

  const leave = (call: Watched): void => {
    if (call.before !== undefined) call.before.after = call.after;
    else if (first === call) first = call.after;
    if (call.after !== undefined) call.after.before = call.before;
    else if (last === call) last = call.before;
    call.before = undefined;
    call.after = undefined;
  };
  const arm = (dueMs: number): void => {
    isArmed = true;
    clock.after(Math.max(0, dueMs - clock.elapsedMs()), () => {
      isArmed = false;
      look();
    });
  };
  const look = (): void => {
    const nowMs = clock.elapsedMs();
    // A timer may fire a hair before its time: whoever is not due yet is looked at again.
    while (first !== undefined && first.dueMs <= nowMs) {
      const call = first;
      leave(call);
      if (!call.isSettled && call.onDue()) call.isSettled = true;
    }
    if (first !== undefined) arm(first.dueMs);
  };
  return {
    watch(dueMs, onDue) {
      const call: Watched = { dueMs, onDue, isSettled: false, before: last, after: undefined };
      if (last === undefined) first = call;
      else last.after = call;
      last = call;
      if (!isArmed) arm(dueMs);
      return call;
    },
    settle(call) {
      if (call.isSettled) return false;
      call.isSettled = true;
      leave(call);
      return true;
    },
  };
}
