/**
 * Whether the model is worth asking, judged by how often it failed of late. Pure: the time comes with each step.
 * closed: it is asked. open: it failed too often, and is left alone. half-open: one call at a time finds out.
 */

export interface BreakerLimits {
  /** Share of failed calls, 0 to 1, from which on the breaker opens. */
  readonly errorLimit: number;
  /** Calls are counted for this long, then anew. */
  readonly windowMs: number;
  /** Fewer calls in a window are no evidence. */
  readonly minimumCalls: number;
  /** How long an open breaker waits before it tries again. */
  readonly openMs: number;
  /** Calls in a row that must succeed before it closes. */
  readonly trials: number;
}

export type BreakerState =
  | { readonly kind: 'closed'; readonly sinceMs: number; readonly calls: number; readonly failures: number }
  | { readonly kind: 'open'; readonly sinceMs: number }
  /** `sinceMs` is when the present trial began; it holds up the others no longer than an open breaker would. */
  | {
      readonly kind: 'half-open';
      readonly sinceMs: number;
      readonly successes: number;
      readonly isTrying: boolean;
    };

/** A model that nothing is known of yet is trusted. */
export const closedBreaker = (nowMs: number): BreakerState => ({
  kind: 'closed',
  sinceMs: nowMs,
  calls: 0,
  failures: 0,
});

/** Whether a call may go to the model now, and the state once it does. */
export function admit(
  state: BreakerState,
  nowMs: number,
  { openMs }: BreakerLimits,
): { readonly isAdmitted: boolean; readonly state: BreakerState } {
  if (state.kind === 'closed') return { isAdmitted: true, state };
  const isOver = nowMs - state.sinceMs >= openMs;
  const mayTry = state.kind === 'open' ? isOver : !state.isTrying || isOver;
  if (!mayTry) return { isAdmitted: false, state };
  const successes = state.kind === 'half-open' ? state.successes : 0;
  return { isAdmitted: true, state: { kind: 'half-open', sinceMs: nowMs, successes, isTrying: true } };
}

/** The state after a call to the model has ended. */
export function settle(
  state: BreakerState,
  succeeded: boolean,
  nowMs: number,
  { errorLimit, windowMs, minimumCalls, trials }: BreakerLimits,
): BreakerState {
  // What was asked before it opened says nothing new.
  if (state.kind === 'open') return state;
  if (state.kind === 'half-open') {
    if (!succeeded) return { kind: 'open', sinceMs: nowMs };
    const successes = state.successes + 1;
    return successes >= trials ? closedBreaker(nowMs) : { ...state, successes, isTrying: false };
  }
  const isOver = nowMs - state.sinceMs >= windowMs;
  const calls = (isOver ? 0 : state.calls) + 1;
  const failures = (isOver ? 0 : state.failures) + (succeeded ? 0 : 1);
  if (calls >= minimumCalls && failures / calls >= errorLimit) return { kind: 'open', sinceMs: nowMs };
  return { kind: 'closed', sinceMs: isOver ? nowMs : state.sinceMs, calls, failures };
}
