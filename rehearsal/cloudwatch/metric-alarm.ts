/** One metric alarm at run time: what it keeps from one evaluation to the next, and what an evaluation sets off. */
import type { AlarmState, Emit } from '../events';
import type { AlarmBoard, Held } from './alarm-board';
import type { AlarmDefinition } from './alarm-definition';
import { type Contributors, countInAlarm, nextContributors, type PresenceLimit } from './contributors';
import { DescribedEvaluation, explain, isCovered, isDue, judge } from './evaluate-alarm';
import type { Evaluation } from './evaluation';
import { identityKey } from './identity';
import { misfits } from './misfit';
import type { CompiledQuery, MetricQuery, ReadMetric } from './queries';
import { createRangeReader, type Range } from './range-reader';
import type { EvaluationSettings } from './settings';
import { createSteadiness } from './steadiness';
import type { MetricStore } from './store';
import { suppliedNamespace } from './supplied';

/** Shorter periods see high-resolution data alone. */
const minuteSeconds = 60;

export interface MetricAlarmOptions {
  readonly board: AlarmBoard;
  readonly store: MetricStore;
  readonly read: ReadMetric;
  readonly settings: EvaluationSettings;
  readonly now: () => number;
  readonly emit: Emit;
  readonly onEvaluation: ((evaluation: Evaluation) => void) | undefined;
}

export interface MetricAlarm {
  /** Keys of the metrics that it reads. */
  readonly metricKeys: readonly string[];
  /** Evaluates the alarm when it is due; true when its state changed. */
  evaluate(at: number): boolean;
  /** A sample came that is stamped `at`. */
  sampled(at: number): void;
}

/** The alarm that the board holds, over the metrics in the store. */
export function createMetricAlarm(alarm: Held<AlarmDefinition>, options: MetricAlarmOptions): MetricAlarm {
  const { limit } = alarm.definition;
  return limit.kind === 'presence' ? overContributors(alarm, limit, options) : overPeriods(alarm, options);
}

function overPeriods(alarm: Held<AlarmDefinition>, options: MetricAlarmOptions): MetricAlarm {
  const { board, store, read, settings, now, onEvaluation } = options;
  const { definition } = alarm;
  const reader = createRangeReader(definition, read, settings);
  const tellMisfits = misfitTeller(definition, options);
  // Whoever watches each evaluation must be told of all of them.
  const steadiness = onEvaluation === undefined ? createSteadiness(definition, settings) : undefined;
  let judged: AlarmState | undefined;
  let readUntil = Number.NEGATIVE_INFINITY;
  return {
    metricKeys: metricsOf(definition.queries).map(({ key }) => key),
    sampled: (at) => {
      if (at >= readUntil) return;
      reader.forget(at);
      steadiness?.disturb();
    },
    evaluate: (at) => {
      if (!isDue(definition, at, settings)) return false;
      readUntil = at;
      const repeats = steadiness?.repeats(at, reader.newest(at)) === true;
      // A state that somebody set by hand, and one that waits for the end of a warm-up, are judged anew.
      if (repeats && !alarm.warmingUp && alarm.state === judged) return false;
      const range = reader.read(at);
      tellMisfits(range);
      if (alarm.warmingUp) alarm.warmingUp = isWarmingUp(alarm, range, store, at);
      if (alarm.warmingUp && onEvaluation === undefined) return false;
      const judgement = judge(definition, range, alarm.state, settings);
      const to = alarm.warmingUp ? alarm.state : judgement.state;
      judged = to;
      if (onEvaluation !== undefined) {
        const { state: from, warmingUp } = alarm;
        onEvaluation(new DescribedEvaluation(definition, range, judgement, { at, from, to, warmingUp }));
      }
      if (to === alarm.state) return false;
      const told = explain(definition, range, judgement, now());
      return board.change(alarm, { to, value: judgement.value, ...told });
    },
  };
}

/** A PromQL alarm starts in OK; every series that was supplied in the last interval is what the query returned. */
function overContributors(
  alarm: Held<AlarmDefinition>,
  limit: PresenceLimit,
  { store, board, settings }: MetricAlarmOptions,
): MetricAlarm {
  const { definition } = alarm;
  let contributors: Contributors = new Map();
  return {
    metricKeys: [],
    sampled: () => {},
    evaluate: (at) => {
      if (!isDue(definition, at, settings)) return false;
      const from = at - definition.cadenceSeconds * 1000;
      const returned = store
        .list({ namespace: suppliedNamespace, name: definition.name })
        .map(identityKey)
        .filter((key) => store.range(key, from, at).length > 0);
      contributors = nextContributors(contributors, new Set(returned), at, limit);
      const count = countInAlarm(contributors);
      const to = count > 0 ? 'ALARM' : 'OK';
      // AWS sends no reason for these alarms; this one is for people who read a report.
      const reason = `${count} out of ${contributors.size} time series evaluated to ALARM`;
      return board.change(alarm, { to, reason, reasonData: '' });
    },
  };
}

function metricsOf(queries: readonly CompiledQuery[]): MetricQuery[] {
  return queries.flatMap((query) => {
    if (query.kind === 'band') return [query.lower, query.upper];
    return query.kind === 'metric' ? [query] : [];
  });
}

/** Looks for data that comes near the alarm and never reaches it, ever more rarely: it mostly is not there. */
function misfitTeller(
  definition: AlarmDefinition,
  { store, emit }: MetricAlarmOptions,
): (range: Range) => void {
  const told = new Set<string>();
  let silentEvaluations = 0;
  let lookAt = 1;
  return ({ points }) => {
    if (points[points.length - 1] !== undefined || points.some((point) => point !== undefined)) return;
    silentEvaluations += 1;
    if (silentEvaluations < lookAt) return;
    lookAt *= 2;
    for (const text of misfits(definition.queries, store)) {
      if (told.has(text)) continue;
      told.add(text);
      emit({ kind: 'notice', subject: definition.name, text });
    }
  };
}

function isWarmingUp(
  { definition, configuredAt }: Held<AlarmDefinition>,
  range: Range,
  store: MetricStore,
  at: number,
): boolean {
  const { warmUp, queries } = definition;
  if (warmUp === undefined || at >= configuredAt + warmUp.durationMs) return false;
  if (!warmUp.mayEndEarly) return true;
  const firsts = metricsOf(queries).flatMap(
    ({ key, unit, periodSeconds }) =>
      store.firstAt(key, { unit, highResolutionOnly: periodSeconds < minuteSeconds }) ?? [],
  );
  return !isCovered(definition, range, firsts.length === 0 ? undefined : Math.min(...firsts));
}
