/** What an alarm reads, from its properties alone: for whoever asks of alarms and does not evaluate them. */
import type { MetricDataQuery } from './types';

/** The id under which the one metric of an alarm without `Metrics` is asked for. */
const singleMetricId = 'm1';

/** The alarm's queries, whether it watches one metric or an expression; none for a composite alarm. */
export function queriesOf(properties: Readonly<Record<string, unknown>>): readonly MetricDataQuery[] {
  if (Array.isArray(properties.Metrics)) return properties.Metrics as MetricDataQuery[];
  const { Namespace, MetricName, Period, Unit } = properties;
  const Stat = properties.Statistic ?? properties.ExtendedStatistic;
  if (typeof Namespace !== 'string' || typeof MetricName !== 'string' || typeof Stat !== 'string') return [];
  const Dimensions = (properties.Dimensions ?? []) as { Name: string; Value: string }[];
  const unit = typeof Unit === 'string' ? { Unit } : {};
  const MetricStat = { Metric: { Namespace, MetricName, Dimensions }, Period: Number(Period), Stat, ...unit };
  return [{ Id: singleMetricId, MetricStat }];
}
