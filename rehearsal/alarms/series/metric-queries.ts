/** What to ask CloudWatch so that its answer can stand for the samples that alarms read. */
import { identityKey } from '../../cloudwatch/identity';
import { basicStatistics } from '../../cloudwatch/statistics';
import { suppliedNamespace } from '../../cloudwatch/supplied';
import type { MetricDataQuery } from '../../cloudwatch/types';
import type { MetricUse } from './recorded';

export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

export interface MetricQuestion {
  readonly queries: readonly MetricDataQuery[];
  /** From and to the marks of the coarsest period, so that no period is cut. */
  readonly range: TimeRange;
  /** What the answer cannot serve, one sentence each. */
  readonly notices: readonly string[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How old the data of a period may be, as AWS documents it. */
const retention: readonly { readonly periodSeconds: number; readonly keptMs: number }[] = [
  { periodSeconds: 1, keptMs: 3 * hourMs },
  { periodSeconds: 60, keptMs: 15 * dayMs },
  { periodSeconds: 300, keptMs: 63 * dayMs },
  { periodSeconds: 3600, keptMs: 455 * dayMs },
];

/** Together they tell every statistic that needs no single values. */
const describing = ['SampleCount', 'Sum', 'Minimum', 'Maximum'];

/** One query for each statistic of each metric, at the largest period that serves every alarm and is still kept. */
export function planQueries(uses: readonly MetricUse[], range: TimeRange, now: number): MetricQuestion {
  const metrics = new Map<string, MetricUse[]>();
  for (const use of uses) {
    if (use.metric.namespace === suppliedNamespace) continue;
    const key = `${use.unit ?? ''} ${identityKey(use.metric)}`;
    metrics.set(key, [...(metrics.get(key) ?? []), use]);
  }
  const keptSeconds = retention.find(({ keptMs }) => now - range.start <= keptMs)?.periodSeconds ?? 3600;
  const notices = new Set<string>();
  const periods: number[] = [];
  const queries = [...metrics.values()].flatMap((own, index) => {
    const wanted = own.map(({ periodSeconds }) => periodSeconds).reduce(commonDivisor);
    const period = roundUp(wanted, keptSeconds);
    if (period !== wanted)
      notices.add(
        `CloudWatch keeps ${keptSeconds} s at that age: ${own[0]?.alarm} reads ${wanted} s, got ${period} s`,
      );
    periods.push(period);
    return queriesOf(own, index, period);
  });
  const coarsestMs = Math.max(60, ...periods) * 1000;
  return {
    queries,
    range: {
      start: Math.floor(range.start / coarsestMs) * coarsestMs,
      end: Math.ceil(range.end / coarsestMs) * coarsestMs,
    },
    notices: [...notices],
  };
}

function queriesOf(uses: readonly MetricUse[], index: number, period: number): MetricDataQuery[] {
  const [first] = uses;
  if (first === undefined) return [];
  const { metric, unit } = first;
  const basic: readonly string[] = basicStatistics;
  const others = uses.map(({ statistic }) => statistic).filter((statistic) => !basic.includes(statistic));
  const statistics = [...new Set([...describing, ...others])];
  return statistics.map((statistic, place) => ({
    Id: `m${index}s${place}`,
    MetricStat: {
      Metric: {
        Namespace: metric.namespace,
        MetricName: metric.name,
        Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: period,
      Stat: statistic,
      ...(unit === undefined ? {} : { Unit: unit }),
    },
  }));
}

function commonDivisor(left: number, right: number): number {
  return right === 0 ? left : commonDivisor(right, left % right);
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
