/** Runs the host's configuration document whenever its revision changes, and on each host that is new. */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnAssociation } from 'aws-cdk-lib/aws-ssm';
import { Construct, type IDependable } from 'constructs';
import { scopeName } from '../../../catalog/names';
import type { Config } from '../../../config/config';
import { acknowledge } from '../acknowledge';
import { documentName, hostTagKey } from '../resource-names';
import type { HostConfiguration } from './host-configuration';

/**
 * Without a schedule: it runs when it is made, when its parameters change, and when a host comes online for the first
 * time or after a missed run. What someone changes by hand on a host stays until then.
 */
export class ConfigurationAssociation extends Construct {
  /** @param host that there is somebody to apply it to, on a first deployment */
  constructor(
    scope: Construct,
    id: string,
    config: Config,
    configuration: HostConfiguration,
    host: IDependable,
  ) {
    super(scope, id);
    const role = this.role(config);
    const association = new CfnAssociation(this, 'Association', {
      associationName: documentName(config, 'apply-configuration'),
      name: configuration.document.ref,
      targets: [{ key: `tag:${hostTagKey}`, values: [scopeName(config)] }],
      // A new revision makes it another association, and only that makes it run.
      parameters: { Revision: [configuration.files.revision] },
      associationDispatchAssumeRole: role.roleArn,
    });
    // The role with its policy, and not only its name: the first run comes at once, and a refused one is not tried again.
    // The role itself waits for nobody, so that it is known everywhere in AWS by the time the host is up.
    association.node.addDependency(configuration, role, host);
  }

  /** AWS is phasing out its own fallback: whoever associates names the role that may send the command. */
  private role(config: Config): Role {
    const stack = Stack.of(this);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ssm.amazonaws.com'),
      description: `Applies the configuration of ${scopeName(config)}`,
    });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'SendToTheHosts',
        actions: ['ssm:SendCommand'],
        resources: [stack.formatArn({ service: 'ec2', resource: 'instance', resourceName: '*' })],
        conditions: { StringEquals: { [`ssm:resourceTag/${hostTagKey}`]: scopeName(config) } },
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        sid: 'OneDocument',
        actions: ['ssm:SendCommand'],
        resources: [
          stack.formatArn({
            service: 'ssm',
            resource: 'document',
            resourceName: documentName(config, 'apply-configuration'),
            arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
          }),
        ],
      }),
    );
    acknowledge(role, {
      'IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/*]':
        'A command is aimed at a tag, and a condition binds this to the hosts that carry it.',
    });
    return role;
  }
}
