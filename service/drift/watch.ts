/**
 * Drift of the running service: predictions in, judgements and metrics out. It never restarts anything and never stands in
 * the way of a prediction: what goes wrong here is told to the log.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { type Clock, everyPeriod } from '../clock';
import type { Row } from '../inference/features';
import type { Prediction } from '../inference/model';
import { EmfWriter, type Identity } from '../telemetry/emf';
import { Accuracy, type AccuracyState, fallOf } from './accuracy';
import { type Baseline, baselineProblems, baselineSchema, type DescribedModel } from './baseline';
import { featureLines, stateLines } from './drift-lines';
import { Monitor, type MonitorPlan, type MonitorState } from './monitor';
import { PredictionMemory, type Recalled } from './prediction-memory';
import { StateFile } from './state-file';
import { Thinning } from './thinning';

export interface WatchedModel extends DescribedModel {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly validation: { readonly accuracy: number };
  readonly baseline?: Baseline | undefined;
}

type Answered = Pick<Prediction, 'class' | 'confidence'>;

/** What the prediction route needs: one call for each request. */
export interface PredictionWatch {
  /**
   * @param predictions one for each row
   * @param degraded whether a stand-in gave them: they say nothing of the model
   */
  predicted(
    requestId: string,
    rows: readonly Row[],
    predictions: readonly Answered[],
    degraded: boolean,
  ): void;
}

export interface DriftState extends MonitorState {
  readonly source: string;
  readonly windowMs: number;
}

export interface DriftWatch extends PredictionWatch {
  start(model: WatchedModel): void;
  /** Keeps what has been counted and ends. Never rejects. */
  stop(): Promise<void>;
  /** Undefined before the model is there. */
  readonly model: WatchedModel | undefined;
  /** Undefined without a baseline. */
  drift(): DriftState | undefined;
  accuracy(): AccuracyState | undefined;
  label(requestId: string, index: number, label: string): Recalled['kind'] | 'counted';
  /** Begins anew with this baseline, and keeps it. Rejects when it cannot be kept. The baseline has been checked. */
  replaceBaseline(baseline: Baseline): Promise<void>;
}

export interface DriftWatchOptions {
  readonly clock: Clock;
  readonly plan: MonitorPlan;
  readonly identity: Identity;
  readonly write: (line: string) => void;
  /** Without it a restart forgets the windows, and a replaced baseline. */
  readonly stateDirectory: string | undefined;
  readonly complain: (message: string) => void;
}

/** An alarm looks at a minute. */
const tellEveryMs = 60_000;

const snapshot = z.object({
  of: z.string(),
  monitor: z.unknown(),
  accuracy: z.unknown(),
});
const keptBaseline = z.object({ insteadOf: z.string(), baseline: baselineSchema });

/** A watch that has seen nothing yet. */
export function createDriftWatch(options: DriftWatchOptions): DriftWatch {
  const { clock, plan, identity, write, stateDirectory, complain } = options;
  const stateFile =
    stateDirectory === undefined ? undefined : new StateFile(join(stateDirectory, 'drift.json'));
  const baselineFile =
    stateDirectory === undefined ? undefined : new StateFile(join(stateDirectory, 'baseline.json'));
  const writer = new EmfWriter(identity);
  const thinning = new Thinning();
  let watching: Watching | undefined;
  let cancel: readonly (() => void)[] = [];

  const windowNow = (): number => Math.floor(clock.now() / plan.windowMs);
  const complainOf = (what: string, error: unknown): void =>
    complain(`${what} (${error instanceof Error ? error.message : error}); drift is watched without it`);
  const attempt = (what: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      complainOf(what, error);
    }
  };
  const begin = (model: WatchedModel, baseline: Baseline | undefined): Watching => ({
    model,
    baseline,
    of: digestOf(model.sha256, baseline, plan),
    memory: watching?.memory ?? new PredictionMemory(),
    places: new Map(model.classes.map((name, index) => [name, index])),
    monitor: baseline === undefined ? undefined : new Monitor(baseline, model, plan, windowNow()),
    accuracy: new Accuracy(model.classes, model.validation.accuracy, plan.windows, windowNow()),
  });
  const keep = async (): Promise<void> => {
    if (stateFile === undefined || watching === undefined) return;
    const { of, monitor, accuracy } = watching;
    const content = { of, monitor: monitor?.snapshot() ?? null, accuracy: accuracy.snapshot() };
    await stateFile
      .write(content)
      .catch((error: unknown) => complainOf(`${stateFile.path}: cannot be written`, error));
  };
  const recall = (into: Watching): void => {
    if (stateFile === undefined) return;
    attempt(`${stateFile.path}: cannot be used`, () => {
      const content = stateFile.read();
      if (content === undefined) return;
      const kept = snapshot.parse(content);
      // Another model, baseline or plan: its counters mean something else.
      if (kept.of !== into.of) return;
      into.accuracy.restore(windowsSnapshot.parse(kept.accuracy));
      if (kept.monitor !== null) into.monitor?.restore(monitorSnapshot.parse(kept.monitor));
    });
  };
  /** One that was uploaded in the place of the model's own, until a release brings another model or baseline. */
  const baselineFor = (model: WatchedModel): Baseline | undefined => {
    let found = model.baseline;
    if (baselineFile === undefined) return found;
    attempt(`${baselineFile.path}: cannot be used`, () => {
      const content = baselineFile.read();
      if (content === undefined) return;
      const { insteadOf, baseline } = keptBaseline.parse(content);
      if (
        insteadOf !== digestOf(model.sha256, model.baseline) ||
        baselineProblems(baseline, model).length > 0
      )
        return;
      found = baseline;
    });
    return found;
  };
  const turn = (): void => {
    if (watching === undefined) return;
    const { monitor, accuracy } = watching;
    accuracy.turn(windowNow());
    if (monitor?.turn(windowNow(), fallOf(accuracy.state())) !== true) return;
    const { judgement } = monitor.state();
    if (judgement !== undefined)
      for (const line of featureLines(clock.now(), identity, judgement)) write(line);
    void keep();
  };
  const tell = (at: number): void => {
    const { judgement } = watching?.monitor?.state() ?? {};
    for (const line of stateLines(at, writer, judgement, watching?.accuracy.state())) write(line);
  };

  return {
    get model() {
      return watching?.model;
    },
    start(model) {
      watching = begin(model, baselineFor(model));
      recall(watching);
      if (watching.monitor === undefined)
        complain(
          'drift: not watched, got a model without a baseline, expected one in its model.json; make it with `vigia drift baseline`',
        );
      cancel = [
        everyPeriod(clock, plan.windowMs, () => attempt('drift: a window cannot be judged', turn)),
        everyPeriod(clock, 1000, () => thinning.turn()),
        everyPeriod(clock, tellEveryMs, (at) => attempt('drift: cannot be told of', () => tell(at))),
      ];
    },
    stop() {
      for (const each of cancel) each();
      return keep();
    },
    predicted(requestId, rows, predictions, degraded) {
      if (watching === undefined) return;
      const weight = thinning.weigh(rows.length);
      if (weight > 0) look(watching, requestId, rows, predictions, degraded, weight);
    },
    drift() {
      if (watching?.monitor === undefined || watching.baseline === undefined) return undefined;
      return { ...watching.monitor.state(), source: watching.baseline.source, windowMs: plan.windowMs };
    },
    accuracy: () => watching?.accuracy.state(),
    label(requestId, index, label) {
      const recalled = watching?.memory.recall(requestId, index) ?? { kind: 'unknown' };
      const place = watching?.places.get(label);
      if (recalled.kind !== 'class' || place === undefined)
        return recalled.kind === 'class' ? 'unknown' : recalled.kind;
      watching?.accuracy.add(recalled.place, place);
      return 'counted';
    },
    async replaceBaseline(baseline) {
      if (watching === undefined) throw new Error('there is no model yet');
      const { model } = watching;
      await baselineFile?.write({ insteadOf: digestOf(model.sha256, model.baseline), baseline });
      watching = { ...begin(model, baseline), accuracy: watching.accuracy };
      void keep();
    },
  };
}

function look(
  { monitor, memory, places }: Watching,
  requestId: string,
  rows: readonly Row[],
  predictions: readonly Answered[],
  degraded: boolean,
  weight: number,
): void {
  for (let index = 0; index < rows.length; index += 1) {
    const [row, given] = [rows[index], predictions[index]];
    if (row === undefined || given === undefined) return;
    const place = degraded ? undefined : places.get(given.class);
    monitor?.observe(row, place, given.confidence, weight);
    if (place !== undefined) memory.remember(requestId, index, place);
  }
}

interface Watching {
  readonly model: WatchedModel;
  readonly baseline: Baseline | undefined;
  /** What the counters belong to. */
  readonly of: string;
  readonly memory: PredictionMemory;
  readonly places: ReadonlyMap<string, number>;
  readonly monitor: Monitor | undefined;
  readonly accuracy: Accuracy;
}

function digestOf(...content: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

const count = z.number().int().nonnegative();
const windowsSnapshot = z.object({ now: count, firstWhole: count, counters: z.array(z.array(count)) });
const monitorSnapshot = z.object({ windows: windowsSnapshot, history: z.array(count) });
