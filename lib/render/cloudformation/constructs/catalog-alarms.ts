/** Catalog alarms as CloudWatch alarms: one resource an alarm, every property from the catalog. */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { metrics } from '../../../catalog/metrics';
import { fixedDimensions, type ResolvedAlarm, resolveAlarms } from '../../../catalog/resolve';
import type { Config } from '../../../config/config';
import { type Audience, isRemediated, topicName } from '../resource-names';

export interface CatalogAlarmsProps {
  readonly config: Config;
  readonly owner: ResolvedAlarm['owner'];
  /** Values of dimensions that name a resource of this stack (InstanceId, FunctionName, QueueName). */
  readonly dimensions?: Readonly<Record<string, string>>;
}

export class CatalogAlarms extends Construct {
  constructor(scope: Construct, id: string, props: CatalogAlarmsProps) {
    super(scope, id);
    const dimensions = { ...fixedDimensions(props.config), ...props.dimensions };
    for (const alarm of resolveAlarms(props.config).filter(({ owner }) => owner === props.owner)) {
      const resource = new CfnAlarm(this, alarm.key, {
        alarmName: alarm.name,
        alarmDescription: alarm.description,
        ...signalProps(alarm, dimensions),
        comparisonOperator: alarm.comparison,
        threshold: alarm.threshold,
        evaluationPeriods: alarm.datapoints.outOf,
        datapointsToAlarm: alarm.datapoints.toAlarm,
        treatMissingData: alarm.whenMissing.treat,
        ...(alarm.warmUpMinutes === undefined
          ? {}
          : { warmUpConfiguration: { warmUpPeriodDurationInMinutes: alarm.warmUpMinutes } }),
        ...actions(this, alarm, props.config),
      });
      // The property is of 2026, and cfn-lint before 1.58 does not know it yet.
      if (alarm.warmUpMinutes !== undefined) {
        resource.addMetadata('cfn-lint', { config: { ignore_checks: ['E3002'] } });
      }
    }
  }
}

/**
 * Who hears of a change: the remediation, which then writes to people; or people, when it is off or is itself the subject.
 * An alarm about the remediation tells of ALARM only: a new alarm's first OK would mail everybody at each deployment.
 */
function actions(
  scope: Construct,
  alarm: ResolvedAlarm,
  config: Config,
): { alarmActions: string[]; okActions: string[] } {
  const isAttended = alarm.route === 'remediation';
  const audience: Audience = isAttended && isRemediated(config) ? 'events' : alarm.severity;
  const topicArn = topicArnOf(scope, config, audience);
  return { alarmActions: [topicArn], okActions: isAttended ? [topicArn] : [] };
}

/** A topic of the observation stack, by its name: the same text on both sides instead of an export. */
export function topicArnOf(scope: Construct, config: Config, audience: Audience): string {
  return Stack.of(scope).formatArn({
    service: 'sns',
    resource: topicName(config, audience),
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
}

function signalProps(alarm: ResolvedAlarm, values: Readonly<Record<string, string>>) {
  const inputs = Object.entries(alarm.inputs).map(([id, input]) => {
    const metric = metrics[input.metric];
    return { id, metric, statistic: input.statistic, dimensions: dimensionsOf(metric.dimensions, values) };
  });
  const single = inputs[0];
  if (alarm.expression === undefined && single !== undefined) {
    return {
      namespace: single.metric.namespace,
      metricName: single.metric.name,
      dimensions: single.dimensions,
      period: alarm.periodSeconds,
      ...(single.statistic.startsWith('p')
        ? { extendedStatistic: single.statistic }
        : { statistic: single.statistic }),
    };
  }
  return {
    metrics: [
      { id: 'value', expression: alarm.expression ?? '', label: labelOf(alarm), returnData: true },
      ...inputs.map(({ id, metric, statistic, dimensions }) => ({
        id,
        metricStat: {
          metric: { namespace: metric.namespace, metricName: metric.name, dimensions },
          period: alarm.periodSeconds,
          stat: statistic,
        },
        returnData: false,
      })),
    ],
  };
}

function labelOf(alarm: ResolvedAlarm): string {
  return alarm.signal.kind === 'math' ? alarm.signal.label : alarm.reading.noun;
}

/** A metric is its exact dimension set, so a missing value is a broken alarm and stops the synthesis. */
export function dimensionsOf(
  names: readonly string[],
  values: Readonly<Record<string, string>>,
): { name: string; value: string }[] {
  return names.map((name) => {
    const value = values[name];
    if (value === undefined)
      throw new Error(`dimension ${name}: no value in this stack; move the alarm to its owner`);
    return { name, value };
  });
}
