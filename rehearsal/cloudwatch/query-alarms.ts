/**
 * Alarms on queries that only AWS can run — PromQL, scheduled log queries — over the results that were supplied for them.
 * What a query would find cannot be known here; what the alarm makes of it is documented.
 */
import { z } from 'zod';
import { NotRehearsable } from '../not-rehearsable';
import type { Place, Resource } from '../resources';
import { type AlarmDefinition, defineAlarm } from './alarm-definition';
import { readBasics, readLogAlarm, readPromQlAlarm, subjectOf } from './properties';
import { type Supplied, suppliedMetric } from './supplied';

/** The query of such an alarm has no id in the template: this one stands in `Query=` of the supplied series. */
export const promQlQueryId = 'promql';
export const logQueryId = 'log';

/** A PromQL alarm lives in AWS::CloudWatch::Alarm beside all others. */
export function isPromQl(resource: Resource): boolean {
  return resource.properties.EvaluationCriteria !== undefined;
}

/** An alarm on a PromQL query. @throws NotRehearsable */
export function definePromQlAlarm(resource: Resource, place: Place, supplied: Supplied): AlarmDefinition {
  const read = readPromQlAlarm(resource);
  const { Query, PendingPeriod, RecoveryPeriod } = read.EvaluationCriteria.PromQLCriteria;
  const { name } = readBasics(resource, read.AlarmName, place);
  requireSupplied(resource, 'EvaluationCriteria', 'a PromQL query', supplied.has(name, promQlQueryId));
  const cadenceSeconds = read.EvaluationInterval;
  const stand = standIn(resource, name, promQlQueryId, {
    ...pick(read, actionProperties),
    // Every series that the query returns is breaching: there is no threshold of its own.
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 0,
    EvaluationPeriods: 1,
    Period: cadenceSeconds < 60 ? 10 : 60,
  });
  return {
    ...defineAlarm(stand, place),
    properties: resource.properties,
    cadenceSeconds,
    limit: {
      kind: 'presence',
      comparison: 'returned by the query',
      query: Query,
      pendingMs: PendingPeriod * 1000,
      recoveryMs: RecoveryPeriod * 1000,
    },
  };
}

const minuteSeconds = 60;
const secondsOf = { minute: minuteSeconds, hour: 3600, day: 86_400 } as const;
const rate = /^rate\((\d+) (minute|hour|day)s?\)$/;

/** An alarm on a scheduled log query: M of the last N results. @throws NotRehearsable */
export function defineLogAlarm(resource: Resource, place: Place, supplied: Supplied): AlarmDefinition {
  const read = readLogAlarm(resource);
  const { name } = readBasics(resource, read.AlarmName, place);
  requireSupplied(resource, 'ScheduledQueryConfiguration', 'a log query', supplied.has(name, logQueryId));
  const expression = read.ScheduledQueryConfiguration.ScheduleConfiguration.ScheduleExpression;
  const [, every = '', unit = ''] = rate.exec(expression) ?? [];
  const unitSeconds = z.enum(['minute', 'hour', 'day']).safeParse(unit);
  if (!unitSeconds.success) {
    const subject = `${subjectOf(resource)}.ScheduledQueryConfiguration.ScheduleConfiguration.ScheduleExpression`;
    throw new NotRehearsable(
      subject,
      `only rate(...) is evaluated, got ${expression}`,
      'write it as a rate or leave this alarm out',
    );
  }
  const stand = standIn(resource, name, logQueryId, {
    ...pick(read, [
      ...actionProperties,
      'ComparisonOperator',
      'Threshold',
      'TreatMissingData',
      'WarmUpConfiguration',
    ]),
    EvaluationPeriods: read.QueryResultsToEvaluate,
    DatapointsToAlarm: read.QueryResultsToAlarm,
    Period: Number(every) * secondsOf[unitSeconds.data],
  });
  return { ...defineAlarm(stand, place), properties: resource.properties };
}

const actionProperties = [
  'ActionsEnabled',
  'AlarmActions',
  'AlarmDescription',
  'InsufficientDataActions',
  'OKActions',
];

function requireSupplied(resource: Resource, property: string, what: string, isSupplied: boolean): void {
  if (isSupplied) return;
  const why = `not evaluated locally: ${what}`;
  throw new NotRehearsable(
    `${subjectOf(resource)}.${property}`,
    why,
    'supply the series that it would give, or leave this alarm out',
  );
}

/** The alarm as one on the metric that was supplied. */
function standIn(
  resource: Resource,
  name: string,
  queryId: string,
  properties: Readonly<Record<string, unknown>>,
): Resource {
  const metric = suppliedMetric(name, queryId);
  return {
    ...resource,
    properties: {
      ...properties,
      AlarmName: name,
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: 'Average',
    },
  };
}

function pick(read: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (read[name] === undefined ? [] : [[name, read[name]]])));
}
