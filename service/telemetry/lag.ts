/** How late the event loop comes round: what every request waits besides its own work. */
import type { Clock } from '../clock';

/** A block of this length is never missed, and ten looks a second cost nothing that can be measured. */
const lookEveryMs = 100;

const minuteMs = 60_000;

export interface LagMeter {
  /** The longest lag of this minute and the one before: two scrapes a minute must not miss it. */
  maxMs(): number;
  stop(): void;
}

/** Looks from now on. */
export function createLagMeter(clock: Clock): LagMeter {
  let before = 0;
  let present = 0;
  let minuteEndsMs = clock.elapsedMs() + minuteMs;
  let cancel = (): void => {};
  const look = (dueMs: number): void => {
    const now = clock.elapsedMs();
    present = Math.max(present, now - dueMs);
    if (now >= minuteEndsMs) {
      before = present;
      present = 0;
      minuteEndsMs = now + minuteMs;
    }
    arm();
  };
  const arm = (): void => {
    const dueMs = clock.elapsedMs() + lookEveryMs;
    cancel = clock.after(lookEveryMs, () => look(dueMs));
  };
  arm();
  return { maxMs: () => Math.max(before, present), stop: () => cancel() };
}
