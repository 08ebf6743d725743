/** Properties of an alarm that a what-if can set, and how each is written into a template. */
import { bandOperators, comparisonOperators } from '../../cloudwatch/comparison';
import { basicStatistics, readStatistic } from '../../cloudwatch/statistics';
import type { MetricDataQuery } from '../../cloudwatch/types';
import type { Resource } from '../../resources';

export const alarmProperties = [
  'threshold',
  'datapointsToAlarm',
  'evaluationPeriods',
  'period',
  'treatMissingData',
  'comparisonOperator',
  'statistic',
] as const;
export type AlarmProperty = (typeof alarmProperties)[number];

/** Makes the error for a value that cannot be. */
export type RefuseValue = (what: string, got: string, expected: string) => Error;

const numeric: readonly string[] = ['threshold', 'datapointsToAlarm', 'evaluationPeriods', 'period'];

/** Decimal, as people write numbers; not `0x10`. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

const words: Readonly<Record<string, readonly string[]>> = {
  treatMissingData: ['breaching', 'notBreaching', 'ignore', 'missing'],
  comparisonOperator: [...comparisonOperators, ...bandOperators],
};

/** The value, of a kind that AWS takes for the property; whether it fits the alarm is for the alarm's own check to say. */
export function readAlarmValue(property: string, text: string, refuse: RefuseValue): string | number {
  if (text === '') throw refuse('a value is empty', text, 'a value');
  const known = words[property];
  if (known?.includes(text) === false) throw refuse('no such word', text, `one of ${known.join(', ')}`);
  if (property === 'statistic' && !readStatistic(text).ok)
    throw refuse('no statistic', text, `${basicStatistics.join(', ')}, p99, tm99 or the like`);
  if (!numeric.includes(property)) return text;
  const value = Number(text);
  if (!decimal.test(text) || !Number.isFinite(value)) throw refuse('no number', text, 'a number');
  if (property !== 'threshold' && !(Number.isInteger(value) && value >= 1))
    throw refuse('no count', text, 'a whole number from 1 on');
  if (property === 'period' && ![10, 20, 30].includes(value) && value % 60 !== 0)
    throw refuse('no period of an alarm', text, '10, 20, 30 or a multiple of 60');
  return value;
}

type Properties = Readonly<Record<string, unknown>>;

/** What the template says, or what AWS takes where it says nothing. */
export function propertyValue(properties: Properties, property: string): string | number {
  const query = queriesOf(properties)?.find(({ MetricStat }) => MetricStat !== undefined)?.MetricStat;
  const values: Readonly<Record<string, unknown>> = {
    threshold: properties.Threshold,
    datapointsToAlarm: properties.DatapointsToAlarm ?? properties.EvaluationPeriods,
    evaluationPeriods: properties.EvaluationPeriods,
    period: properties.Period ?? query?.Period,
    treatMissingData: properties.TreatMissingData ?? 'missing',
    comparisonOperator: properties.ComparisonOperator,
    statistic: properties.Statistic ?? properties.ExtendedStatistic ?? query?.Stat,
  };
  const value = values[property];
  return typeof value === 'number' || typeof value === 'string' ? value : 'none';
}

/** The resource with one property changed; `fail` throws where the alarm has no place for it. */
export function withProperty(
  resource: Resource,
  property: string,
  value: string | number,
  fail: (problem: string) => never,
): Resource {
  return { ...resource, properties: change(resource.properties, property, value, fail) };
}

function change(
  properties: Properties,
  property: string,
  value: string | number,
  fail: (problem: string) => never,
): Properties {
  switch (property) {
    case 'threshold':
      if (properties.ThresholdMetricId !== undefined)
        return fail('the alarm has a band for its threshold, expected a number; set another property');
      return { ...properties, Threshold: value };
    case 'period':
      return withPeriod(properties, value);
    case 'statistic':
      return withStatistic(properties, value, fail);
    default:
      return { ...properties, [`${property.charAt(0).toUpperCase()}${property.slice(1)}`]: value };
  }
}

/** All metrics of an alarm must have one period, so all of them get the new one. */
function withPeriod(properties: Properties, value: string | number): Properties {
  const queries = queriesOf(properties);
  if (queries === undefined) return { ...properties, Period: value };
  const Metrics = queries.map((query) => ({
    ...query,
    ...(query.Period === undefined ? {} : { Period: value }),
    ...(query.MetricStat === undefined ? {} : { MetricStat: { ...query.MetricStat, Period: value } }),
  }));
  return { ...properties, Metrics };
}

function withStatistic(
  properties: Properties,
  value: string | number,
  fail: (problem: string) => never,
): Properties {
  const queries = queriesOf(properties);
  if (queries === undefined) {
    const { Statistic: _, ExtendedStatistic: __, ...others } = properties;
    return {
      ...others,
      [basicStatistics.some((name) => name === value) ? 'Statistic' : 'ExtendedStatistic']: value,
    };
  }
  const metrics = queries.filter(({ MetricStat }) => MetricStat !== undefined);
  if (metrics.length !== 1)
    return fail(
      `the alarm reads several metrics, got ${metrics.length}, expected one; change the template instead`,
    );
  const Metrics = queries.map((query) =>
    query.MetricStat === undefined ? query : { ...query, MetricStat: { ...query.MetricStat, Stat: value } },
  );
  return { ...properties, Metrics };
}

function queriesOf({ Metrics }: Properties): readonly MetricDataQuery[] | undefined {
  return Array.isArray(Metrics) ? Metrics : undefined;
}
