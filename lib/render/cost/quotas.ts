/** How near a stage comes to limits that AWS publishes. Those without a published number are not here. */
import { type Metric, metrics, serviceMetrics } from '../../catalog/metrics';
import { endpointsOf } from '../../catalog/network';
import { isRemediated } from '../../catalog/remediation';
import { deployedAlarms, isBreakdown } from '../../catalog/resolve';
import type { Config } from '../../config/config';

export interface Quota {
  readonly subject: string;
  readonly used: number;
  readonly limit: number;
  readonly unit: string;
  readonly source: string;
}

/** What a page may become in a bad hour: one mail a second is a storm, and SNS suspends an address at ten. */
const mailsPerSecondAtWorst = 1;

/** The agent flushes each of its two log streams once a second. */
const logBatchesPerSecond = 2;

const guide = 'CloudWatch User Guide, cloudwatch_limits';

/** @param agentConfigBytes the agent's configuration as it is stored */
export function quotasOf(config: Config, agentConfigBytes: number): Quota[] {
  const alarms = deployedAlarms(config);
  const most = (numbers: readonly number[]): number => Math.max(0, ...numbers);
  const quota = (subject: string, used: number, limit: number, unit: string, source: string): Quota => ({
    subject,
    used,
    limit,
    unit,
    source,
  });
  const attended = alarms.filter(({ route }) => route === 'remediation');
  const children = isRemediated(config) ? 1 + alarms.filter(isBreakdown).length : 0;
  const agentMetrics = (Object.values(metrics) as readonly Metric[]).filter(
    ({ emitter }) => emitter === 'agent',
  );
  return [
    quota(
      'Metrics an alarm on metric math reads',
      most(alarms.map(({ inputs }) => Object.keys(inputs).length)),
      10,
      'metrics',
      guide,
    ),
    quota('Actions an alarm has in one state', 1, 5, 'actions', guide),
    quota('Children of a composite alarm', children, 100, 'alarms', guide),
    quota(
      'Composites that share one alarm',
      isRemediated(config) ? attended.length : 0,
      150,
      'composites',
      guide,
    ),
    quota(
      'Metrics an EMF document declares',
      Object.keys(serviceMetrics).length,
      100,
      'metrics',
      'EMF specification',
    ),
    quota('PutMetricData, the agent', 1 / 60, 500, 'calls a second', guide),
    quota('Figures in one PutMetricData', agentMetrics.length, 1000, 'figures', 'CloudWatch API model'),
    quota(
      'PutLogEvents, the agent',
      logBatchesPerSecond,
      5000,
      'calls a second',
      'CloudWatch Logs endpoints and quotas',
    ),
    quota(
      "Agent's configuration in a standard parameter",
      agentConfigBytes,
      4096,
      'bytes',
      'Systems Manager quotas',
    ),
    quota('Mails to one address', mailsPerSecondAtWorst, 10, 'a second', 'SNS Developer Guide, e-mail'),
    quota(
      'Interface endpoints of a VPC',
      Object.keys(endpointsOf(config)).length,
      50,
      'endpoints',
      'VPC quotas',
    ),
  ].filter(({ used }) => used > 0);
}
