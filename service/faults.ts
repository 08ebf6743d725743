/**
 * Illnesses on request, for rehearsals and benchmarks alone: the service then fails as it would by itself.
 * Only real predictions suffer. The probe stays well, as in most real outages, so that the symptom must be seen.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import * as z from 'zod';
import { type Clock, sleep } from './clock';
import type { PredictionWatch } from './drift/watch';
import { fromLoopback } from './http/loopback';
import type { PredictionLines } from './http/prediction-lines';
import { ProblemError } from './http/problems';
import type { Model, Prediction } from './inference/model';
import type { Recorder } from './telemetry/recorder';
import type { Tracing } from './tracing/tracing';

const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('errors'), rate: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('slow'), delayMs: z.number().min(0).max(60_000) }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('exit'), code: z.number().int().min(0).max(255) }),
  z.strictObject({ kind: z.literal('low-confidence') }),
  /** Predictions are neither counted, compared, traced nor logged as answered: so a benchmark can tell what that costs. */
  z.strictObject({ kind: z.literal('blind') }),
]);

type Fault = z.infer<typeof fault>;

/** A release's own illness, from so many seconds after its start. */
export interface StandingFault {
  readonly fault: Fault;
  readonly afterSeconds: number;
}

/** The fault that lies beside the program as `faults.json`; nothing where there is none. */
export function readStandingFault(programDirectory: string): StandingFault | undefined {
  const path = join(programDirectory, 'faults.json');
  if (!existsSync(path)) return undefined;
  const { afterSeconds = 0, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as { afterSeconds?: number };
  return { fault: fault.parse(rest), afterSeconds };
}

/** What a fault may do to the process itself, and the randomness it draws on. */
export interface FaultEffects {
  readonly clock: Clock;
  /** A number from 0 up to but not including 1. */
  readonly random: () => number;
  /** Ends the process at once; nothing queued is written. */
  readonly exit: (code: number) => void;
  /** Never returns and never lets anything else run, a signal handler included. */
  readonly block: () => void;
  /** A fault that came with the release; a restart does not cure it. */
  readonly standing?: StandingFault | undefined;
}

/** All that looks at predictions without being part of the answer. */
export interface Watchers {
  readonly recorder: Recorder;
  readonly drift: PredictionWatch;
  readonly lines: PredictionLines;
  readonly tracing: Tracing;
}

export interface Faults {
  /** The model as it behaves under the present fault. */
  serve(model: Model): Model;
  /** What sees predictions, as far as the present fault lets it. */
  watch(watchers: Watchers): Watchers;
  /** Adds the routes that set and clear the fault. */
  routes(app: FastifyInstance): void;
}

/** No fault at first; one at a time, the latest wins. */
export function createFaults({ clock, random, exit, block, standing }: FaultEffects): Faults {
  let present: Fault | undefined;
  const begin = (chosen: Fault): void => {
    if (chosen.kind === 'exit') exit(chosen.code);
    else if (chosen.kind === 'hang') block();
    else present = chosen;
  };
  if (standing !== undefined) clock.after(standing.afterSeconds * 1000, () => begin(standing.fault));
  return {
    serve: (model) =>
      present === undefined || present.kind === 'blind' ? model : ailing(model, present, clock, random),
    watch: (watchers) => seeing(watchers, () => present?.kind !== 'blind'),
    routes(app) {
      app.post('/__faults', { onRequest: hideFromOthers }, async (request, reply) => {
        const parsed = fault.safeParse(request.body);
        if (!parsed.success) throw new ProblemError({ status: 400, detail: z.prettifyError(parsed.error) });
        const chosen = parsed.data;
        // After the answer is out: whoever asked for the fault must hear that it was taken.
        if (chosen.kind === 'exit') reply.raw.once('finish', () => exit(chosen.code));
        else if (chosen.kind === 'hang') reply.raw.once('finish', block);
        else present = chosen;
        return reply.status(202).send({ fault: chosen });
      });
      app.delete('/__faults', { onRequest: hideFromOthers }, async (_request, reply) => {
        present = undefined;
        return reply.status(204).send();
      });
    },
  };
}

/** Before the body is read: to anyone but this machine the routes must look as if they did not exist. */
const hideFromOthers: onRequestHookHandler = (request, reply, done) => {
  if (fromLoopback(request)) done();
  else reply.callNotFound();
};

function ailing(model: Model, present: Fault, clock: Clock, random: () => number): Model {
  const { metadata } = model;
  return {
    metadata,
    async predict(rows) {
      if (present.kind === 'slow') await sleep(clock, present.delayMs);
      if (present.kind === 'errors' && random() < present.rate) {
        throw new Error(
          "Non-zero status code returned while running TreeEnsembleClassifier node. Name:'TreeEnsembleClassifier' Status Message: bad allocation",
        );
      }
      const predictions = await model.predict(rows);
      return present.kind === 'low-confidence' ? predictions.map(unsure) : predictions;
    },
  };
}

function seeing({ recorder, drift, lines, tracing }: Watchers, sees: () => boolean): Watchers {
  return {
    recorder: {
      answered(atMs, latencyMs, className, confidence, degraded) {
        if (sees()) recorder.answered(atMs, latencyMs, className, confidence, degraded);
      },
      failed(atMs, latencyMs, degraded) {
        if (sees()) recorder.failed(atMs, latencyMs, degraded);
      },
      stoodIn(atMs, latencyMs) {
        if (sees()) recorder.stoodIn(atMs, latencyMs);
      },
      exemplar(latencyMs, traceId) {
        if (sees()) recorder.exemplar(latencyMs, traceId);
      },
    },
    drift: {
      predicted(requestId, rows, predictions, degraded) {
        if (sees()) drift.predicted(requestId, rows, predictions, degraded);
      },
    },
    lines: { ...lines, lineOf: (request) => (sees() ? lines.lineOf(request) : 'none') },
    tracing: {
      isOn: tracing.isOn,
      begin: (traceId, headers, route) => (sees() ? tracing.begin(traceId, headers, route) : undefined),
      late(trace) {
        if (sees()) tracing.late(trace);
      },
    },
  };
}

/** Nearly an even share for each class: the same answer, hardly meant. */
function unsure(prediction: Prediction): Prediction {
  const names = Object.keys(prediction.probabilities);
  const share = 1 / names.length;
  // One hundredth of the former certainty keeps the order of the classes and little else.
  const blur = (probability: number): number => Math.round((share + (probability - share) / 100) * 1e6) / 1e6;
  const probabilities = Object.fromEntries(
    names.map((name) => [name, blur(prediction.probabilities[name] ?? share)]),
  );
  return { class: prediction.class, confidence: blur(prediction.confidence), probabilities };
}
