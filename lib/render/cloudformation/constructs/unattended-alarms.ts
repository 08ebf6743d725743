/** The net below the remediation: an alarm that fires while the remediation is broken goes to people by itself. */
import { CfnCompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { scopeName } from '../../../catalog/names';
import { isBreakdown, resolveAlarms } from '../../../catalog/resolve';
import type { Config } from '../../../config/config';
import { topicArnOf } from './catalog-alarms';

/**
 * One composite an attended alarm, so that its name says which: that alarm is on while the function fails or is silent.
 * CloudWatch refuses a composite whose children do not exist, so they stand in the stack that is deployed last.
 */
export class UnattendedAlarms extends Construct {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const alarms = resolveAlarms(config);
    const broken = alarms.filter(isBreakdown).map(({ name }) => `ALARM("${name}")`);
    for (const alarm of alarms.filter(({ route }) => route === 'remediation')) {
      new CfnCompositeAlarm(this, alarm.key, {
        alarmName: `${scopeName(config)}-unattended-${alarm.key}`,
        alarmDescription:
          `${alarm.summary} The remediation that should handle it is broken: nobody else will tell you. ` +
          `Runbook: ${alarm.runbook}`,
        alarmRule: `ALARM("${alarm.name}") AND (${broken.join(' OR ')})`,
        alarmActions: [topicArnOf(this, config, alarm.severity)],
      });
    }
  }
}
