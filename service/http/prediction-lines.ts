/** Which predictions leave a line in the log, and what it may say of the values that somebody sent. */
import type { Reason } from '../degraded/degraded-mode';
import type { Row } from '../inference/features';
import type { ModelMetadata } from '../inference/metadata';
import type { Soon } from '../logging';
import type { Switches } from '../switches';
import { isInOtherShare, isInShare } from '../tracing/trace-ids';

/** No line; a line without values; a line with the values of the features. */
export type Line = 'none' | 'plain' | 'features';

export interface AnsweredRequest {
  readonly traceId: string;
  readonly latencyMs: number;
  readonly isTraced: boolean;
}

export interface PredictionLines {
  /** The line for a request that was answered; one that failed or was refused always leaves one, elsewhere. */
  lineOf(request: AnsweredRequest): Line;
  isSlow(latencyMs: number): boolean;
  /** Has such a line written. */
  readonly soon: Soon;
}

/**
 * @param now the switches as they stand, looked up each time
 * @param slowMs from here on a prediction is slow
 */
export function createPredictionLines(now: () => Switches, slowMs: number, soon: Soon): PredictionLines {
  const isSlow = (latencyMs: number): boolean => latencyMs > slowMs;
  return {
    isSlow,
    soon,
    lineOf({ traceId, latencyMs, isTraced }) {
      const { logShare, logFeaturesShare } = now();
      // Whoever finds a trace looks for its line; only a log that is off altogether does not have it.
      const isWanted = isSlow(latencyMs) || isInShare(traceId, logShare) || (isTraced && logShare > 0);
      if (!isWanted) return 'none';
      return isInOtherShare(traceId, logFeaturesShare) ? 'features' : 'plain';
    },
  };
}

/** What a line says. Ids, routes and reasons are plain letters: checked where they come in, or our own words. */
export interface PredictedFacts {
  readonly requestId: string;
  readonly callerRequestId: string | undefined;
  readonly route: string;
  readonly instances: number;
  readonly latencyMs: number;
  readonly isSlow: boolean;
  readonly reason: Reason | undefined;
  readonly features: ReturnType<typeof loggedFeatures> | undefined;
}

/** As the logger writes members of an object, letter by letter. */
export function predictedFacts(facts: PredictedFacts): string {
  const { requestId, callerRequestId, route, instances, latencyMs, isSlow, reason, features } = facts;
  let text = `"requestId":"${requestId}"`;
  if (callerRequestId !== undefined) text += `,"callerRequestId":"${callerRequestId}"`;
  text += `,"route":"${route}","statusCode":200,"instances":${instances}`;
  text += `,"latencyMs":${Math.round(latencyMs * 1000) / 1000}`;
  if (isSlow) text += ',"slow":true';
  if (reason !== undefined) text += `,"degraded":true,"reason":"${reason}"`;
  if (features !== undefined) text += `,"features":${JSON.stringify(features)}`;
  return `${text},"msg":"predicted"`;
}

/** A line is for looking at single cases; a whole batch would fill it. */
const maxLoggedInstances = 4;

/** The values as the model got them, by name: checked numbers and nothing else that a body may have held. */
export function loggedFeatures(
  rows: readonly Row[],
  { features }: ModelMetadata,
): readonly Readonly<Record<string, number>>[] {
  return rows
    .slice(0, maxLoggedInstances)
    .map((row) => Object.fromEntries(features.map(({ name }, index) => [name, row[index] ?? Number.NaN])));
}
