/** What sees and tells: topics, log groups, alarms, dashboard. Deployed first; knows neither host nor function. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { tracesTarget } from '../../../catalog/traces';
import type { Config } from '../../../config/config';
import { CatalogAlarms } from '../constructs/catalog-alarms';
import { NotificationTopics } from '../constructs/notification-topics';
import { OnCallDashboard } from '../constructs/on-call-dashboard';
import { TelemetryLogGroups } from '../constructs/telemetry-log-groups';
import { TraceGroup } from '../constructs/trace-group';

export interface VigiaStackProps extends StackProps {
  readonly config: Config;
}

export class ObservationStack extends Stack {
  constructor(scope: Construct, id: string, props: VigiaStackProps) {
    super(scope, id, props);
    const notifications = new NotificationTopics(this, 'Notifications', props.config);
    const logGroups = new TelemetryLogGroups(this, 'Logs', props.config, notifications.key);
    const alarms = new CatalogAlarms(this, 'Alarms', { config: props.config, owner: 'observation' });
    alarms.node.addDependency(notifications, logGroups);
    new OnCallDashboard(this, 'OnCall', props.config);
    if (tracesTarget(props.config) === 'agent') new TraceGroup(this, 'Traces', props.config);
  }
}
