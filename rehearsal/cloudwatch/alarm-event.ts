/** What CloudWatch sends as JSON when an alarm changes: the event of a Lambda function, and the event of EventBridge. */
import { createHash } from 'node:crypto';
import type { Place } from '../resources';
import type { AlarmDefinition } from './alarm-definition';
import type { CompositeDefinition } from './composite-definition';
import { type Definition, type Occasion, type StateSnapshot, suppressedReason } from './held-alarm';
import { offsetTimestamp } from './java-text';
import type { Mute } from './mute-rule';
import type { MetricAlarmProperties } from './properties';
import type { AlarmEvent } from './types';

type Json = Readonly<Record<string, unknown>>;

/** The event that a function is invoked with. */
export function lambdaEvent(definition: Definition, place: Place, occasion: Occasion): string {
  return JSON.stringify({
    source: 'aws.cloudwatch',
    alarmArn: definition.arn,
    accountId: place.accountId,
    time: offsetTimestamp(occasion.state.at),
    region: place.region,
    alarmData: alarmData(definition, occasion),
  });
}

/** The event that EventBridge is told, mutes and suppression or not. */
export function stateChangeEvent(
  definition: Definition,
  occasion: Occasion,
  mute: Mute | undefined,
): AlarmEvent {
  return {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: [definition.arn],
    detail: {
      ...alarmData(definition, occasion),
      ...(mute === undefined ? {} : { muteDetail: muteDetail(mute) }),
    },
  };
}

function muteDetail({ rule, start, end }: Mute): Json {
  return {
    mutedByArn: rule.arn,
    muteWindowStart: offsetTimestamp(start),
    muteWindowEnd: offsetTimestamp(end),
  };
}

function alarmData(definition: Definition, { state, previous }: Occasion): Json {
  return {
    alarmName: definition.name,
    state: stateFields(state),
    previousState: stateFields(previous),
    configuration:
      definition.kind === 'metric' ? metricConfiguration(definition) : compositeConfiguration(definition),
  };
}

function stateFields({ value, reason, reasonData, at, suppressedBy }: StateSnapshot): Json {
  return {
    value,
    reason,
    ...(reasonData === '' ? {} : { reasonData }),
    timestamp: offsetTimestamp(at),
    ...(suppressedBy === undefined
      ? {}
      : { actionsSuppressedBy: suppressedBy, actionsSuppressedReason: suppressedReason(suppressedBy) }),
  };
}

function compositeConfiguration({ read }: CompositeDefinition): Json {
  return present({
    description: read.AlarmDescription,
    alarmRule: read.AlarmRule,
    actionsSuppressor: read.ActionsSuppressor,
    actionsSuppressorWaitPeriod: read.ActionsSuppressorWaitPeriod,
    actionsSuppressorExtensionPeriod: read.ActionsSuppressorExtensionPeriod,
  });
}

function metricConfiguration({ arn, read }: AlarmDefinition): Json {
  const metrics =
    read.Metrics === undefined
      ? [{ id: singleMetricId(arn), metricStat: singleMetric(read), returnData: true }]
      : read.Metrics.map(metricEntry);
  return present({ description: read.AlarmDescription, metrics });
}

function singleMetric(read: MetricAlarmProperties): Json {
  return present({
    metric: metric(read.Namespace, read.MetricName, read.Dimensions),
    period: read.Period,
    stat: read.Statistic ?? read.ExtendedStatistic,
    unit: read.Unit,
  });
}

type Query = NonNullable<MetricAlarmProperties['Metrics']>[number];

function metricEntry({ Id, Expression, Label, Period, MetricStat, ReturnData }: Query): Json {
  return present({
    id: Id,
    expression: Expression,
    label: Label,
    period: Period,
    metricStat:
      MetricStat &&
      present({
        metric: metric(
          MetricStat.Metric.Namespace,
          MetricStat.Metric.MetricName,
          MetricStat.Metric.Dimensions,
        ),
        period: MetricStat.Period,
        stat: MetricStat.Stat,
        unit: MetricStat.Unit,
      }),
    returnData: ReturnData ?? true,
  });
}

function metric(
  namespace: string | undefined,
  name: string | undefined,
  dimensions: MetricAlarmProperties['Dimensions'] = [],
): Json {
  return {
    namespace,
    name,
    dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
  };
}

/** AWS makes a UUID up for the metric of an alarm that names none; one made of the ARN stays the same from run to run. */
function singleMetricId(arn: string): string {
  const digits = createHash('sha256').update(arn).digest('hex');
  return [8, 12, 16, 20, 32].map((end, index, ends) => digits.slice(ends[index - 1] ?? 0, end)).join('-');
}

/** Event patterns see a member that is undefined as one that exists. */
function present(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
