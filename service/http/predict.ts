/** `POST /predict`: check, ask the model, count, answer. */
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock';
import type { Model, Prediction } from '../inference/model';
import type { Lifecycle } from '../lifecycle';
import type { Recorder } from '../telemetry/recorder';
import { parseInstances } from './instances';
import { loggedFeatures, type PredictionLines } from './prediction-lines';
import { ProblemError } from './problems';

export interface PredictDeps {
  readonly clock: Clock;
  readonly lifecycle: Lifecycle;
  /** The model as callers get it: the loaded one, or the rehearsal's ailing version of it. */
  readonly serve: (model: Model) => Model;
  readonly recorder: Recorder;
  readonly lines: PredictionLines;
}

/**
 * Adds the route. Each instance is one prediction, and counts once the model was asked for it.
 * A request that is refused (4xx, or 503 before there is a model) was never a prediction and is not counted.
 */
export function predictRoute(
  app: FastifyInstance,
  { clock, lifecycle, serve, recorder, lines }: PredictDeps,
): void {
  app.post('/predict', async (request) => {
    const startedMs = clock.elapsedMs();
    const { model } = lifecycle;
    if (model === undefined) {
      throw new ProblemError({
        status: 503,
        detail: 'the model is still being loaded; try again in a second',
      });
    }
    const { metadata } = model;
    const { rows, errors } = parseInstances(request.body, metadata);
    if (errors !== undefined) {
      const first = errors[0];
      const more = errors.length > 1 ? ` and ${errors.length - 1} more` : '';
      throw new ProblemError({ status: 400, detail: `${first?.pointer}: ${first?.detail}${more}`, errors });
    }
    const predictions = await ask(serve(model), rows).catch((error: unknown) => {
      const failedMs = clock.elapsedMs();
      for (const _ of rows) recorder.failed(failedMs, failedMs - startedMs);
      throw error;
    });
    const answeredMs = clock.elapsedMs();
    const latencyMs = answeredMs - startedMs;
    for (const prediction of predictions) {
      recorder.answered(answeredMs, latencyMs, prediction.class, prediction.confidence, false);
    }
    const line = lines.lineOf({ traceId: request.id, latencyMs, isTraced: false });
    if (line !== 'none') {
      request.log.info(
        {
          route: '/predict',
          statusCode: 200,
          instances: rows.length,
          latencyMs: Math.round(latencyMs * 1000) / 1000,
          ...(lines.isSlow(latencyMs) ? { slow: true } : {}),
          ...(line === 'features' ? { features: loggedFeatures(rows, metadata) } : {}),
        },
        'predicted',
      );
    }
    return {
      model: { name: metadata.name, version: metadata.version },
      predictions,
      requestId: request.id,
    };
  });
}

/** The caller learns that the model failed; why is for the log. */
async function ask(model: Model, rows: readonly Float32Array[]): Promise<readonly Prediction[]> {
  try {
    return await model.predict(rows);
  } catch (cause) {
    throw new ProblemError(
      { status: 500, detail: 'the model failed; the request id finds the reason in the log' },
      { cause },
    );
  }
}
