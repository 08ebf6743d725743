/** CloudWatch for one rehearsal: a metric store, and the template's alarms evaluated over it on a clock that is passed in. */
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { Emit } from '../events';
import { NotRehearsable } from '../not-rehearsable';
import type { Place, Resource } from '../resources';
import { checkActions } from './action-target';
import { AlarmBoard, type Held, recordOf } from './alarm-board';
import type { AlarmDefinition } from './alarm-definition';
import { defineAlarms } from './alarm-definitions';
import { bucketStart, fillBuckets } from './buckets';
import { type CompositeDefinition, defineComposites } from './composite-definition';
import { createComposites } from './composites';
import { datumProblem } from './datum';
import type { Evaluation } from './evaluation';
import { describeMetric } from './identity';
import { createMetricAlarm, type MetricAlarm } from './metric-alarm';
import { answerMetricData } from './metric-data';
import { defineMuteRules } from './mute-rule';
import type { ReadMetric } from './queries';
import { rangeLength } from './range-reader';
import { type EvaluationSettings, withDefaults } from './settings';
import { createMetricStore, highResolutionRetentionMs, type MetricStore, type Stored } from './store';
import { type Supplied, suppliedNamespace } from './supplied';
import type { AlarmAct, AlarmEvent, CloudWatch, Datum } from './types';

export interface CloudWatchOptions {
  /** Alarms, composite alarms and mute rules with resolved properties; other types are passed over. */
  readonly resources: readonly Resource[];
  readonly place: Place;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Runs one action; throws when it cannot be run. */
  readonly act: AlarmAct;
  /** Told what EventBridge is told of each change of state; costs nothing when absent. */
  readonly publish?: (event: AlarmEvent) => void;
  readonly settings?: Partial<EvaluationSettings>;
  /** Series that stand for what only AWS can compute. */
  readonly supplied?: Supplied;
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
  const alarms = defineAlarms(resources, place, options.supplied);
  const composites = defineComposites(ofType('AWS::CloudWatch::CompositeAlarm'), place, alarms);
  const definitions = [...alarms, ...composites];
  refuseSharedNames(definitions);
  definitions.forEach(checkActions);
  const muteRules = defineMuteRules(ofType('AWS::CloudWatch::AlarmMuteRule'), place, definitions);

  const board = new AlarmBoard({ ...options, muteRules });
  const metricAlarms = alarms.map((definition) => board.hold(definition));
  const compositeAlarms = composites.map((definition) => board.hold(definition));
  const held: readonly Held[] = [...metricAlarms, ...compositeAlarms];
  const byName = new Map(held.map((each) => [each.definition.name, each]));
  const rules = createComposites({ composites: compositeAlarms, byName, board, emit });
  const store = createMetricStore(retentionFor(alarms, settings, options.retentionMs));
  const read = readerOf(store, settings);
  const { onEvaluation } = options;
  const evaluated = metricAlarms.map((alarm) => ({
    name: alarm.definition.name,
    ...createMetricAlarm(alarm, { board, store, read, settings, now, emit, onEvaluation }),
  }));
  const readers = readersByMetric(evaluated);

  return {
    // Ten seconds serve every cadence below a minute.
    tickSeconds: alarms.some((alarm) => alarm.cadenceSeconds < minuteSeconds) ? 10 : minuteSeconds,
    put: (data) => {
      for (const datum of data) {
        const stored = putOne(datum, store, emit);
        if (stored === undefined) continue;
        for (const alarm of readers.get(stored.key) ?? []) alarm.sampled(stored.at);
      }
    },
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
      const changed: string[] = [];
      for (const alarm of evaluated) if (alarm.evaluate(at)) changed.push(alarm.name);
      if (!rules.start() && changed.length > 0) rules.follow(new Set(changed));
      board.repeatActions();
    },
    stop: () => board.stop(),
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
      beforeRangeSeconds(alarm) +
      alarm.cadenceSeconds +
      settings.evaluationDelaySeconds,
  );
  return Math.max(wanted, ...reach.map((seconds) => seconds * 1000));
}

/** The wall clock's last complete period may have ended a whole period ago, and a local one may be an hour longer than it says. */
function beforeRangeSeconds({ window, periodSeconds, evaluationPeriods }: AlarmDefinition): number {
  return window.kind === 'sliding' ? 0 : periodSeconds + evaluationPeriods * 3600;
}

function readerOf(store: MetricStore, settings: EvaluationSettings): ReadMetric {
  return (query, grid) => {
    const filter = { unit: query.unit, highResolutionOnly: query.periodSeconds < 60 };
    const slots = store.range(query.key, grid.start, bucketStart(grid, grid.length), filter);
    return fillBuckets(grid, slots, query.statistic, settings);
  };
}

/** Which alarms read a metric, by its key. */
function readersByMetric(alarms: readonly MetricAlarm[]): ReadonlyMap<string, MetricAlarm[]> {
  const readers = new Map<string, MetricAlarm[]>();
  for (const alarm of alarms) {
    for (const key of new Set(alarm.metricKeys)) readers.set(key, [...(readers.get(key) ?? []), alarm]);
  }
  return readers;
}

/** What PutMetricData would refuse is left out and told; the rest is stored. */
function putOne(datum: Datum, store: MetricStore, emit: Emit): Stored | undefined {
  const problem = datum.namespace === suppliedNamespace ? undefined : datumProblem(datum);
  if (problem === undefined) return store.put(datum);
  const text = `CloudWatch would refuse the datum: ${problem}`;
  emit({ kind: 'notice', subject: describeMetric(datum), text });
  return undefined;
}
