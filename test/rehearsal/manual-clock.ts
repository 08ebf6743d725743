/** The virtual clock, moved on by spans of time. */
import { createVirtualClock } from '../../rehearsal/alarms/virtual-clock';
import type { Clock } from '../../rehearsal/clock';

export interface ManualClock extends Clock {
  /** Moves time on, running what falls due in order. */
  advance(milliseconds: number): void;
}

export function manualClock(start = 1_790_000_000_000): ManualClock {
  const { now, after, advanceTo } = createVirtualClock(start);
  return { now, after, advance: (milliseconds) => advanceTo(now() + milliseconds) };
}
