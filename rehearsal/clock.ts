/** The rehearsal's one clock: everything else is given a `Clock`, so that tests can hold time in their hands. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's own time. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  };
}

/** Calls `run` at each whole multiple of `periodMs` since the epoch, as CloudWatch and EventBridge do; returns the stop. */
export function everyAligned(clock: Clock, periodMs: number, run: (at: number) => void): () => void {
  let cancel = (): void => {};
  let stopped = false;
  const arm = (): void => {
    const at = (Math.floor(clock.now() / periodMs) + 1) * periodMs;
    cancel = clock.after(at - clock.now(), () => {
      // A timer may fire a hair early; waiting again beats evaluating the same moment twice.
      if (clock.now() < at) return arm();
      run(at);
      if (!stopped) arm();
    });
  };
  arm();
  return () => {
    stopped = true;
    cancel();
  };
}

/** Resolves after `delayMs` on this clock. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
