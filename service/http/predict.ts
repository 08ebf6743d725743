/** `POST /predict`: check, ask the model, count, answer. */
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock';
import { type Answer, type DegradedMode, OverloadedError } from '../degraded/degraded-mode';
import type { PredictionWatch } from '../drift/watch';
import type { Model, Row } from '../inference/model';
import type { Lifecycle } from '../lifecycle';
import type { Recorder } from '../telemetry/recorder';
import type { Tracing } from '../tracing/tracing';
import { createAftermath } from './aftermath';
import { countAnswer } from './counted';
import { bodyProblem } from './field-errors';
import { parseInstances } from './instances';
import type { PredictionLines } from './prediction-lines';
import { ProblemError } from './problems';
import { beginTrace } from './traced';

export interface PredictDeps {
  readonly clock: Clock;
  readonly lifecycle: Lifecycle;
  /** The model as callers get it: the loaded one, or the rehearsal's ailing version of it. */
  readonly serve: (model: Model) => Model;
  readonly degradedMode: DegradedMode;
  readonly recorder: Recorder;
  readonly drift: PredictionWatch;
  readonly lines: PredictionLines;
  readonly tracing: Tracing;
}

/**
 * Adds the route. Each instance is one prediction, and counts once the model was asked for it.
 * A request that is refused (4xx, or 503 before there is a model) was never a prediction and is not counted.
 */
export function predictRoute(
  app: FastifyInstance,
  { clock, lifecycle, serve, degradedMode, recorder, drift, lines, tracing }: PredictDeps,
): void {
  const route = '/predict';
  const aftermath = createAftermath(route, lines, tracing);
  // A route without the hook pays nothing for it.
  const hooks = tracing.isOn ? { onRequest: beginTrace(tracing, route) } : {};
  app.post(route, hooks, async (request) => {
    const startedMs = clock.elapsedMs();
    const { trace } = request;
    trace?.enter('validation');
    const { model } = lifecycle;
    if (model === undefined) {
      throw new ProblemError({
        status: 503,
        detail: 'the model is still being loaded; try again in a second',
      });
    }
    const { metadata } = model;
    const { rows, errors } = parseInstances(request.body, model);
    if (errors !== undefined) throw bodyProblem(errors);
    trace?.enter('inference');
    const answer = await ask(degradedMode, serve(model), rows).catch((error: unknown) => {
      const failedMs = clock.elapsedMs();
      const latencyMs = failedMs - startedMs;
      for (const _ of rows) recorder.failed(failedMs, latencyMs);
      aftermath.failed(request, { metadata, rows, latencyMs }, error);
      throw error;
    });
    trace?.enter('post-processing');
    const answeredMs = clock.elapsedMs();
    const latencyMs = answeredMs - startedMs;
    const { predictions, reason, cause } = answer;
    countAnswer(recorder, clock, startedMs, answeredMs, answer);
    drift.predicted(request.id, rows, predictions, reason !== undefined);
    if (trace !== undefined) recorder.exemplar(latencyMs, request.id);
    aftermath.answered(request, { metadata, rows, latencyMs, reason, cause }, predictions);
    return {
      model: { name: metadata.name, version: metadata.version },
      predictions,
      requestId: request.id,
      ...(reason === undefined ? {} : { degraded: true, reason }),
    };
  });
}

/** The caller learns that the model failed; why is for the log. */
async function ask(degradedMode: DegradedMode, model: Model, rows: readonly Row[]): Promise<Answer> {
  try {
    return await degradedMode.ask(model, rows);
  } catch (cause) {
    const problem =
      cause instanceof OverloadedError
        ? { status: 503, detail: 'too many predictions wait already; try again in a second' }
        : { status: 500, detail: 'the model failed; the request id finds the reason in the log' };
    throw new ProblemError(problem, { cause });
  }
}
