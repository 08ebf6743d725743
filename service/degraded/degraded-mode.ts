/**
 * Answers when the model cannot, or not in time: from the cache or the fallback, and never in secret. The answer is marked,
 * and the metrics go on telling how the model itself does: a stand-in hides an outage from callers, not from people.
 */
import type { Clock } from '../clock';
import type { Model, Prediction, Row } from '../inference/model';
import type { Switches } from '../switches';
import { admit, type BreakerLimits, type BreakerState, closedBreaker, settle } from './breaker';
import { createDeadlines } from './deadlines';
import { createStandIns, type StandIn, type StandIns } from './stand-ins';

export interface DegradedLimits {
  /** From here on a caller is no longer made to wait for the model, if there is something else to answer. */
  readonly latencyLimitMs: number;
  /** Share of failed calls from which on the model is left alone for a while, if there is something else to answer. */
  readonly errorLimit: number;
  /** Rows that may wait for the model; what comes on top is turned away at once. */
  readonly maxWaitingRows: number;
  readonly maxCachedRows: number;
}

export type Reason = 'switched-on' | 'model-late' | 'model-failed' | 'breaker-open' | 'overloaded';

/** How one request was answered. `reason` says why by a stand-in; without it the model itself answered. */
export interface Answer {
  readonly predictions: readonly (Prediction | StandIn)[];
  readonly reason?: Reason;
  /** The model's own failure behind a stand-in, for the log. */
  readonly cause?: unknown;
  /** Only behind `model-late`: how the model ends after all. */
  readonly late?: Promise<readonly Prediction[]>;
}

/** Too many rows wait already: answered with 503, so that callers come back later. */
export class OverloadedError extends Error {}

export interface DegradedMode {
  /** The model's answer where it comes in time, a stand-in where there is one; else the model's own error. */
  ask(model: Model, rows: readonly Row[]): Promise<Answer>;
}

export interface DegradedModeOptions {
  readonly clock: Clock;
  readonly limits: DegradedLimits;
  readonly mode: () => Switches['degraded'];
  readonly standIns: StandIns;
}

/** Ten seconds are the period of the error alarm; twenty calls its least evidence. */
const breakerWindow = { windowMs: 10_000, minimumCalls: 20 };

/** Long enough for what is broken to be noticed, short enough that recovery is not waited for. */
const breakerRest = { openMs: 5000, trials: 3 };

/** The degraded mode with a cache of its own. */
export function degradedModeOf(
  limits: DegradedLimits,
  clock: Clock,
  mode: DegradedModeOptions['mode'],
): DegradedMode {
  return createDegradedMode({ clock, limits, mode, standIns: createStandIns(limits.maxCachedRows) });
}

export function createDegradedMode({ clock, limits, mode, standIns }: DegradedModeOptions): DegradedMode {
  const breakerLimits: BreakerLimits = {
    ...breakerWindow,
    ...breakerRest,
    errorLimit: limits.errorLimit,
  };
  const deadlines = createDeadlines(clock);
  let breaker: BreakerState = closedBreaker(clock.elapsedMs());
  let waitingRows = 0;

  const askModel = async (model: Model, rows: readonly Row[]): Promise<readonly Prediction[]> => {
    waitingRows += rows.length;
    let succeeded = false;
    try {
      const predictions = await model.predict(rows);
      succeeded = true;
      if (mode() !== 'off') standIns.remember(rows, predictions, model.metadata);
      return predictions;
    } finally {
      waitingRows -= rows.length;
      breaker = settle(breaker, succeeded, clock.elapsedMs(), breakerLimits);
    }
  };

  /** Settles with the model, or at the limit when there is a stand-in by then. */
  const askInTime = (model: Model, rows: readonly Row[]): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asked = askModel(model, rows);
      const watched = deadlines.watch(clock.elapsedMs() + limits.latencyLimitMs, () => {
        const predictions = standIns.of(rows, model.metadata);
        if (predictions === undefined) return false;
        resolve({ predictions, reason: 'model-late', late: asked });
        return true;
      });
      asked.then(
        (predictions) => {
          if (deadlines.settle(watched)) resolve({ predictions });
        },
        (cause: unknown) => {
          if (!deadlines.settle(watched)) return;
          const predictions = standIns.of(rows, model.metadata);
          if (predictions === undefined) reject(cause);
          else resolve({ predictions, reason: 'model-failed', cause });
        },
      );
    });

  /** Why the model should not be asked, if so. */
  const reluctance = (now: Switches['degraded'], rows: number): Reason | undefined => {
    if (now === 'on') return 'switched-on';
    if (waitingRows + rows > limits.maxWaitingRows) return 'overloaded';
    const { isAdmitted, state } = admit(breaker, clock.elapsedMs(), breakerLimits);
    breaker = state;
    return isAdmitted ? undefined : 'breaker-open';
  };

  return {
    async ask(model, rows) {
      const now = mode();
      if (now !== 'off') {
        const reason = reluctance(now, rows.length);
        const predictions = reason === undefined ? undefined : standIns.of(rows, model.metadata);
        if (reason !== undefined && predictions !== undefined) return { predictions, reason };
      }
      // Without a stand-in the model is asked after all: a refusal would help nobody. Only its queue has an end.
      if (waitingRows + rows.length > limits.maxWaitingRows) {
        throw new OverloadedError(`${waitingRows} rows wait for the model already`);
      }
      if (now === 'off') return { predictions: await askModel(model, rows) };
      return askInTime(model, rows);
    },
  };
}
