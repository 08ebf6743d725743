/** A clock whose time moves only when the test says so. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../service/clock';

export interface HeldClock extends Clock {
  /** Moves on, running each timer at its own time, and lets what it set off settle. */
  advance(ms: number): Promise<void>;
  /** Moves on without running anything, as if the event loop were blocked. */
  stall(ms: number): void;
  /** Corrects the machine's time; durations and timers know nothing of it. */
  step(ms: number): void;
}

export function heldClock(startMs: number): HeldClock {
  let nowMs = startMs;
  let correctedMs = 0;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: () => nowMs + correctedMs,
    elapsedMs: () => nowMs - startMs,
    after(delayMs, run) {
      const timer = { at: nowMs + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    stall(ms) {
      nowMs += ms;
    },
    step(ms) {
      correctedMs += ms;
    },
    async advance(ms) {
      const end = nowMs + ms;
      for (;;) {
        const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter((timer) => timer !== due);
        nowMs = Math.max(nowMs, due.at);
        due.run();
        await setImmediate();
      }
      nowMs = end;
      await setImmediate();
    },
  };
}
