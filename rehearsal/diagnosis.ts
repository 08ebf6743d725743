/** Why a run failed, as far as it can be seen from outside: the first questions a person would ask, answered. */
import { queriesOf } from './cloudwatch/alarm-queries';
import type { AlarmRecord, CloudWatch, MetricDataQuery } from './cloudwatch/types';
import type { RehearsalEvent } from './events';
import { isNamed, matches } from './expectations';
import type { Happening, Scenario } from './scenario';
import type { Sns } from './sns/types';

export interface Evidence {
  readonly scenario: Scenario;
  readonly events: readonly RehearsalEvent[];
  readonly range: { readonly start: number; readonly end: number };
  readonly cloudwatch: Pick<CloudWatch, 'alarms' | 'getMetricData' | 'listMetrics'>;
  readonly sns: Pick<Sns, 'topics' | 'subscriptions'>;
}

/** One sentence a finding, the likeliest cause first; empty when there is nothing to say. */
export function diagnose(evidence: Evidence): string[] {
  const { scenario, events } = evidence;
  const missing = scenario.must
    .map(({ what }) => what)
    .filter((what) => !events.some((event) => matches(what, event)));
  return [
    ...new Set([
      ...missing.flatMap((what) => explainAlarm(what, evidence)),
      ...silentAlarms(evidence),
      ...unheardTopics(missing, evidence),
      ...failures(events),
    ]),
  ];
}

/** An alarm that did not change: usually one of its metrics has another name than the one that is emitted. */
function explainAlarm(what: Happening, { cloudwatch, range }: Evidence): string[] {
  if (!('alarm' in what)) return [];
  const alarm = cloudwatch.alarms().find(({ name }) => isNamed(what.alarm, name));
  if (alarm === undefined) return [`the template has no alarm ${what.alarm}`];
  return [
    `${alarm.name} is ${alarm.state}: ${alarm.stateReason}`,
    ...metricsOf(alarm).flatMap((metric) => {
      const [series] = cloudwatch.getMetricData(
        [{ Id: 'samples', MetricStat: { Metric: metric, Period: 10, Stat: 'SampleCount' } }],
        range,
      );
      if ((series?.values.length ?? 0) > 0) return [];
      const arrived = [
        ...new Set(cloudwatch.listMetrics({ namespace: metric.Namespace }).map(({ name }) => name)),
      ];
      return [
        `${metric.Namespace} ${metric.MetricName} got no data with ${dimensionText(metric)}; ` +
          `what did arrive there: ${arrived.join(', ') || 'nothing'}`,
      ];
    }),
  ];
}

type Metric = NonNullable<MetricDataQuery['MetricStat']>['Metric'];

function metricsOf({ properties }: AlarmRecord): Metric[] {
  return queriesOf(properties).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
}

function dimensionText({ Dimensions = [] }: Metric): string {
  return Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).join(', ') || 'no dimensions';
}

function silentAlarms({ events, cloudwatch }: Evidence): string[] {
  return cloudwatch
    .alarms()
    .filter(({ properties }) => ((properties.AlarmActions ?? []) as unknown[]).length === 0)
    .filter(({ name }) =>
      events.some((event) => event.kind === 'alarm' && event.name === name && event.to === 'ALARM'),
    )
    .map(({ name }) => `${name} went ALARM and told nobody: it has no AlarmActions in the template`);
}

function unheardTopics(missing: readonly Happening[], { sns }: Evidence): string[] {
  if (!missing.some((what) => 'mail' in what)) return [];
  return sns
    .topics()
    .filter(({ arn }) => sns.subscriptions(arn).length === 0)
    .map(({ name }) => `topic ${name} has no subscription: whatever is published there reaches nobody`);
}

/** Errors that happened on the way, each kind once. */
function failures(events: readonly RehearsalEvent[]): string[] {
  return events.flatMap((event) => {
    switch (event.kind) {
      case 'action':
        return event.error === undefined
          ? []
          : [`${event.alarm} could not notify ${event.target}: ${event.error}`];
      case 'withheld':
        return [`${event.alarm} did not run its ${event.state} actions: withheld by ${event.by}`];
      case 'mail':
        return event.error === undefined ? [] : [`mail to ${event.to} failed: ${event.error}`];
      case 'lambda':
        return event.error === undefined ? [] : [`function ${event.function} failed: ${event.error}`];
      case 'command':
        return event.status === 'Failed' || event.status === 'TimedOut'
          ? [
              `command ${event.document} ended ${event.status} with exit code ${event.exitCode ?? 'unknown'}: ${event.failure ?? 'no output'}`,
            ]
          : [];
      case 'dead-letter':
        return [`a message went to the dead-letter queue: ${event.reason}`];
      case 'notice':
        return [`${event.subject}: ${event.text}`];
      default:
        return [];
    }
  });
}
