/** Data and alarms that miss each other: alarms without data, and data that no alarm reads. */
import { queriesOf } from '../../cloudwatch/alarm-queries';
import { describeMetric, identityKey } from '../../cloudwatch/identity';
import { isPromQl, logQueryId, promQlQueryId } from '../../cloudwatch/query-alarms';
import { suppliedNamespace } from '../../cloudwatch/supplied';
import type { MetricIdentity } from '../../cloudwatch/types';
import type { Resource } from '../../resources';
import { metricUses } from '../series/recorded';
import type { Notice } from '../types';
import { alarmsIn, type TemplateAlarm } from './family';
import type { Observation } from './observe';

export interface Coverage {
  /** Metric alarms that saw no datapoint, or none of whose metrics are in the data. */
  readonly blind: readonly string[];
  /** Metrics of the data that no alarm reads, as a person writes them. */
  readonly unread: readonly string[];
  /** Alarms that read some metric of which there is no data. */
  readonly partly: readonly Notice[];
  /** Series that were supplied for no query of the template. */
  readonly strays: readonly Notice[];
}

/** Compares what the alarms read with what there is. */
export function coverageOf(
  resources: readonly Resource[],
  metrics: readonly MetricIdentity[],
  observations: ReadonlyMap<string, Pick<Observation, 'evaluations' | 'evaluationsWithoutData'>>,
  at: number,
): Coverage {
  const alarms = alarmsIn(resources);
  const present = new Set(metrics.map(identityKey));
  const uses = metricUses(resources);
  const read = new Set(uses.map(({ metric }) => identityKey(metric)));
  const names = new Set(alarms.map(({ name }) => name));
  const blind: string[] = [];
  const partly: Notice[] = [];
  for (const alarm of alarms) {
    if (alarm.resource.type === 'AWS::CloudWatch::CompositeAlarm') continue;
    const own = uses.filter((use) => use.alarm === alarm.name).map(({ metric }) => metric);
    const missing = own.filter((metric) => !present.has(identityKey(metric)));
    const seen = observations.get(alarm.name);
    const sawNothing =
      seen === undefined
        ? // An alarm on a query of AWS's own is not evaluated point by point; its data is supplied under its name.
          !metrics.some(({ namespace, name }) => namespace === suppliedNamespace && name === alarm.name)
        : seen.evaluationsWithoutData === seen.evaluations;
    // FILL and its like make points of nothing at all.
    if (sawNothing || (own.length > 0 && missing.length === own.length)) blind.push(alarm.name);
    else if (missing.length > 0) {
      const text = `there is no data of ${missing.map(describeMetric).join(', ')}, which it reads beside others`;
      partly.push({ at, subject: alarm.name, text });
    }
  }
  const unread = metrics.filter((metric) =>
    metric.namespace === suppliedNamespace ? !names.has(metric.name) : !read.has(identityKey(metric)),
  );
  const strays = metrics.flatMap((metric) => strayText(metric, alarms) ?? []);
  return {
    blind,
    partly,
    unread: unread.map(describeMetric).sort(),
    strays: [...new Set(strays)].map((text) => ({ at, subject: 'data', text })),
  };
}

function strayText(
  { namespace, name, dimensions }: MetricIdentity,
  alarms: readonly TemplateAlarm[],
): string | undefined {
  if (namespace !== suppliedNamespace) return undefined;
  const alarm = alarms.find((each) => each.name === name);
  if (alarm === undefined) return `a series is supplied for the alarm ${name}, which the template has not`;
  const { Query = '' } = dimensions;
  if (suppliableIds(alarm).includes(Query)) return undefined;
  return `a series is supplied for the query ${Query || 'without a name'} of ${name}, which has no such query`;
}

function suppliableIds({ resource }: TemplateAlarm): readonly string[] {
  if (resource.type === 'AWS::CloudWatch::LogAlarm') return [logQueryId];
  if (isPromQl(resource)) return [promQlQueryId];
  return queriesOf(resource.properties).map(({ Id }) => Id);
}
