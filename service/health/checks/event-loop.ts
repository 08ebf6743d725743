/** The event loop comes round in time. */
import { type Clock, sleep } from '../../clock';
import { type Check, insideFreshMs, insideLimitMs } from '../check';

/** Behind by this much, the loop alone would eat the whole latency budget of 250 ms. */
const maxLagMs = 200;

/** Not critical: a loop that is late is busy, and sending its callers to others would make those late in turn. */
export function eventLoopCheck(clock: Clock): Check {
  return {
    name: 'eventLoop',
    kind: 'eventLoop',
    critical: false,
    limitMs: insideLimitMs,
    freshMs: insideFreshMs,
    async run() {
      const startedMs = clock.elapsedMs();
      await sleep(clock, 0);
      const lagMs = clock.elapsedMs() - startedMs;
      if (lagMs > maxLagMs) {
        throw new Error(`behind by ${Math.round(lagMs)} ms, expected at most ${maxLagMs} ms`);
      }
      return undefined;
    },
  };
}
