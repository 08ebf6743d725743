/** What CloudWatch publishes to SNS when an alarm changes: the message as JSON text, and the subject. */
import type { AlarmState } from '../events';
import type { Place } from '../resources';
import type { AlarmDefinition } from './alarm-definition';
import type { CompositeDefinition } from './composite-definition';
import { JavaDouble, offsetTimestamp, writeJson } from './java-text';
import type { MetricAlarmProperties } from './properties';
import { regionName } from './regions';

export interface Transition {
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly at: number;
  readonly configuredAt: number;
  /** The action waited for the end of a mute window. */
  readonly afterMuteWindow?: boolean;
}

/** A child whose change made a composite alarm change. */
export interface TriggeringChild {
  readonly arn: string;
  readonly state: AlarmState;
  readonly at: number;
}

/** SNS takes no longer subject. */
const maxSubjectLength = 100;

/** `ALARM: "name" in US East (N. Virginia)`, cut where SNS would refuse it. */
export function alarmSubject(state: AlarmState, name: string, region: string): string {
  return `${state}: "${name}" in ${regionName(region)}`.slice(0, maxSubjectLength);
}

/** The message of a metric alarm. Field order and spelling are AWS's. */
export function metricAlarmMessage(
  definition: AlarmDefinition,
  place: Place,
  transition: Transition,
): string {
  const { read } = definition;
  return writeJson({
    AlarmName: definition.name,
    AlarmDescription: read.AlarmDescription ?? null,
    AWSAccountId: place.accountId,
    AlarmConfigurationUpdatedTimestamp: offsetTimestamp(transition.configuredAt),
    NewStateValue: transition.to,
    NewStateReason: transition.reason,
    StateChangeTime: offsetTimestamp(transition.at),
    Region: regionName(place.region),
    AlarmArn: definition.arn,
    OldStateValue: transition.from,
    OKActions: read.OKActions,
    AlarmActions: read.AlarmActions,
    InsufficientDataActions: read.InsufficientDataActions,
    ActionExecutedAfterMuteWindow: transition.afterMuteWindow ?? false,
    Trigger: {
      ...metricFields(read),
      Period: definition.periodSeconds,
      EvaluationPeriods: definition.evaluationPeriods,
      DatapointsToAlarm: read.DatapointsToAlarm,
      ComparisonOperator: definition.limit.comparison,
      ...limitFields(definition),
      TreatMissingData: definition.treatMissingData,
      EvaluateLowSampleCountPercentile: read.EvaluateLowSampleCountPercentile ?? '',
      Metrics: read.Metrics?.map(metricEntry),
    },
  });
}

/** A band is named by its query; there is no number. */
function limitFields({ limit }: AlarmDefinition): Readonly<Record<string, unknown>> {
  if (limit.kind === 'band') return { ThresholdMetricId: limit.bandId };
  if (limit.kind === 'presence') return {};
  return { Threshold: new JavaDouble(limit.threshold) };
}

/** `SampleCount` as `SAMPLE_COUNT`, the rest in upper case. */
function upperCase(statistic: string): string {
  return statistic.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

/** An alarm on one metric names it in the trigger; an alarm on math lists its queries instead. */
function metricFields(read: MetricAlarmProperties): Readonly<Record<string, unknown>> {
  if (read.Metrics !== undefined) return {};
  const statistic =
    read.Statistic === undefined
      ? { StatisticType: 'ExtendedStatistic', ExtendedStatistic: read.ExtendedStatistic }
      : { StatisticType: 'Statistic', Statistic: upperCase(read.Statistic) };
  return {
    MetricName: read.MetricName,
    Namespace: read.Namespace,
    ...statistic,
    Unit: read.Unit ?? null,
    Dimensions: lowerCase(read.Dimensions),
  };
}

function lowerCase(
  dimensions: MetricAlarmProperties['Dimensions'],
): readonly { value: string; name: string }[] {
  return dimensions.map(({ Name, Value }) => ({ value: Value, name: Name }));
}

type QueryProperties = NonNullable<MetricAlarmProperties['Metrics']>[number];

function metricEntry(query: QueryProperties): Readonly<Record<string, unknown>> {
  const stat = query.MetricStat;
  return {
    Expression: query.Expression,
    Id: query.Id,
    Label: query.Label,
    MetricStat: stat && {
      Metric: {
        Dimensions: lowerCase(stat.Metric.Dimensions ?? []),
        MetricName: stat.Metric.MetricName,
        Namespace: stat.Metric.Namespace,
      },
      Period: stat.Period,
      Stat: stat.Stat,
      Unit: stat.Unit,
    },
    Period: query.Period,
    ReturnData: query.ReturnData ?? true,
  };
}

/**
 * The message of a composite alarm: no trigger, the rule and the children instead. How AWS spells a suppressor in it was
 * not seen; the names are those of DescribeAlarms.
 */
export function compositeAlarmMessage(
  definition: CompositeDefinition,
  place: Place,
  transition: Transition,
  children: readonly TriggeringChild[],
): string {
  const { read } = definition;
  return writeJson({
    AlarmName: definition.name,
    AlarmDescription: read.AlarmDescription ?? null,
    AWSAccountId: place.accountId,
    NewStateValue: transition.to,
    NewStateReason: transition.reason,
    StateChangeTime: offsetTimestamp(transition.at),
    Region: regionName(place.region),
    AlarmArn: definition.arn,
    OKActions: read.OKActions,
    AlarmActions: read.AlarmActions,
    InsufficientDataActions: read.InsufficientDataActions,
    OldStateValue: transition.from,
    AlarmRule: read.AlarmRule,
    TriggeringChildren: children.map((child) => ({
      Arn: child.arn,
      State: { Value: child.state, Timestamp: offsetTimestamp(child.at) },
    })),
    ActionsSuppressor: read.ActionsSuppressor,
    ActionsSuppressorWaitPeriod: read.ActionsSuppressorWaitPeriod,
    ActionsSuppressorExtensionPeriod: read.ActionsSuppressorExtensionPeriod,
    // Older messages of composite alarms lack the field.
    ActionExecutedAfterMuteWindow: transition.afterMuteWindow === true ? true : undefined,
  });
}
