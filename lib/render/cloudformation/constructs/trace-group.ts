/** The saved search for this service's traces in X-Ray: the first place to go with nothing but "it was slow". */
import { Names } from 'aws-cdk-lib';
import { CfnGroup } from 'aws-cdk-lib/aws-xray';
import { Construct } from 'constructs';
import { scopeName } from '../../../catalog/names';
import type { Config } from '../../../config/config';

/** X-Ray's own limit. */
const longestName = 32;

export class TraceGroup extends Construct {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const name = scopeName(config);
    new CfnGroup(this, 'Group', {
      groupName:
        name.length <= longestName ? name : Names.uniqueResourceName(this, { maxLength: longestName }),
      // The service's name is the segment's; the stage is an annotation that each trace carries.
      filterExpression: `service("${config.service}") AND annotation.stage = "${config.stage}"`,
      // Insights are billed by the trace and say what the alarms say already.
      insightsConfiguration: { insightsEnabled: false, notificationsEnabled: false },
    });
  }
}
