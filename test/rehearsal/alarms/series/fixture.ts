/** Short ways to write data and to read what a source gives out. */
import { createSampleTable } from '../../../../rehearsal/alarms/series/sample-table';
import type { Arrival, SeriesSource } from '../../../../rehearsal/alarms/types';
import { createCloudWatch } from '../../../../rehearsal/cloudwatch/engine';
import { describeMetric } from '../../../../rehearsal/cloudwatch/identity';
import type { CloudWatch, Datum, MetricIdentity } from '../../../../rehearsal/cloudwatch/types';
import { rehearsalPlace } from '../../../../rehearsal/resources';
import { manualClock } from '../../manual-clock';

/** Monday 5 January 2026, 00:00:00 UTC. */
export const monday = Date.UTC(2026, 0, 5);
export const minute = 60_000;
export const latency: MetricIdentity = { namespace: 'App', name: 'Latency', dimensions: { service: 'a' } };

export function datum(at: number, values: readonly number[], more: Partial<Datum> = {}): Datum {
  return { ...latency, storageResolutionSeconds: 60, at, values, ...more };
}

export function sourceOf(arrivals: readonly Arrival[]): SeriesSource {
  const table = createSampleTable();
  for (const { datum: each, arrivedAt } of arrivals) table.add(each, arrivedAt);
  return table.toSource();
}

/** `minutes since Monday, when it arrived if later: metric values*counts unit resolution` */
export function described(source: SeriesSource): string[] {
  return [...source.arrivals()].map(({ arrivedAt, datum: each }) => {
    const at = `${(each.at - monday) / minute}`;
    const late = arrivedAt === each.at ? '' : `+${(arrivedAt - each.at) / 1000}s`;
    const values = each.values.map((value, index) => {
      const count = each.counts?.[index] ?? 1;
      return count === 1 ? `${value}` : `${value}*${count}`;
    });
    const unit = each.unit === undefined ? '' : ` ${each.unit}`;
    const resolution = each.storageResolutionSeconds === 60 ? '' : ` ${each.storageResolutionSeconds}s`;
    return `${at}${late}: ${describeMetric(each)} ${values.join(' ')}${unit}${resolution}`;
  });
}

/** A CloudWatch without alarms that keeps what it is given. */
export function storeOf(source: SeriesSource): CloudWatch {
  const cloudwatch = createCloudWatch({
    resources: [],
    place: rehearsalPlace,
    clock: manualClock(monday),
    emit: () => {},
    act: () => {},
    retentionMs: 100 * 24 * 60 * minute,
  });
  cloudwatch.put([...source.arrivals()].map((arrival) => arrival.datum));
  return cloudwatch;
}

/** One statistic of the metric, period by period from Monday on. */
export function statistic(
  cloudwatch: CloudWatch,
  Stat: string,
  periods: number,
  metric: MetricIdentity = latency,
  Period = 60,
): number[] {
  const Dimensions = Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: metric.namespace, MetricName: metric.name, Dimensions };
  const range = { start: monday, end: monday + periods * Period * 1000 };
  const [series] = cloudwatch.getMetricData([{ Id: 'm', MetricStat: { Metric, Period, Stat } }], range);
  return [...(series?.values ?? [])];
}
