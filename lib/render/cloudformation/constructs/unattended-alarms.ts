/** The net below the remediation: an alarm that fires while the remediation is broken goes to people by itself. */
import { CfnCompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Severity } from '../../../catalog/alarms';
import { scopeName } from '../../../catalog/names';
import { resolveAlarms } from '../../../catalog/resolve';
import type { Config } from '../../../config/config';
import { topicArnOf } from './catalog-alarms';

/**
 * One composite a severity: any alarm that the remediation should handle, while any alarm about the remediation is on.
 * CloudWatch refuses a composite whose children do not exist, so it stands in the stack that is deployed last.
 */
export class UnattendedAlarms extends Construct {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const alarms = resolveAlarms(config);
    const anyOf = (names: readonly string[]) => names.map((name) => `ALARM("${name}")`).join(' OR ');
    const broken = anyOf(alarms.filter(({ route }) => route === 'direct').map(({ name }) => name));
    for (const severity of ['page', 'ticket'] as const satisfies readonly Severity[]) {
      const attended = alarms.filter((alarm) => alarm.route === 'remediation' && alarm.severity === severity);
      const topicArn = topicArnOf(this, config, severity);
      new CfnCompositeAlarm(this, severity, {
        alarmName: `${scopeName(config)}-unattended-${severity}`,
        alarmDescription:
          'An alarm is on and the remediation that should handle it is broken: nobody else will tell you. ' +
          `The reason names the alarm. Runbooks: ${config.notifications.runbookBaseUrl}`,
        alarmRule: `(${anyOf(attended.map(({ name }) => name))}) AND (${broken})`,
        alarmActions: [topicArn],
      });
    }
  }
}
