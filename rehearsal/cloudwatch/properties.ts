/** Reading an alarm's CloudFormation properties: types checked, strings taken for numbers as CloudFormation does, the rest refused. */
import { z } from 'zod';
import { excerpt, excerptOf } from '../excerpt';
import { NotRehearsable } from '../not-rehearsable';
import type { Place, Resource } from '../resources';
import { bandOperators, comparisonOperators } from './comparison';
import { cloudWatchCapabilities, type PropertyCapabilities, promQlCapabilities } from './honoured';
import { expectedBy, numberThat, wholeNumber } from './property-words';
import { basicStatistics } from './statistics';
import { unitExamples, units } from './units';

const number = numberThat('expected a number', Number.isFinite);
const count = wholeNumber(1);
const flag = z.union(
  [z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')],
  'expected true or false',
);

/** AWS's documented limit for each of the three lists. */
const maxActions = 5;
const actions = z.array(z.string()).max(maxActions).default([]);
const dimensions = z
  .array(z.object({ Name: z.string(), Value: z.string() }))
  .max(30)
  .refine(
    (list) => new Set(list.map(({ Name }) => Name)).size === list.length,
    'expected each dimension once',
  );
const unit = z.string().refine((text) => units.includes(text), `expected ${unitExamples}`);

/** AWS's documented limits of a name. */
const alarmName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\P{Cc}*$/u, 'expected no control characters');

const common = {
  ActionsEnabled: flag.default(true),
  AlarmActions: actions,
  InsufficientDataActions: actions,
  OKActions: actions,
  AlarmDescription: z.string().max(1024).optional(),
  AlarmName: alarmName.optional(),
};

const treatMissingData = z.enum(['breaching', 'notBreaching', 'ignore', 'missing']);
const warmUp = z.strictObject({
  WarmUpPeriodDurationInMinutes: wholeNumber(1, 2880),
  OnlyStartEvaluatingAfterWarmUpPeriodEnds: flag.default(false),
});

const metricDataQuery = z.strictObject({
  Id: z.string(),
  Expression: z.string().optional(),
  Label: z.string().optional(),
  Period: count.optional(),
  ReturnData: flag.optional(),
  MetricStat: z
    .strictObject({
      Metric: z.strictObject({
        Namespace: z.string(),
        MetricName: z.string(),
        Dimensions: dimensions.optional(),
      }),
      Period: count,
      Stat: z.string(),
      Unit: unit.optional(),
    })
    .optional(),
});

const metricAlarm = z.object({
  ...common,
  ComparisonOperator: z.enum([...comparisonOperators, ...bandOperators]),
  DatapointsToAlarm: count.optional(),
  Dimensions: dimensions.default([]),
  EvaluateLowSampleCountPercentile: z.enum(['evaluate', 'ignore']).optional(),
  EvaluationPeriods: count,
  EvaluationWindow: z
    .strictObject({
      SlidingWindow: z.unknown().optional(),
      WallClockWindow: z.strictObject({ Timezone: z.string().optional() }).optional(),
    })
    .optional(),
  ExtendedStatistic: z.string().optional(),
  MetricName: z.string().optional(),
  /** AWS takes at most ten metrics and ten expressions in one alarm. */
  Metrics: z
    .array(metricDataQuery)
    .refine(
      (queries) => queries.filter(({ MetricStat }) => MetricStat !== undefined).length <= 10,
      'expected no more than ten metrics',
    )
    .refine(
      (queries) => queries.filter(({ Expression }) => Expression !== undefined).length <= 10,
      'expected no more than ten expressions',
    )
    .optional(),
  Namespace: z.string().optional(),
  Period: count.optional(),
  Statistic: z.enum(basicStatistics).optional(),
  Threshold: number.optional(),
  ThresholdMetricId: z.string().optional(),
  TreatMissingData: treatMissingData.optional(),
  Unit: unit.optional(),
  WarmUpConfiguration: warmUp.optional(),
});

const seconds = wholeNumber(0);

const compositeAlarm = z.object({
  ...common,
  AlarmRule: z.string().min(1).max(10_240),
  ActionsSuppressor: z.string().min(1).max(1600).optional(),
  ActionsSuppressorExtensionPeriod: seconds.optional(),
  ActionsSuppressorWaitPeriod: seconds.optional(),
});

/** AWS's documented limits of a mute rule. */
const muteRule = z.object({
  Name: z.string().min(1).max(255).optional(),
  Rule: z.strictObject({
    Schedule: z.strictObject({
      Expression: z.string().min(1).max(256),
      Duration: z.string().min(1).max(50),
      Timezone: z.string().min(1).max(50).optional(),
    }),
  }),
  MuteTargets: z.strictObject({ AlarmNames: z.array(z.string().min(1).max(255)).max(100) }).optional(),
  StartDate: z.string().optional(),
  ExpireDate: z.string().optional(),
});

/** AWS evaluates PromQL every 10, 20 or 30 seconds, or every whole number of minutes up to an hour. */
const evaluationInterval = numberThat(
  'expected 10, 20, 30 or a multiple of 60 up to 3600',
  (seconds) => [10, 20, 30].includes(seconds) || (seconds % 60 === 0 && seconds >= 60 && seconds <= 3600),
);
/** AWS's documented limit of both periods: a day. */
const contributorPeriod = wholeNumber(0, 86_400).default(0);

const promQlAlarm = z.object({
  ...common,
  EvaluationCriteria: z.strictObject({
    PromQLCriteria: z.strictObject({
      Query: z.string().min(1).max(10_000),
      PendingPeriod: contributorPeriod,
      RecoveryPeriod: contributorPeriod,
    }),
  }),
  EvaluationInterval: evaluationInterval,
});

const logAlarm = z.object({
  ...common,
  ComparisonOperator: z.enum(comparisonOperators),
  QueryResultsToAlarm: count,
  QueryResultsToEvaluate: count,
  ScheduledQueryConfiguration: z.looseObject({
    ScheduleConfiguration: z.looseObject({ ScheduleExpression: z.string() }),
  }),
  Threshold: number,
  TreatMissingData: treatMissingData.optional(),
  WarmUpConfiguration: warmUp.optional(),
});

export type MetricAlarmProperties = z.infer<typeof metricAlarm>;
export type CompositeAlarmProperties = z.infer<typeof compositeAlarm>;
export type PromQlAlarmProperties = z.infer<typeof promQlAlarm>;
export type LogAlarmProperties = z.infer<typeof logAlarm>;
export type MuteRuleProperties = z.infer<typeof muteRule>;

/** What all alarms share once their properties are read. */
export interface AlarmBasics {
  readonly subject: string;
  readonly name: string;
  readonly arn: string;
  /** As the template has them, for DescribeAlarms. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The properties of a metric alarm. Throws NotRehearsable for one that cannot be honoured or that CloudFormation would refuse. */
export function readMetricAlarm(resource: Resource): MetricAlarmProperties {
  return read(resource, metricAlarm, cloudWatchCapabilities['AWS::CloudWatch::Alarm']);
}

/** The properties of a composite alarm. Throws NotRehearsable as `readMetricAlarm` does. */
export function readCompositeAlarm(resource: Resource): CompositeAlarmProperties {
  return read(resource, compositeAlarm, cloudWatchCapabilities['AWS::CloudWatch::CompositeAlarm']);
}

/** The properties of an alarm on a PromQL query. Throws NotRehearsable as `readMetricAlarm` does. */
export function readPromQlAlarm(resource: Resource): PromQlAlarmProperties {
  return read(resource, promQlAlarm, promQlCapabilities);
}

/** The properties of a log alarm. Throws NotRehearsable as `readMetricAlarm` does. */
export function readLogAlarm(resource: Resource): LogAlarmProperties {
  return read(resource, logAlarm, cloudWatchCapabilities['AWS::CloudWatch::LogAlarm']);
}

/** The properties of an alarm mute rule. Throws NotRehearsable as `readMetricAlarm` does. */
export function readMuteRule(resource: Resource): MuteRuleProperties {
  return read(resource, muteRule, cloudWatchCapabilities['AWS::CloudWatch::AlarmMuteRule']);
}

/** Name and ARN; without `AlarmName` the name is what CloudFormation generates, which is the resource's id. */
export function readBasics(resource: Resource, alarmName: string | undefined, place: Place): AlarmBasics {
  const name = alarmName ?? resource.id;
  const arn = `arn:${place.partition}:cloudwatch:${place.region}:${place.accountId}:alarm:${name}`;
  return { subject: subjectOf(resource), name, arn, properties: resource.properties };
}

/** How errors name the resource. */
export function subjectOf(resource: Resource): string {
  return `${resource.type} ${excerpt(resource.logicalId)}`;
}

function read<T>(resource: Resource, schema: z.ZodType<T>, capabilities: PropertyCapabilities): T {
  for (const property of Object.keys(resource.properties)) {
    if (capabilities.honoured.includes(property) || Object.hasOwn(capabilities.ignored, property)) continue;
    const refused = Object.hasOwn(capabilities.refused, property)
      ? capabilities.refused[property]
      : undefined;
    const why = refused ?? 'the rehearsal does not know this property';
    throw new NotRehearsable(
      `${subjectOf(resource)}.${excerpt(property)}`,
      why,
      'remove it or leave this alarm out',
    );
  }
  const result = schema.safeParse(resource.properties);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = (issue?.path ?? []).map(String).join('.');
  const subject = `${subjectOf(resource)}.${path}`;
  if (issue?.code === 'unrecognized_keys') {
    const why = `the rehearsal does not know ${issue.keys.map(excerpt).join(', ')} there`;
    throw new NotRehearsable(subject, why, 'remove it or leave this alarm out');
  }
  const value = issue?.path.reduce<unknown>(memberOf, resource.properties);
  const why = `CloudFormation would refuse it, got ${excerptOf(value)}, expected ${expectedBy(issue)}`;
  throw new NotRehearsable(subject, why, 'correct the template');
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
