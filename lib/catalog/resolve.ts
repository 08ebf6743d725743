/** The catalog as one stage means it: thresholds overridden, minimum samples written into the expressions. */
import type { Config } from '../config/config';
import { type Alarm, type AlarmKey, alarmKeys, alarms, type Statistic } from './alarms';
import { type MetricKey, metrics } from './metrics';
import { alarmName, runbookUrl } from './names';
import { isRemediated } from './remediation';

export interface ResolvedAlarm extends Alarm {
  readonly key: AlarmKey;
  readonly name: string;
  readonly description: string;
  readonly runbook: string;
  readonly comparison: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly threshold: number;
  /** The alarm's metrics by id, each with the metric it reads; a single metric has the id `m`. */
  readonly inputs: Readonly<Record<string, { readonly metric: MetricKey; readonly statistic: Statistic }>>;
  /** Metric math over `inputs`, or undefined when the alarm watches its one metric directly. */
  readonly expression: string | undefined;
}

/** Units that a person may write behind an override, by alarm. */
export const overridableAlarms = Object.freeze(
  Object.fromEntries(alarmKeys.map((key) => [key, { unit: alarms[key].reading.unit }])),
);

/** The alarm's own threshold, which a stage may override. */
export function usualThreshold(key: AlarmKey): number {
  const { breaches } = alarms[key];
  return 'above' in breaches ? breaches.above : breaches.below;
}

/** The threshold of one stage, in the alarm's unit. */
export function thresholdOf(key: AlarmKey, { thresholds }: Pick<Config, 'thresholds'>): number {
  return thresholds[key] ?? usualThreshold(key);
}

/** Every alarm of one stage, in catalog order. */
export function resolveAlarms(config: Config): readonly ResolvedAlarm[] {
  return alarmKeys.map((key) => resolveAlarm(key, config));
}

/** The alarms that this stage really has: without a remediation nothing about it is watched. */
export function deployedAlarms(config: Config): readonly ResolvedAlarm[] {
  return resolveAlarms(config).filter(({ owner }) => owner !== 'remediation' || isRemediated(config));
}

/** Whether an alarm says that the remediation is broken. A dead letter that waits is no breakdown: it goes on beside it. */
export function isBreakdown({ route, key }: ResolvedAlarm): boolean {
  return route === 'direct' && key !== 'remediationDeadLetters';
}

function resolveAlarm(key: AlarmKey, config: Config): ResolvedAlarm {
  const alarm = alarms[key];
  const above = 'above' in alarm.breaches;
  const threshold = thresholdOf(key, config);
  const runbook = runbookUrl(config.notifications.runbookBaseUrl, key);
  return {
    ...alarm,
    key,
    name: alarmName(config, key),
    runbook,
    comparison: above ? 'GreaterThanThreshold' : 'LessThanThreshold',
    threshold,
    description: `${alarm.summary} Runbook: ${runbook}`,
    inputs: alarm.signal.kind === 'math' ? alarm.signal.inputs : { m: alarm.signal },
    expression:
      alarm.signal.kind === 'math'
        ? alarm.signal.expression.replaceAll('{minimumSamples}', String(alarm.minimumSamples ?? 1))
        : undefined,
  };
}

/** Dimension values that config and stage decide; those that name a resource are filled in by the renderer. */
export function fixedDimensions(config: Config): Readonly<Record<string, string>> {
  return { Service: config.service, Stage: config.stage, path: '/' };
}

/** Metrics an alarm refers to, for the emitter contract: each must be declared, each input must exist. */
export function metricsOf(alarm: ResolvedAlarm): readonly (typeof metrics)[MetricKey][] {
  return Object.values(alarm.inputs).map((input) => metrics[input.metric]);
}
