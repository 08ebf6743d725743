/** Custom metrics, alarms and the dashboard, counted by folding over the catalog: what is added there is on the sheet by itself. */
import { agentMetrics, type Metric, metrics } from '../../catalog/metrics';
import { isRemediated } from '../../catalog/remediation';
import { deployedAlarms, type ResolvedAlarm } from '../../catalog/resolve';
import type { Config } from '../../config/config';
import { type Line, linesOf } from './line';
import type { MonthlyUse } from './load';
import { hoursPerMonth } from './prices';

/** Counters of the function itself: actions, refusals, escalations, closed incidents. */
const functionCounters = 4;

export function metricLines(config: Config, use: MonthlyUse): Line[] {
  const alarms = deployedAlarms(config);
  const isFast = ({ periodSeconds }: ResolvedAlarm): boolean => periodSeconds < 60;
  const fast = alarms.filter(isFast);
  const slow = alarms.filter((alarm) => !isFast(alarm));
  const composites = isRemediated(config) ? alarms.filter(({ route }) => route === 'remediation').length : 0;
  return linesOf('metrics and alarms', [
    { item: 'Metrics of the service', quantity: seriesBy('service'), price: 'customMetric' },
    {
      item: 'Metrics of the host, by the agent',
      quantity: seriesBy('agent'),
      price: 'customMetric',
      because: 'each figure by service, and disks by path as well',
    },
    {
      item: 'Figures of its Prometheus endpoint',
      quantity: config.workload.kind === 'model' ? 0 : (config.workload.prometheus?.metrics.length ?? 0),
      price: 'customMetric',
    },
    {
      item: "Counters of the remediation's own",
      quantity: isRemediated(config) ? (functionCounters * use.incidents) / hoursPerMonth : 0,
      price: 'customMetric',
      because: `billed only in hours with data: ${use.incidents} incidents`,
    },
    {
      item: `${fast.length} high-resolution alarms`,
      quantity: metricsRead(fast),
      price: 'highResolutionAlarm',
      because: 'an alarm on metric math bills each metric it reads',
    },
    {
      item: `${slow.length} standard alarms`,
      quantity: metricsRead(slow),
      price: 'standardAlarm',
      counts: { 'AWS::CloudWatch::Alarm': alarms.length },
    },
    {
      item: 'Composite alarms',
      quantity: composites,
      price: 'compositeAlarm',
      because: 'the net below the remediation',
      counts: { 'AWS::CloudWatch::CompositeAlarm': composites },
    },
    {
      item: 'Dashboard',
      quantity: 1,
      price: 'dashboard',
      counts: { 'AWS::CloudWatch::Dashboard': 1 },
    },
    {
      item: "The agent's PutMetricData calls",
      quantity: use.agentRequests,
      price: 'metricRequest',
      because: 'one a minute',
    },
  ]);
}

function metricsRead(alarms: readonly ResolvedAlarm[]): number {
  return alarms.reduce((sum, { inputs }) => sum + Object.keys(inputs).length, 0);
}

/** CloudWatch bills a metric for each exact set of dimensions that has data in an hour. */
export function seriesBy(emitter: 'service' | 'agent'): number {
  return (Object.values(metrics) as readonly Metric[])
    .filter((metric) => metric.emitter === emitter)
    .reduce((sum, metric) => sum + (metric.mostSeries ?? 1) * setsOf(metric), 0);
}

/** The agent adds figures up by each set of dimensions that any of its metrics declares and this one has too. */
function setsOf({ emitter, dimensions }: Metric): number {
  if (emitter !== 'agent') return 1;
  const declared = (Object.values(agentMetrics) as readonly Metric[]).map((each) => each.dimensions);
  const fitting = declared.filter((set) => set.every((name) => dimensions.includes(name)));
  return new Set(fitting.map((set) => set.toSorted().join())).size;
}
