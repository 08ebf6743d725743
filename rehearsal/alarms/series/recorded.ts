/** Statistics fed to alarms as samples: which alarms they serve exactly, and which not. */
import { z } from 'zod';
import { queriesOf } from '../../cloudwatch/alarm-queries';
import { describeMetric, identityKey, identityOf } from '../../cloudwatch/identity';
import type { MetricIdentity } from '../../cloudwatch/types';
import type { Resource } from '../../resources';

/** What was recorded of a metric in place of its samples. */
export interface RecordedMetric {
  readonly metric: MetricIdentity;
  readonly periodSeconds: number;
  readonly statistics: readonly string[];
}

const metricStat = z.object({
  MetricStat: z.object({
    Metric: z.object({
      Namespace: z.string(),
      MetricName: z.string(),
      Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
    }),
    Period: z.coerce.number().positive(),
    Stat: z.string(),
    Unit: z.string().optional(),
  }),
});

/** One metric as one alarm reads it. */
export interface MetricUse {
  readonly alarm: string;
  readonly metric: MetricIdentity;
  readonly periodSeconds: number;
  readonly statistic: string;
  readonly unit?: string;
  /** The alarm keeps its state where a percentile rests on too few samples. */
  readonly minds: 'sample count' | undefined;
}

/**
 * Every metric that the alarms read, once an alarm and query; what is no metric alarm is passed over, and so is what has not
 * the form of a query: the check of the template refuses it by name.
 */
export function metricUses(resources: readonly Resource[]): MetricUse[] {
  return resources
    .filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
    .flatMap(({ properties, id }) => {
      const alarm = typeof properties.AlarmName === 'string' ? properties.AlarmName : id;
      const minds = properties.EvaluateLowSampleCountPercentile === 'ignore' ? 'sample count' : undefined;
      const stats = queriesOf(properties).flatMap(
        (query) => metricStat.safeParse(query).data?.MetricStat ?? [],
      );
      return stats.map(({ Metric, Period, Stat, Unit }) => ({
        alarm,
        metric: identityOf(Metric),
        periodSeconds: Period,
        statistic: Stat,
        ...(Unit === undefined ? {} : { unit: Unit }),
        minds,
      }));
    });
}

/** What samples can be made to have: not so trimmed means and their like, which need all samples. */
const plain = /^(SampleCount|Sum|Average|Minimum|Maximum|p\d.*)$/;

/** One sentence for each use that the recorded statistics cannot serve exactly. */
export function inexactUses(recorded: readonly RecordedMetric[], uses: readonly MetricUse[]): string[] {
  const byKey = new Map(recorded.map((each) => [identityKey(each.metric), each]));
  const sentences = uses.flatMap((use) => {
    const found = byKey.get(identityKey(use.metric));
    const problem = found === undefined ? undefined : inexact(found, use);
    return problem === undefined ? [] : [`${use.alarm}: ${problem}`];
  });
  return [...new Set(sentences)];
}

function inexact({ metric, periodSeconds, statistics }: RecordedMetric, use: MetricUse): string | undefined {
  const { statistic } = use;
  const name = describeMetric(metric);
  const has = (wanted: string): boolean => statistics.includes(wanted);
  const asked = `${statistic} of ${name} over ${use.periodSeconds} s`;
  const given = `${statistics.join(', ')} over ${periodSeconds} s`;
  if (use.periodSeconds % periodSeconds !== 0)
    return `${asked} cannot be computed from ${given}; record it with a period that fits`;
  if (use.minds === 'sample count' && !isCounted(statistics))
    return `${asked} minds how many samples there were, and ${given} do not tell; record SampleCount too`;
  if (has(statistic) && plain.test(statistic) && use.periodSeconds === periodSeconds) return undefined;
  if (isDerivable(statistic, statistics)) return undefined;
  return `${asked} is not what ${given} give exactly; record ${statistic} with a period of ${use.periodSeconds} s`;
}

function isCounted(statistics: readonly string[]): boolean {
  const has = (wanted: string): boolean => statistics.includes(wanted);
  return has('SampleCount') || (has('Sum') && has('Average'));
}

/** Over the recorded period and its multiples. */
function isDerivable(statistic: string, statistics: readonly string[]): boolean {
  const has = (wanted: string): boolean => statistics.includes(wanted);
  const isSummed = has('Sum') || has('Average');
  if (statistic === 'Minimum' || statistic === 'Maximum') return has(statistic);
  if (statistic === 'SampleCount') return isCounted(statistics);
  if (statistic === 'Sum') return has('Sum') || (isCounted(statistics) && isSummed);
  return statistic === 'Average' && isCounted(statistics) && isSummed;
}
