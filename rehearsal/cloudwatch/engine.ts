/** CloudWatch for one rehearsal: a metric store, and the template's alarms evaluated over it on a clock that is passed in. */
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Emit } from '../events';
import { NotRehearsable } from '../not-rehearsable';
import type { Place, Resource } from '../resources';
import { AlarmBoard, type Held, recordOf } from './alarm-board';
import { type AlarmDefinition, cadenceSeconds, defineAlarm } from './alarm-definition';
import { bucketStart, fillBuckets } from './buckets';
import { type CompositeDefinition, defineComposites } from './composite-definition';
import { createComposites } from './composites';
import { datumProblem } from './datum';
import {
  describeEvaluation,
  explain,
  isCovered,
  isDue,
  judge,
  type Range,
  rangeLength,
  readRange,
} from './evaluate-alarm';
import type { Evaluation } from './evaluation';
import { describeMetric } from './identity';
import { answerMetricData } from './metric-data';
import { misfits } from './misfit';
import type { ReadMetric } from './queries';
import { type EvaluationSettings, withDefaults } from './settings';
import { createMetricStore, highResolutionRetentionMs, type MetricStore } from './store';
import type { AlarmAct, CloudWatch, Datum } from './types';

export interface CloudWatchOptions {
  /** Alarms and composite alarms with resolved properties; other types are passed over. */
  readonly resources: readonly Resource[];
  readonly place: Place;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Runs one action; throws when it cannot be run. */
  readonly act: AlarmAct;
  readonly settings?: Partial<EvaluationSettings>;
  /** How long samples are kept at least; an alarm that looks further back keeps them longer. */
  readonly retentionMs?: number;
  /** Told of each evaluation of a metric alarm; costs nothing when absent. */
  readonly onEvaluation?: (evaluation: Evaluation) => void;
}

/** Composite alarms follow their children, and those are looked at once a minute at least. */
const minuteSeconds = 60;

/** Builds the alarms of the template. Throws NotRehearsable by name for what cannot be honoured. */
export function createCloudWatch(options: CloudWatchOptions): CloudWatch {
  const { resources, place, clock, emit } = options;
  const now = (): number => clock.now();
  const settings = withDefaults(options.settings);
  const ofType = (type: string): Resource[] => resources.filter((resource) => resource.type === type);
  const alarms = ofType('AWS::CloudWatch::Alarm').map((resource) => defineAlarm(resource, place));
  const composites = defineComposites(ofType('AWS::CloudWatch::CompositeAlarm'), place, alarms);
  refuseSharedNames([...alarms, ...composites]);

  const board = new AlarmBoard({ ...options, now });
  const metricAlarms = alarms.map((definition) => board.hold(definition));
  const compositeAlarms = composites.map((definition) => board.hold(definition));
  const held: readonly Held[] = [...metricAlarms, ...compositeAlarms];
  const byName = new Map(held.map((each) => [each.definition.name, each]));
  const rules = createComposites({ composites: compositeAlarms, byName, board, emit });
  const store = createMetricStore(retentionFor(alarms, settings, options.retentionMs));
  const read = readerOf(store, settings);
  const evaluateMetricAlarm = createMetricAlarmStep({
    board,
    store,
    read,
    settings,
    now,
    emit,
    onEvaluation: options.onEvaluation,
  });

  return {
    tickSeconds: Math.min(minuteSeconds, ...alarms.map(cadenceSeconds)),
    put: (data) => putAll(data, store, emit),
    listMetrics: (filter) => store.list(filter),
    getMetricData: (queries, range) => answerMetricData(queries, range, read, settings),
    alarms: () => held.map(recordOf),
    history: (alarmName) => board.history(alarmName),
    setAlarmState: (name, state, reason) => {
      const alarm = byName.get(name);
      if (alarm === undefined) throw new AwsError('ResourceNotFound', `there is no alarm named ${name}`, 404);
      if (board.change(alarm, { to: state, reason, reasonData: '' })) rules.follow(new Set([name]));
    },
    evaluate: (at) => {
      rules.start();
      const changed = metricAlarms.filter(
        (alarm) => isDue(alarm.definition, at, settings) && evaluateMetricAlarm(alarm, at),
      );
      rules.follow(new Set(changed.map((alarm) => alarm.definition.name)));
    },
  };
}

function refuseSharedNames(definitions: readonly (AlarmDefinition | CompositeDefinition)[]): void {
  const seen = new Set<string>();
  for (const { name, subject } of definitions) {
    if (seen.has(name)) {
      throw new NotRehearsable(
        `${subject}.AlarmName`,
        `two alarms are named "${name}"`,
        'rename one of them',
      );
    }
    seen.add(name);
  }
}

/** Long enough for the alarm that looks furthest back, evaluated at its slowest. */
function retentionFor(
  alarms: readonly AlarmDefinition[],
  settings: EvaluationSettings,
  wanted: number = highResolutionRetentionMs,
): number {
  const reach = alarms.map(
    (alarm) =>
      rangeLength(alarm, settings) * alarm.periodSeconds +
      cadenceSeconds(alarm) +
      settings.evaluationDelaySeconds,
  );
  return Math.max(wanted, ...reach.map((seconds) => seconds * 1000));
}

function readerOf(store: MetricStore, settings: EvaluationSettings): ReadMetric {
  return (query, grid) => {
    const filter = { unit: query.unit, highResolutionOnly: query.periodSeconds < 60 };
    const slots = store.range(query.key, grid.start, bucketStart(grid, grid.length), filter);
    return fillBuckets(grid, slots, query.statistic, settings);
  };
}

/** What PutMetricData would refuse is left out and told; the rest is stored. */
function putAll(data: readonly Datum[], store: MetricStore, emit: Emit): void {
  for (const datum of data) {
    const problem = datumProblem(datum);
    if (problem === undefined) store.put(datum);
    else
      emit({
        kind: 'notice',
        subject: describeMetric(datum),
        text: `CloudWatch would refuse the datum: ${problem}`,
      });
  }
}

interface StepOptions {
  readonly board: AlarmBoard;
  readonly store: MetricStore;
  readonly read: ReadMetric;
  readonly settings: EvaluationSettings;
  readonly now: () => number;
  readonly emit: Emit;
  readonly onEvaluation: ((evaluation: Evaluation) => void) | undefined;
}

/** Evaluates one alarm at a tick; true when its state changed. */
function createMetricAlarmStep(options: StepOptions): (alarm: Held<AlarmDefinition>, at: number) => boolean {
  const { board, store, read, settings, now, emit, onEvaluation } = options;
  const told = new Set<string>();
  const tellMisfits = ({ name, queries }: AlarmDefinition, { points }: Range): void => {
    if (points.some((point) => point !== undefined)) return;
    for (const text of misfits(queries, store)) {
      if (told.has(name + text)) continue;
      told.add(name + text);
      emit({ kind: 'notice', subject: name, text });
    }
  };
  return (alarm, at) => {
    const { definition } = alarm;
    const range = readRange(definition, at, read, settings);
    tellMisfits(definition, range);
    if (alarm.warmingUp) alarm.warmingUp = isWarmingUp(alarm, range, store, at);
    if (alarm.warmingUp && onEvaluation === undefined) return false;
    const judgement = judge(definition, range, alarm.state, settings);
    const to = alarm.warmingUp ? alarm.state : judgement.state;
    if (onEvaluation !== undefined) {
      const { state: from, warmingUp } = alarm;
      onEvaluation(describeEvaluation(definition, range, judgement, { at, from, to, warmingUp }));
    }
    if (to === alarm.state) return false;
    return board.change(alarm, {
      to,
      value: judgement.value,
      ...explain(definition, range, judgement, now()),
    });
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
  const firsts = queries.flatMap((query) =>
    query.kind === 'metric' ? (store.firstAt(query.key) ?? []) : [],
  );
  return !isCovered(definition, range, firsts.length === 0 ? undefined : Math.min(...firsts));
}
