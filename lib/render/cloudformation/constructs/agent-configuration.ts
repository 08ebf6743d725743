/** The CloudWatch agent's configuration as a Systems Manager parameter. */
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { Config } from '../../../config/config';
import { agentParameterName } from '../resource-names';

export class AgentConfiguration extends Construct {
  readonly parameter: StringParameter;

  /** @param agentConfig the rendered JSON; minified here, because a standard parameter ends at 4 KB */
  constructor(scope: Construct, id: string, config: Config, agentConfig: Readonly<Record<string, unknown>>) {
    super(scope, id);
    this.parameter = new StringParameter(this, 'Parameter', {
      parameterName: agentParameterName(config),
      description: `CloudWatch agent configuration of ${config.service} ${config.stage}`,
      stringValue: JSON.stringify(agentConfig),
      tier: ParameterTier.STANDARD,
    });
  }
}
