/** Tells whose time is up, with one timer for all: every call has the same limit, so the first that came is the first due. */
import type { Clock } from '../clock';

export interface Watched {
  readonly dueMs: number;
  isSettled: boolean;
  /** Called once, at or soon after its time, unless it has settled by then. */
  readonly onDue: () => void;
}

export interface Deadlines {
  watch(call: Watched): void;
}

export function createDeadlines(clock: Clock): Deadlines {
  let waiting: Watched[] = [];
  let isArmed = false;

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
    const due = waiting.filter((call) => !call.isSettled && call.dueMs <= nowMs);
    waiting = waiting.filter((call) => !call.isSettled && call.dueMs > nowMs);
    const [next] = waiting;
    if (next !== undefined) arm(next.dueMs);
    for (const call of due) call.onDue();
  };
  return {
    watch(call) {
      waiting.push(call);
      // In quiet times nobody waits for long: the list is then as long as what came in one limit.
      if (!isArmed) arm(call.dueMs);
    },
  };
}
