/** CloudWatch's operations on metrics, and the service as a whole. */
import { z } from 'zod';
import { AwsError } from '../aws-error';
import type { Datum, MetricDataQuery } from '../cloudwatch/types';
import { alarmOperations } from './cloudwatch-alarms';
import {
  type Api,
  boolean,
  listOf,
  number,
  type Operations,
  operation,
  page,
  text,
  timestamp,
} from './operation';

const dimension = z.object({ Name: text, Value: text });
const dimensions = listOf(dimension).default([]);

const metricDataQuery = z.object({
  Id: text,
  Expression: text.optional(),
  Label: text.optional(),
  Period: number.optional(),
  ReturnData: boolean.optional(),
  MetricStat: z
    .object({
      Metric: z.object({ Namespace: text, MetricName: text, Dimensions: dimensions }),
      Period: number,
      Stat: text,
      Unit: text.optional(),
    })
    .optional(),
});

/** Drops absent members: the interface's optional ones may be missing and may not be undefined. */
const withoutUndefined = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const getMetricData = operation(
  z.object({
    MetricDataQueries: listOf(metricDataQuery),
    StartTime: timestamp,
    EndTime: timestamp,
    ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
  }),
  ({ MetricDataQueries, StartTime, EndTime, ScanBy }, { services }) => {
    const queries = withoutUndefined(MetricDataQueries) as MetricDataQuery[];
    const series = services.cloudwatch.getMetricData(queries, { start: StartTime, end: EndTime });
    const inOrder = <T>(list: readonly T[]): readonly T[] =>
      ScanBy === 'TimestampAscending' ? list : list.toReversed();
    return {
      MetricDataResults: series.map(({ id, label, timestamps, values }) => ({
        Id: id,
        Label: label,
        Timestamps: inOrder(timestamps).map((at) => new Date(at)),
        Values: inOrder(values),
        StatusCode: 'Complete',
      })),
      Messages: [],
    };
  },
);

const statisticsInput = z.object({
  Namespace: text,
  MetricName: text,
  Dimensions: dimensions,
  StartTime: timestamp,
  EndTime: timestamp,
  Period: number,
  Statistics: listOf(text).default([]),
  ExtendedStatistics: listOf(text).default([]),
  Unit: text.optional(),
});

/** One query a statistic; the points of one period become one datapoint. */
const getMetricStatistics = operation(statisticsInput, (input, { services }) => {
  const statistics = [...input.Statistics, ...input.ExtendedStatistics];
  if (statistics.length === 0) {
    throw new AwsError('MissingParameter', 'Statistics or ExtendedStatistics must be given');
  }
  const { Namespace, MetricName, Dimensions, Period, Unit } = input;
  const queries = statistics.map((Stat, index) => ({
    Id: `s${index}`,
    ReturnData: true,
    MetricStat: {
      Metric: { Namespace, MetricName, Dimensions },
      Period,
      Stat,
      ...(Unit === undefined ? {} : { Unit }),
    },
  }));
  const points = new Map<number, { basic: Map<string, number>; extended: Map<string, number> }>();
  for (const series of services.cloudwatch.getMetricData(queries, {
    start: input.StartTime,
    end: input.EndTime,
  })) {
    const statistic = statistics[Number(series.id.slice(1))] ?? '';
    series.timestamps.forEach((at, index) => {
      const point = points.get(at) ?? { basic: new Map(), extended: new Map() };
      points.set(at, point);
      const target = input.Statistics.includes(statistic) ? point.basic : point.extended;
      target.set(statistic, series.values[index] ?? 0);
    });
  }
  return {
    Label: MetricName,
    Datapoints: [...points].map(([at, { basic, extended }]) => ({
      Timestamp: new Date(at),
      ...Object.fromEntries(basic),
      ...(Unit === undefined ? {} : { Unit }),
      ...(extended.size === 0 ? {} : { ExtendedStatistics: extended }),
    })),
  };
});

const listMetrics = operation(
  z.object({
    Namespace: text.optional(),
    MetricName: text.optional(),
    Dimensions: listOf(z.object({ Name: text, Value: text.optional() })).default([]),
    NextToken: text.optional(),
  }),
  ({ Namespace, MetricName, Dimensions, NextToken }, { services }) => {
    const found = services.cloudwatch.listMetrics({
      ...(Namespace === undefined ? {} : { namespace: Namespace }),
      ...(MetricName === undefined ? {} : { name: MetricName }),
      dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
    });
    // A page of ListMetrics has 500 metrics.
    const { items, nextToken } = page(found, 500, NextToken);
    return {
      Metrics: items.map((metric) => ({
        Namespace: metric.namespace,
        MetricName: metric.name,
        Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
      })),
      NextToken: nextToken,
    };
  },
);

const metricDatum = z.object({
  MetricName: text,
  Dimensions: dimensions,
  Timestamp: timestamp.optional(),
  Value: number.optional(),
  Values: listOf(number).optional(),
  Counts: listOf(number).optional(),
  StatisticValues: z
    .object({ SampleCount: number, Sum: number, Minimum: number, Maximum: number })
    .optional(),
  Unit: text.optional(),
  StorageResolution: number.default(60),
});

function samplesOf(
  datum: z.output<typeof metricDatum>,
): Pick<Datum, 'values' | 'counts' | 'statisticValues'> {
  const { Value, Values, Counts, StatisticValues } = datum;
  if (StatisticValues !== undefined) {
    if (Value !== undefined || Values !== undefined) {
      throw new AwsError(
        'InvalidParameterCombination',
        `The parameters Value or Values and StatisticValues are mutually exclusive and you have specified both (${datum.MetricName})`,
      );
    }
    const { SampleCount, Sum, Minimum, Maximum } = StatisticValues;
    const set = { sampleCount: SampleCount, sum: Sum, minimum: Minimum, maximum: Maximum };
    return { values: [], statisticValues: set };
  }
  if (Values !== undefined) return { values: Values, ...(Counts === undefined ? {} : { counts: Counts }) };
  if (Value !== undefined) return { values: [Value] };
  throw new AwsError(
    'MissingParameter',
    `At least one of the parameters must be specified: Value, Values or StatisticValues (${datum.MetricName})`,
  );
}

const putMetricData = operation(
  z.object({ Namespace: text, MetricData: listOf(metricDatum).default([]) }),
  ({ Namespace, MetricData }, { services }) => {
    services.cloudwatch.put(
      MetricData.map((datum) => ({
        namespace: Namespace,
        name: datum.MetricName,
        dimensions: Object.fromEntries(datum.Dimensions.map(({ Name, Value }) => [Name, Value])),
        ...(datum.Unit === undefined ? {} : { unit: datum.Unit }),
        storageResolutionSeconds: datum.StorageResolution === 1 ? 1 : 60,
        at: datum.Timestamp ?? services.clock.now(),
        ...samplesOf(datum),
      })),
    );
    return {};
  },
);

const metricOperations: Operations = {
  GetMetricData: getMetricData,
  GetMetricStatistics: getMetricStatistics,
  ListMetrics: listMetrics,
  PutMetricData: putMetricData,
};

export const cloudwatchApi: Api = {
  name: 'CloudWatch',
  targetPrefix: 'GraniteServiceVersion20100801',
  jsonVersion: '1.0',
  queryVersion: '2010-08-01',
  namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
  isQueryCompatible: true,
  operations: { ...metricOperations, ...alarmOperations },
};
