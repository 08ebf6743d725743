/** The real application around the real model, with its log, its observations and its clock in the test's hands. */
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import { degradedDefaults } from '../../lib/catalog/host';
import { createApp } from '../../service/app';
import { type DegradedLimits, degradedModeOf } from '../../service/degraded/degraded-mode';
import { createDriftWatch, type DriftWatch } from '../../service/drift/watch';
import type { Faults } from '../../service/faults';
import type { Check } from '../../service/health/check';
import { modelCheck } from '../../service/health/checks/model';
import { healthOf } from '../../service/health/health';
import { createPredictionLines } from '../../service/http/prediction-lines';
import type { Model } from '../../service/inference/model';
import { loadOnnxModel } from '../../service/inference/onnx';
import { createLifecycle, type Lifecycle } from '../../service/lifecycle';
import { defaultSwitches, type Switches } from '../../service/switches';
import { noTracing, type Tracing } from '../../service/tracing/tracing';
import { type HeldClock, heldClock } from './held-clock';
import expected from './inference/expected-predictions.json';

/** One call of the recorder, with the moment left out. */
export interface Observation {
  readonly latencyMs: number;
  readonly outcome: 'answered' | 'failed' | 'stoodIn';
  readonly class?: string;
  readonly confidence?: number;
  readonly degraded?: boolean;
}

export interface AppUnderTest {
  readonly app: FastifyInstance;
  readonly clock: HeldClock;
  readonly lifecycle: Lifecycle;
  readonly observations: Observation[];
  /** Judges minutes; two of them are a day. */
  readonly drift: DriftWatch;
  /** Metric lines of the drift watch. */
  readonly driftLines: string[];
  /** Every log line so far, parsed. */
  readonly logged: Record<string, unknown>[];
}

export interface AppChoices {
  readonly model?: Model;
  /** Beside the model's own. */
  readonly checks?: readonly Check[];
  readonly faults?: (clock: HeldClock) => Faults;
  /** Where they differ from the defaults; every prediction leaves a line here unless they say otherwise. */
  readonly switches?: Partial<Switches>;
  readonly tracing?: Tracing;
  readonly degraded?: Partial<DegradedLimits>;
}

let shipped: Promise<Model> | undefined;

/** The model as committed, loaded once for all tests of a file. */
export function shippedModel(): Promise<Model> {
  shipped ??= loadOnnxModel(join(__dirname, '../../service/model'));
  return shipped;
}

/** A starting application when no model is given: `lifecycle.ready` is then up to the test. */
export function appUnderTest({
  model,
  checks = [],
  faults,
  switches = {},
  tracing = noTracing,
  degraded = {},
}: AppChoices): AppUnderTest {
  const clock = heldClock(0);
  const lifecycle = createLifecycle();
  if (model !== undefined) lifecycle.ready(model);
  const observations: Observation[] = [];
  const logged: Record<string, unknown>[] = [];
  const driftLines: string[] = [];
  const drift = createDriftWatch({
    clock,
    plan: { windowMs: 60_000, windows: 2 },
    identity: { Service: 'fraud', Stage: 'dev' },
    write: (line) => void driftLines.push(line),
    stateDirectory: undefined,
    complain: () => {},
  });
  if (model !== undefined) drift.start(model.metadata);
  let ids = 0;
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const app = createApp({
    clock,
    lifecycle,
    health: healthOf({ clock, log, lifecycle }, [modelCheck(lifecycle), ...checks]),
    service: 'fraud',
    stage: 'dev',
    release: '0123456789ab',
    degraded: () => 'auto',
    log,
    newTraceId: () => `1-00000000-${String(++ids).padStart(24, '0')}`,
    lines: createPredictionLines(
      () => ({ ...defaultSwitches, logShare: 1, ...switches }),
      250,
      (facts) => void logged.push(JSON.parse(`{${facts()}}`)),
    ),
    tracing,
    exposed: undefined,
    drift,
    degradedMode: degradedModeOf(
      { ...degradedDefaults, ...degraded },
      clock,
      () => switches.degraded ?? 'auto',
    ),
    recorder: {
      answered: (_, latencyMs, name, confidence, degraded) =>
        void observations.push({ latencyMs, outcome: 'answered', class: name, confidence, degraded }),
      failed: (_, latencyMs, degraded) =>
        void observations.push({
          latencyMs,
          outcome: 'failed',
          ...(degraded === undefined ? {} : { degraded }),
        }),
      stoodIn: (_, latencyMs) => void observations.push({ latencyMs, outcome: 'stoodIn', degraded: true }),
      exemplar: () => {},
    },
    ...(faults === undefined ? {} : { faults: faults(clock) }),
  });
  return { app, clock, lifecycle, observations, drift, driftLines, logged };
}

/** An instance that the model accepts, with its expected answer. */
export function sample(index = 0) {
  return expected[index] ?? expected[0] ?? neverEmpty();
}

const neverEmpty = (): never => {
  throw new Error('the expectations are empty');
};
