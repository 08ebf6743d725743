/** A metric alarm of the template as the engine needs it: one list of checked queries, whatever way the template says it. */

import type { Zone } from 'luxon';
import type { AlarmState } from '../events';
import { NotRehearsable } from '../not-rehearsable';
import type { Place, Resource } from '../resources';
import { type BandOperator, bandOperators, type ComparisonOperator, comparisonOperators } from './comparison';
import type { PresenceLimit } from './contributors';
import type { TreatMissingData } from './decide';
import { type AlarmBasics, type MetricAlarmProperties, readBasics, readMetricAlarm } from './properties';
import { type CompiledQuery, compileQueries, type Owner, QueryError } from './queries';
import { bandFunction, nothingSupplied, type Supplied } from './supplied';
import type { MetricDataQuery } from './types';
import { isWallClockPeriod, readZone, type WallClockPeriod, wallClockPeriods } from './wall-clock';

export type Actions = Readonly<Record<AlarmState, readonly string[]>>;

export interface AlarmDefinition extends AlarmBasics {
  readonly kind: 'metric';
  readonly read: MetricAlarmProperties;
  readonly queries: readonly CompiledQuery[];
  /** The one query whose series is judged. */
  readonly resultId: string;
  readonly periodSeconds: number;
  /** How often AWS evaluates the alarm. */
  readonly cadenceSeconds: number;
  readonly window: Window;
  /** Each point comes from the data of its own period alone. */
  readonly pointwise: boolean;
  readonly limit: Limit;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
  /** Set where too few samples must leave the state alone: the percentile that needs them. */
  readonly lowSamplePercent: number | undefined;
  readonly warmUp: { readonly durationMs: number; readonly mayEndEarly: boolean } | undefined;
  readonly actionsEnabled: boolean;
  readonly actions: Actions;
}

/** What a value is compared with. */
export type Limit =
  | { readonly kind: 'threshold'; readonly comparison: ComparisonOperator; readonly threshold: number }
  | { readonly kind: 'band'; readonly comparison: BandOperator; readonly bandId: string }
  /** Whatever a PromQL query returns breaches. */
  | ({ readonly kind: 'presence'; readonly comparison: string; readonly query: string } & PresenceLimit);

export type Window =
  | { readonly kind: 'sliding' }
  | { readonly kind: 'wall-clock'; readonly zone: Zone; readonly periodSeconds: WallClockPeriod };

const daySeconds = 86_400;
const highResolutionPeriods = [10, 20, 30];
/** The id of the single metric of an alarm without `Metrics`. */
const singleMetricId = 'm1';

/** Reads and checks the alarm. Throws NotRehearsable by resource and property. */
export function defineAlarm(
  resource: Resource,
  place: Place,
  supplied: Supplied = nothingSupplied,
): AlarmDefinition {
  const read = readMetricAlarm(resource);
  const basics = readBasics(resource, read.AlarmName, place);
  const refuse = (property: string, why: string, action = 'correct the template'): NotRehearsable =>
    new NotRehearsable(`${basics.subject}.${property}`, why, action);
  const queries = compile(read, { alarm: basics.name, supplied }, refuse);
  const limit = readLimit(read, queries, refuse);
  const result = resultOf(
    queries.filter(({ id }) => limit.kind !== 'band' || id !== limit.bandId),
    refuse,
  );
  const { periodSeconds } = result;
  checkWindow(read, periodSeconds, refuse);
  const percent =
    result.kind === 'metric' && result.statistic.kind === 'percentile' ? result.statistic.percent : undefined;
  const warmUp = read.WarmUpConfiguration;
  return {
    ...basics,
    kind: 'metric',
    read,
    queries,
    resultId: result.id,
    periodSeconds,
    cadenceSeconds: cadenceSeconds(read.EvaluationPeriods, periodSeconds),
    window: readWindow(read, periodSeconds, refuse),
    pointwise: queries.every((query) => query.kind !== 'math' || query.pointwise),
    limit,
    evaluationPeriods: read.EvaluationPeriods,
    datapointsToAlarm: read.DatapointsToAlarm ?? read.EvaluationPeriods,
    treatMissingData: read.TreatMissingData ?? 'missing',
    lowSamplePercent: read.EvaluateLowSampleCountPercentile === 'ignore' ? percent : undefined,
    warmUp: warmUp && {
      durationMs: warmUp.WarmUpPeriodDurationInMinutes * 60_000,
      mayEndEarly: !warmUp.OnlyStartEvaluatingAfterWarmUpPeriodEnds,
    },
    actionsEnabled: read.ActionsEnabled,
    actions: {
      OK: read.OKActions,
      ALARM: read.AlarmActions,
      INSUFFICIENT_DATA: read.InsufficientDataActions,
    },
  };
}

/** A number, or for an anomaly alarm the band that `ThresholdMetricId` names. */
function readLimit(read: MetricAlarmProperties, queries: readonly CompiledQuery[], refuse: Refuse): Limit {
  const { ThresholdMetricId: bandId, Threshold: threshold, ComparisonOperator: operator } = read;
  const comparison = comparisonOperators.find((each) => each === operator);
  const bandComparison = bandOperators.find((each) => each === operator);
  if (bandId === undefined) {
    if (threshold === undefined)
      throw refuse('Threshold', 'the alarm has neither Threshold nor ThresholdMetricId');
    if (comparison === undefined)
      throw refuse(
        'ComparisonOperator',
        `${operator} compares with a band, which ThresholdMetricId must name`,
      );
    return { kind: 'threshold', comparison, threshold };
  }
  if (threshold !== undefined)
    throw refuse('Threshold', 'an alarm has a Threshold or a ThresholdMetricId, got both');
  if (bandComparison === undefined)
    throw refuse('ComparisonOperator', `a band needs ${bandOperators.join(', ')}, got ${operator}`);
  if (queries.find(({ id }) => id === bandId)?.kind !== 'band')
    throw refuse('ThresholdMetricId', `the query ${bandId} is no ${bandFunction}`);
  return { kind: 'band', comparison: bandComparison, bandId };
}

/** AWS slides the window on at each evaluation unless the alarm asks for the wall clock's marks. */
function readWindow(read: MetricAlarmProperties, periodSeconds: number, refuse: Refuse): Window {
  const wanted = read.EvaluationWindow?.WallClockWindow;
  if (wanted === undefined) return { kind: 'sliding' };
  const property = 'EvaluationWindow.WallClockWindow';
  if (!isWallClockPeriod(periodSeconds))
    throw refuse(
      property,
      `the period is ${periodSeconds} s, expected one of ${wallClockPeriods.join(', ')}`,
    );
  const zone = readZone(wanted.Timezone ?? 'UTC');
  if (zone === undefined)
    throw refuse(
      `${property}.Timezone`,
      `got ${wanted.Timezone}, expected an IANA name, +hh:mm, Z, or UTC+hh:mm in steps of 5 minutes`,
    );
  return { kind: 'wall-clock', zone, periodSeconds };
}

type Refuse = (property: string, why: string, action?: string) => NotRehearsable;

function compile(read: MetricAlarmProperties, owner: Owner, refuse: Refuse): readonly CompiledQuery[] {
  const property = read.Metrics === undefined ? statisticProperty(read) : 'Metrics';
  try {
    const queries = read.Metrics === undefined ? [singleQuery(read, refuse)] : toQueries(read, refuse);
    return compileQueries(queries, owner);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const place = read.Metrics === undefined ? property : `${property}[${error.queryId}]`;
    throw refuse(place, error.problem, error.remedy);
  }
}

function statisticProperty(read: MetricAlarmProperties): string {
  return read.ExtendedStatistic === undefined ? 'Statistic' : 'ExtendedStatistic';
}

function singleQuery(read: MetricAlarmProperties, refuse: Refuse): MetricDataQuery {
  const { MetricName, Namespace, Period, Dimensions, Unit, Statistic, ExtendedStatistic } = read;
  if (MetricName === undefined) throw refuse('MetricName', 'the alarm has neither MetricName nor Metrics');
  if (Namespace === undefined) throw refuse('Namespace', 'MetricName without Namespace names no metric');
  if (Period === undefined) throw refuse('Period', 'an alarm on one metric needs a Period');
  const stat = Statistic ?? ExtendedStatistic;
  if (stat === undefined || (Statistic !== undefined && ExtendedStatistic !== undefined)) {
    throw refuse('Statistic', 'an alarm on one metric needs exactly one of Statistic and ExtendedStatistic');
  }
  const unit = Unit === undefined ? {} : { Unit };
  return {
    Id: singleMetricId,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: stat, ...unit },
  };
}

/** Properties that only an alarm on one metric may have. */
const singleMetricProperties = [
  'MetricName',
  'Namespace',
  'Period',
  'Statistic',
  'ExtendedStatistic',
  'Unit',
] as const;

function toQueries(read: MetricAlarmProperties, refuse: Refuse): readonly MetricDataQuery[] {
  const extra = singleMetricProperties.find((property) => read[property] !== undefined);
  if (extra !== undefined) throw refuse(extra, 'an alarm has either Metrics or a single metric, got both');
  return (read.Metrics ?? []) as readonly MetricDataQuery[];
}

function resultOf(queries: readonly CompiledQuery[], refuse: Refuse): CompiledQuery {
  const [result, ...others] = queries.filter((query) => query.returnData);
  if (result === undefined || others.length > 0) {
    const ids = [result, ...others].flatMap((query) => query?.id ?? []);
    const got = ids.length === 0 ? 'none' : ids.join(', ');
    throw refuse('Metrics', `exactly one entry must have ReturnData true, got ${got}`);
  }
  if (result.kind === 'math' && result.shape !== 'series') {
    const got = result.shape === 'scalar' ? 'one number' : 'a list of time series';
    throw refuse(`Metrics[${result.id}]`, `the expression must give one time series, got ${got}`);
  }
  const periods = new Set(queries.map((query) => query.periodSeconds));
  if (periods.size > 1) throw refuse('Metrics', `all must have one period, got ${[...periods].join(', ')} s`);
  return result;
}

/** AWS's documented limits of periods and windows. */
function checkWindow(read: MetricAlarmProperties, periodSeconds: number, refuse: Refuse): void {
  const { EvaluationPeriods: n, DatapointsToAlarm: m } = read;
  if (m !== undefined && m > n)
    throw refuse('DatapointsToAlarm', `got ${m}, expected at most EvaluationPeriods, ${n}`);
  if (!highResolutionPeriods.includes(periodSeconds) && periodSeconds % 60 !== 0) {
    throw refuse('Period', `got ${periodSeconds}, expected 10, 20, 30 or a multiple of 60`);
  }
  const limit = periodSeconds < 3600 ? daySeconds : 7 * daySeconds;
  if (n * periodSeconds > limit) {
    throw refuse('EvaluationPeriods', `the window is ${n * periodSeconds} s, expected at most ${limit} s`);
  }
}

/** Each minute; each ten seconds for periods below a minute; each hour for windows longer than a day. */
function cadenceSeconds(evaluationPeriods: number, periodSeconds: number): number {
  if (evaluationPeriods * periodSeconds > daySeconds) return 3600;
  return highResolutionPeriods.includes(periodSeconds) ? 10 : 60;
}
