/** A clock that stands still until a test moves it. */
import type { Clock } from '../../rehearsal/clock';

export interface ManualClock extends Clock {
  /** Moves time on, running what falls due in order. */
  advance(milliseconds: number): void;
}

export function manualClock(start = 1_790_000_000_000): ManualClock {
  let now = start;
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    after: (delayMs, run) => {
      const timer = { at: now + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (milliseconds) => {
      const end = now + milliseconds;
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        now = Math.max(now, due.at);
        due.run();
      }
      now = end;
    },
  };
}
