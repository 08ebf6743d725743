/** Data and alarms that miss each other: alarms without data, and data that no alarm reads. */
import { describeMetric, identityKey } from '../../cloudwatch/identity';
import { suppliedNamespace } from '../../cloudwatch/supplied';
import type { MetricIdentity } from '../../cloudwatch/types';
import type { Resource } from '../../resources';
import { metricUses } from '../series/recorded';
import type { Notice } from '../types';
import { alarmsIn } from './family';
import type { Observation } from './observe';

export interface Coverage {
  /** Metric alarms that saw no datapoint, or none of whose metrics are in the data. */
  readonly blind: readonly string[];
  /** Metrics of the data that no alarm reads, as a person writes them. */
  readonly unread: readonly string[];
  /** Alarms that read some metric of which there is no data. */
  readonly partly: readonly Notice[];
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
  return { blind, partly, unread: unread.map(describeMetric).sort() };
}
