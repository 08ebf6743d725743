/** Reading an alarm's CloudFormation properties: types checked, strings taken for numbers as CloudFormation does, the rest refused. */
import { z } from 'zod';
import { NotRehearsable } from '../not-rehearsable';
import type { Place, Resource } from '../resources';
import { comparisonOperators } from './comparison';
import { cloudWatchCapabilities, type PropertyCapabilities } from './honoured';
import { basicStatistics } from './statistics';

const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/)
    .transform(Number),
]);
const count = number.pipe(z.int().min(1));
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** AWS's documented limit for each of the three lists. */
const maxActions = 5;
const actions = z.array(z.string()).max(maxActions).default([]);
const dimensions = z.array(z.object({ Name: z.string(), Value: z.string() })).max(30);

const common = {
  ActionsEnabled: flag.default(true),
  AlarmActions: actions,
  InsufficientDataActions: actions,
  OKActions: actions,
  AlarmDescription: z.string().max(1024).optional(),
  AlarmName: z.string().min(1).max(255).optional(),
};

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
      Unit: z.string().optional(),
    })
    .optional(),
});

const metricAlarm = z.object({
  ...common,
  ComparisonOperator: z.enum(comparisonOperators),
  DatapointsToAlarm: count.optional(),
  Dimensions: dimensions.default([]),
  EvaluateLowSampleCountPercentile: z.enum(['evaluate', 'ignore']).optional(),
  EvaluationPeriods: count,
  ExtendedStatistic: z.string().optional(),
  MetricName: z.string().optional(),
  /** AWS takes at most ten metrics and expressions in one alarm. */
  Metrics: z.array(metricDataQuery).max(10).optional(),
  Namespace: z.string().optional(),
  Period: count.optional(),
  Statistic: z.enum(basicStatistics).optional(),
  Threshold: number,
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).optional(),
  Unit: z.string().optional(),
  WarmUpConfiguration: z
    .strictObject({
      WarmUpPeriodDurationInMinutes: number.pipe(z.int().min(1).max(2880)),
      OnlyStartEvaluatingAfterWarmUpPeriodEnds: flag.default(false),
    })
    .optional(),
});

const compositeAlarm = z.object({ ...common, AlarmRule: z.string().min(1).max(10_240) });

export type MetricAlarmProperties = z.infer<typeof metricAlarm>;
export type CompositeAlarmProperties = z.infer<typeof compositeAlarm>;

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

/** Name and ARN; without `AlarmName` the name is what CloudFormation generates, which is the resource's id. */
export function readBasics(resource: Resource, alarmName: string | undefined, place: Place): AlarmBasics {
  const name = alarmName ?? resource.id;
  const arn = `arn:${place.partition}:cloudwatch:${place.region}:${place.accountId}:alarm:${name}`;
  return { subject: subjectOf(resource), name, arn, properties: resource.properties };
}

/** How errors name the resource. */
export function subjectOf(resource: Resource): string {
  return `${resource.type} ${resource.logicalId}`;
}

function read<T>(resource: Resource, schema: z.ZodType<T>, capabilities: PropertyCapabilities): T {
  for (const property of Object.keys(resource.properties)) {
    if (capabilities.honoured.includes(property) || property in capabilities.ignored) continue;
    const why = capabilities.refused[property] ?? 'the rehearsal does not know this property';
    throw new NotRehearsable(
      `${subjectOf(resource)}.${property}`,
      why,
      'remove it or rehearse without this alarm',
    );
  }
  const result = schema.safeParse(resource.properties);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = (issue?.path ?? []).map(String).join('.');
  const subject = `${subjectOf(resource)}.${path}`;
  if (issue?.code === 'unrecognized_keys') {
    const why = `the rehearsal does not know ${issue.keys.join(', ')} there`;
    throw new NotRehearsable(subject, why, 'remove it or rehearse without this alarm');
  }
  const value = issue?.path.reduce<unknown>(memberOf, resource.properties);
  const got = value === undefined ? 'nothing' : JSON.stringify(value);
  const why = `CloudFormation would refuse it, got ${got}: ${issue?.message ?? 'invalid'}`;
  throw new NotRehearsable(subject, why, 'correct the template');
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
