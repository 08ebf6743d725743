/** `GET /drift`: how the inputs stand. `POST /drift/baseline`: what they are compared with, from the host itself alone. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccuracyState } from '../drift/accuracy';
import { baselineProblems, baselineSchema } from '../drift/baseline';
import { featureJson, judgementJson } from '../drift/json';
import type { DriftState, DriftWatch } from '../drift/watch';
import { bodyProblem, pointerTo } from './field-errors';
import { fromLoopback } from './loopback';
import { ProblemError } from './problems';

/** Adds both routes. */
export function driftRoutes(app: FastifyInstance, { drift }: { readonly drift: DriftWatch }): void {
  app.get('/drift', async () => {
    const { model } = drift;
    const state = drift.drift();
    const accuracy = drift.accuracy();
    return {
      model: model === undefined ? null : { name: model.name, version: model.version },
      ...(state === undefined ? notWatched : watched(state)),
      accuracy: accuracy === undefined ? null : accuracyJson(accuracy),
    };
  });

  app.post('/drift/baseline', async (request) => {
    if (!isLocal(request)) {
      throw new ProblemError({
        status: 403,
        detail: 'a baseline is taken from the host itself alone; call it on 127.0.0.1 there, without a proxy',
      });
    }
    const { model } = drift;
    if (model === undefined) {
      throw new ProblemError({
        status: 503,
        detail: 'the model is still being loaded; try again in a second',
      });
    }
    const parsed = baselineSchema.safeParse(request.body);
    if (!parsed.success) {
      throw refusal(parsed.error.issues.map(({ path, message }) => ({ path: path.map(String), message })));
    }
    const problems = baselineProblems(parsed.data, model);
    if (problems.length > 0) throw refusal(problems);
    try {
      await drift.replaceBaseline(parsed.data);
    } catch (cause) {
      throw new ProblemError(
        { status: 500, detail: 'the baseline cannot be kept; the log says why' },
        { cause },
      );
    }
    request.log.warn(
      { source: parsed.data.source, model: model.name },
      'baseline replaced: drift is counted anew',
    );
    return { model: { name: model.name, version: model.version }, source: parsed.data.source };
  });
}

const notWatched = {
  status: 'off',
  verdict: 'cannot tell',
  reason: 'The model has no baseline.',
  todo: 'Make one with `vigia drift baseline` and deploy it in model.json, or post it to /drift/baseline on the host.',
} as const;

function watched(state: DriftState) {
  const { judgement, windowsSeen, windowsNeeded, windowMs, rowsNow, rowsJudged, source, answers } = state;
  const counted = {
    baseline: source,
    windows: { seconds: windowMs / 1000, seen: windowsSeen, needed: windowsNeeded, rowsNow, rowsJudged },
  };
  if (judgement === undefined) {
    return {
      status: 'collecting',
      ...counted,
      verdict: 'cannot tell',
      reason: `${windowsSeen} of ${windowsNeeded} windows have been counted: hours differ, so whole days are compared.`,
      todo: 'Wait.',
    };
  }
  const { reason, todo } = judgement;
  const { drift, driftShare, verdict, features } = judgementJson(judgement);
  return {
    status: 'judged',
    ...counted,
    drift,
    driftShare,
    verdict,
    reason,
    todo,
    features,
    answers: answers.map(featureJson),
  };
}

function accuracyJson({ accuracy, dropPoints, ...rest }: AccuracyState) {
  return { accuracy: accuracy ?? null, dropPoints: dropPoints ?? null, ...rest };
}

/** From this machine and not through a proxy on it that says so, which would make every caller local. */
function isLocal(request: FastifyRequest): boolean {
  const { headers } = request;
  return fromLoopback(request) && (headers.forwarded ?? headers['x-forwarded-for']) === undefined;
}

function refusal(
  problems: readonly { readonly path: readonly string[]; readonly message: string }[],
): ProblemError {
  return bodyProblem(
    problems.map(({ path, message }) => ({ pointer: pointerTo(...path), detail: message })),
    'the present baseline stays',
  );
}
