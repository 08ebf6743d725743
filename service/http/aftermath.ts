/** What a prediction leaves behind beside its numbers: its line in the log, and its trace. */
import type { FastifyRequest } from 'fastify';
import type { Reason } from '../degraded/degraded-mode';
import type { ModelMetadata } from '../inference/metadata';
import type { Prediction, Row } from '../inference/model';
import type { Annotations, LateTrace, Tracing } from '../tracing/tracing';
import {
  loggedFeatures,
  type PredictedFacts,
  type PredictionLines,
  predictedFacts,
} from './prediction-lines';
import { ProblemError } from './problems';
import { callerRequestId } from './request-id';

export interface Asked {
  readonly metadata: ModelMetadata;
  readonly rows: readonly Row[];
  readonly latencyMs: number;
  /** Why the answer came from the cache or the fallback, if it did. */
  readonly reason?: Reason | undefined;
  /** The model's failure behind such an answer. */
  readonly cause?: unknown;
}

export interface Aftermath {
  answered(request: FastifyRequest, asked: Asked, predictions: readonly Prediction[]): void;
  /** Its line comes with its answer, where every failure's does. */
  failed(request: FastifyRequest, asked: Asked, cause: unknown): void;
}

export function createAftermath(route: string, lines: PredictionLines, tracing: Tracing): Aftermath {
  return {
    answered(request, asked, predictions) {
      const { latencyMs, metadata, rows, reason, cause } = asked;
      const { trace } = request;
      // Whoever was served all the same does not see it; the log has to tell why it was needed.
      if (cause !== undefined)
        request.log.error({ route, reason, err: cause }, 'the model failed, a stand-in was answered');
      const line = lines.lineOf({ traceId: request.id, latencyMs, isTraced: trace !== undefined });
      if (line !== 'none') {
        const facts: PredictedFacts = {
          requestId: request.id,
          callerRequestId: callerRequestId(request.raw),
          route,
          instances: rows.length,
          latencyMs,
          isSlow: lines.isSlow(latencyMs),
          reason,
          features: line === 'features' ? loggedFeatures(rows, metadata) : undefined,
        };
        // What it says is put together when it is written, from little that has to be kept until then.
        lines.soon(() => predictedFacts(facts));
      }
      if (trace !== undefined) {
        trace.annotate(about(asked, predictions));
        if (cause !== undefined) trace.fail(cause);
      } else if (cause !== undefined || lines.isSlow(latencyMs)) {
        const annotations = about(asked, predictions);
        const why = cause === undefined ? 'slowness' : 'failure';
        traceLate(tracing, request, {
          route,
          latencyMs,
          annotations,
          reason: why,
          statusCode: 200,
          error: cause,
        });
      }
    },
    failed(request, asked, problem) {
      const { latencyMs } = asked;
      const annotations = about(asked, []);
      // A caller is not told why; the trace is.
      const error = problem instanceof Error ? (problem.cause ?? problem) : problem;
      const statusCode = problem instanceof ProblemError ? problem.problem.status : 500;
      // The error itself is put on a trace that runs where the answer is made.
      if (request.trace !== undefined) request.trace.annotate(annotations);
      else {
        const facts = { route, latencyMs, annotations, error } as const;
        traceLate(tracing, request, { ...facts, reason: 'failure', statusCode });
      }
    },
  };
}

function traceLate(
  tracing: Tracing,
  { id, headers }: FastifyRequest,
  facts: Omit<LateTrace, 'traceId' | 'headers'>,
): void {
  tracing.late({ traceId: id, headers, ...facts });
}

function about({ metadata, rows, reason }: Asked, predictions: readonly Prediction[]): Annotations {
  return {
    model: metadata.name,
    version: metadata.version,
    class: classOf(predictions),
    instances: rows.length,
    degraded: reason !== undefined,
  };
}

/** Undefined where nothing was predicted. */
function classOf(predictions: readonly Prediction[]): string | undefined {
  const name = predictions[0]?.class;
  for (const each of predictions) if (each.class !== name) return 'mixed';
  return name;
}
