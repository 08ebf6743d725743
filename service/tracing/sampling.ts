/** Which requests are traced. Decided at the beginning of each, because a span that is begun has to be paid for. */
import type { TraceContext } from './trace-context';
import { isInShare } from './trace-ids';

/** What a trace is there for; written on it, so that a share can be told from the exceptions. */
export type SampledBy = 'caller' | 'reservoir' | 'share' | 'failure' | 'slowness';

export interface SamplingRule {
  /** Of the requests whose caller has not decided; 0 leaves only those whose caller wants a trace. */
  readonly share: number;
  /** So many requests of each second come before the share, as in X-Ray's own rules: a quiet service is seen too. */
  readonly reservoirPerSecond: number;
}

export interface Sampler {
  /** Why this request is traced, or undefined when it is not. */
  decide(traceId: string, caller: TraceContext | undefined): SampledBy | undefined;
  /**
   * Why a request is traced after all, now that it has gone badly; it then gets a single span. Never against its
   * caller's will: the other half of that trace does not exist.
   */
  decideLate(reason: 'failure' | 'slowness', caller: TraceContext | undefined): SampledBy | undefined;
}

/** In an outage every request fails; a few each second tell why, the rest would only cost. */
export const latePerSecond = 5;

/**
 * @param rule looked up each time, because a switch may change it
 * @param now milliseconds since the epoch
 */
export function createSampler(rule: () => SamplingRule, now: () => number): Sampler {
  const reservoir = createBudget(now);
  const late = createBudget(now);
  return {
    decide(traceId, caller) {
      if (caller?.sampled !== undefined) return caller.sampled ? 'caller' : undefined;
      const { share, reservoirPerSecond } = rule();
      if (share <= 0) return undefined;
      if (reservoirPerSecond > 0 && reservoir.take(reservoirPerSecond)) return 'reservoir';
      return isInShare(traceId, share) ? 'share' : undefined;
    },
    decideLate(reason, caller) {
      if (caller?.sampled === false || rule().share <= 0) return undefined;
      return late.take(latePerSecond) ? reason : undefined;
    },
  };
}

/** So many a second, counted anew with each second of the clock. */
function createBudget(now: () => number): { take(perSecond: number): boolean } {
  let second = -1;
  let taken = 0;
  return {
    take(perSecond) {
      const present = Math.floor(now() / 1000);
      if (present !== second) {
        second = present;
        taken = 0;
      }
      taken += 1;
      return taken <= perSecond;
    },
  };
}
