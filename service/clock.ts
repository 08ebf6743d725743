/** The service's one clock: everything else is given a `Clock`, so that tests can hold time in their hands. */

export interface Clock {
  /** Milliseconds since the epoch; may jump when the machine's time is corrected. */
  now(): number;
  /** Milliseconds since the process began; never jumps, so differences of it are durations. */
  elapsedMs(): number;
  /** Calls `run` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's own time. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    elapsedMs: () => performance.now(),
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  };
}

/** Calls `run` once all that can be read in this turn of the event loop has been read. */
export type EndOfTurn = (run: () => void) => void;

/** The event loop's own: right after its sockets, before any timer. */
export const endOfTurn: EndOfTurn = (run) => void setImmediate(run);

/** The last whole multiple of `periodMs` since the epoch at or before `at`. */
export function periodStart(at: number, periodMs: number): number {
  return at - (at % periodMs);
}

/** Calls `run` at each whole multiple of `periodMs` since the epoch; returns the stop. */
export function everyPeriod(clock: Clock, periodMs: number, run: (at: number) => void): () => void {
  let cancel = (): void => {};
  let stopped = false;
  const arm = (): void => {
    const next = periodStart(clock.now(), periodMs) + periodMs;
    cancel = clock.after(next - clock.now(), () => {
      // A timer may fire a hair before its time: then the period is not over yet.
      if (clock.now() >= next) run(next);
      if (!stopped) arm();
    });
  };
  arm();
  return () => {
    stopped = true;
    cancel();
  };
}

/** Settles as `work` does, or rejects once `limitMs` is over. The work itself goes on: nothing can take it back. */
export function within<T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => reject(new Error(`no answer within ${limitMs} ms`)));
    work.then(resolve, reject).finally(cancel);
  });
}

/** Resolves after `delayMs` on this clock. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
