/**
 * EC2's own check of the application. The paths are ours (customer-managed): with AWS's own the group that the requests
 * come from is known only afterwards, and no rule of this template could let them in.
 */
import { CfnOutput, Fn } from 'aws-cdk-lib';
import { CfnApplicationStatusCheck, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { scopeName } from '../../../catalog/names';
import { readyPathOf } from '../../../catalog/workload';
import type { Config } from '../../../config/config';
import { hostTagKey } from '../resource-names';
import type { HostNetwork } from './host-network';

/** The only one that AWS takes. */
const intervalSeconds = 60;

/** Longer than any check of the service may take. */
const timeoutSeconds = 6;

/** Two minutes: a restart that was asked for is over in one. */
const failureThreshold = 2;

/** The service says that it is ready only when it is. */
const successThreshold = 2;

/** The most that AWS takes: a first boot needs about four minutes. */
const graceSeconds = 600;

export interface ApplicationStatusCheckProps {
  readonly config: Config;
  readonly network: HostNetwork;
}

export class ApplicationStatusCheck extends Construct {
  constructor(scope: Construct, id: string, { config, network }: ApplicationStatusCheckProps) {
    super(scope, id);
    const { port, counts } = config.host.applicationStatusCheck;
    const group = new SecurityGroup(this, 'Group', {
      vpc: network.vpc,
      description: `EC2 status check of ${scopeName(config)}: out to the health port of the host only`,
      allowAllOutbound: false,
    });
    group.addEgressRule(network.securityGroup, Port.tcp(port), 'health');
    network.securityGroup.addIngressRule(group, Port.tcp(port), 'health, from the EC2 status check');
    // The host stands in the first of its subnets; each path is one network interface, paid by the hour.
    const { subnetId = '' } = network.subnets[0] ?? {};
    const check = new CfnApplicationStatusCheck(this, 'Check', {
      protocol: 'http',
      port,
      path: readyPathOf(config),
      statusCodeMatcher: '200',
      interval: intervalSeconds,
      timeout: timeoutSeconds,
      failureThreshold,
      successThreshold,
      initializationGracePeriodSeconds: graceSeconds,
      aggregation: counts ? 'included' : 'excluded',
      ipVersion: 'ipv4',
      ipScope: 'private',
      healthCheckPaths: [
        {
          source: { subnetId, securityGroupId: group.securityGroupId },
          destinations: [{ subnetId, securityGroupId: network.securityGroup.securityGroupId }],
        },
      ],
    });
    new CfnOutput(this, 'Associate', {
      description:
        'Once, after the first deployment: tells EC2 which hosts to ask. By tag, so that it outlives a replaced host',
      value: Fn.join('', [
        'aws ec2 associate-application-status-check --application-status-check-id ',
        check.attrApplicationStatusCheckId,
        ` --target-tag-associations Key=${hostTagKey},Value=${scopeName(config)}`,
      ]),
    });
  }
}
