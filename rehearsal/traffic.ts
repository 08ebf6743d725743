/** The clients: a steady stream of predictions from many callers, each with a request of its own. */
import type { Clock } from './clock';
import { requestsOf } from './requests';

export interface Traffic {
  /** What the callers saw, by second since the start. */
  readonly seconds: readonly SecondOfTraffic[];
  stop(): void;
}

export interface SecondOfTraffic {
  readonly at: number;
  answered: number;
  failed: number;
}

export interface TrafficDependencies {
  readonly url: string;
  /** Directory of the release: it says what may be asked. */
  readonly releaseDirectory: string;
  readonly clock: Clock;
  /** 0 to 1; the same numbers in every rehearsal when it is seeded. */
  readonly random: () => number;
  /** What one caller waits before it gives up. */
  readonly patienceMs: number;
  readonly requestsPerSecond: number;
}

export function startTraffic(on: TrafficDependencies): Traffic {
  const nextRequest = requestsOf(on.releaseDirectory, on.random);
  const seconds: SecondOfTraffic[] = [];
  const bySecond = new Map<number, SecondOfTraffic>();
  const count = (at: number, succeeded: boolean): void => {
    const second = Math.floor(at / 1000) * 1000;
    let entry = bySecond.get(second);
    if (entry === undefined) {
      entry = { at: second, answered: 0, failed: 0 };
      bySecond.set(second, entry);
      seconds.push(entry);
    }
    if (succeeded) entry.answered += 1;
    else entry.failed += 1;
  };
  const call = async (): Promise<void> => {
    const at = on.clock.now();
    const { path, body } = nextRequest();
    try {
      const response = await fetch(`${on.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(on.patienceMs),
      });
      await response.arrayBuffer();
      count(at, response.ok);
    } catch {
      count(at, false);
    }
  };
  const gapMs = 1000 / on.requestsPerSecond;
  let cancel = (): void => {};
  const next = (): void => {
    void call();
    cancel = on.clock.after(gapMs, next);
  };
  next();
  return { seconds, stop: () => cancel() };
}

/** A small generator whose numbers depend on nothing but the seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
