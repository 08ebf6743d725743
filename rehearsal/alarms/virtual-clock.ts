/** A clock that stands still until it is told to go on: hours pass in milliseconds, and every timer rings at its own moment. */
import type { Clock } from '../clock';

export interface VirtualClock extends Clock {
  /** Goes on to `at` and lets what is due until then ring, in order of time and then of asking. Never goes back. */
  advanceTo(at: number): void;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** @param start milliseconds since the epoch */
export function createVirtualClock(start: number): VirtualClock {
  let now = start;
  const timers: Timer[] = [];
  return {
    now: () => now,
    after: (delayMs, run) => {
      const timer = { at: now + Math.max(0, delayMs), run };
      const later = timers.findIndex(({ at }) => at > timer.at);
      timers.splice(later < 0 ? timers.length : later, 0, timer);
      return () => {
        const index = timers.indexOf(timer);
        if (index >= 0) timers.splice(index, 1);
      };
    },
    advanceTo: (at) => {
      for (let timer = timers[0]; timer !== undefined && timer.at <= at; timer = timers[0]) {
        timers.shift();
        now = Math.max(now, timer.at);
        timer.run();
      }
      now = Math.max(now, at);
    },
  };
}
