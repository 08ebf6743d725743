/** The EC2 instance: Amazon Linux 2023, private, reached through Session Manager only, healthy before it is called created. */
import { ArnFormat, Duration, Stack, Tags } from 'aws-cdk-lib';
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  HttpTokens,
  Instance,
  InstanceType,
  MachineImage,
} from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { logGroups } from '../../../catalog/host';
import { namespaces } from '../../../catalog/metrics';
import { scopeName } from '../../../catalog/names';
import { tracesTarget } from '../../../catalog/traces';
import type { Config } from '../../../config/config';
import { acknowledge } from '../acknowledge';
import { hostParameterPath, hostTagKey } from '../resource-names';
import { hostBootstrap } from './host-bootstrap';
import type { HostConfiguration } from './host-configuration';
import type { HostNetwork } from './host-network';
import { grantPull } from './image-pull';
import { pullSeconds } from './workload-unit';

export interface InferenceHostProps {
  readonly config: Config;
  readonly network: HostNetwork;
  readonly configuration: HostConfiguration;
  readonly assetDirectory: string;
}

/** Packages, the service and its first answer take about four minutes; three times that before giving up. */
const bootMinutes = 12;

/** What the unit gives an image to come. */
const pullMinutes = Math.ceil(pullSeconds / 60);

export class InferenceHost extends Construct {
  readonly instance: Instance;

  constructor(
    scope: Construct,
    id: string,
    { config, network, configuration, assetDirectory }: InferenceHostProps,
  ) {
    super(scope, id);
    const role = this.role(config);
    this.instance = new Instance(this, 'Instance', {
      vpc: network.vpc,
      vpcSubnets: { subnets: [...network.subnets] },
      securityGroup: network.securityGroup,
      role,
      instanceType: new InstanceType(config.host.instanceType),
      // Read by CloudFormation at deployment: no look-up, and the library's own helper is tied to an older kernel.
      machineImage: MachineImage.fromSsmParameter(imageParameter(config.host.architecture)),
      httpTokens: HttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      detailedMonitoring: true,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: BlockDeviceVolume.ebs(config.host.volumeGiB, {
            encrypted: true,
            volumeType: EbsDeviceVolumeType.GP3,
          }),
        },
      ],
      propagateTagsToVolumeOnCreation: true,
      init: hostBootstrap(this, config, assetDirectory),
      initOptions: {
        timeout: Duration.minutes(bootMinutes + (config.workload.kind === 'container' ? pullMinutes : 0)),
      },
    });
    Tags.of(this.instance).add(hostTagKey, scopeName(config));
    Tags.of(this.instance).add('Name', `${scopeName(config)}-host`);
    this.instance.node.addDependency(configuration, ...network.ready);

    acknowledge(this.instance, {
      EC29: 'Termination protection would stop CloudFormation from replacing the host, which is how it is updated.',
    });
  }

  private role(config: Config): Role {
    const stack = Stack.of(this);
    const groups = logGroups(scopeName(config));
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      description: `Inference host ${scopeName(config)}`,
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore')],
    });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'WriteHostMetrics',
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': namespaces.host } },
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        sid: 'ShipLogs',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [groups.service, groups.metrics].map((name) =>
          stack.formatArn({
            service: 'logs',
            resource: 'log-group',
            resourceName: `${name}:*`,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ),
      }),
    );
    if (tracesTarget(config) === 'agent') {
      role.addToPolicy(
        new PolicyStatement({
          sid: 'SendTraces',
          actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
          resources: ['*'],
        }),
      );
    }
    if (config.traces !== 'off' && config.traces.headersParameter !== undefined) {
      role.addToPolicy(
        new PolicyStatement({
          sid: 'ReadTracesHeaders',
          actions: ['ssm:GetParameter'],
          resources: [
            stack.formatArn({
              service: 'ssm',
              resource: 'parameter',
              resourceName: config.traces.headersParameter.slice(1),
            }),
          ],
        }),
      );
    }
    role.addToPolicy(
      new PolicyStatement({
        sid: 'ReadOwnConfiguration',
        actions: ['ssm:GetParameter'],
        resources: [
          stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: `${parameters(config)}/*` }),
        ],
      }),
    );

    grantPull(role, config);

    acknowledge(role, {
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedInstanceCore]':
        'AWS maintains what its own agent needs; a copy would fall behind it.',
    });
    const assets =
      'Rendered by the CDK for the assets of the first boot: read access to its own staging bucket.';
    const bucket = 'arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>';
    acknowledge(role, {
      'IAM5[Action::s3:GetObject*]': assets,
      'IAM5[Action::s3:GetBucket*]': assets,
      'IAM5[Action::s3:List*]': assets,
      [`IAM5[Resource::${bucket}/*]`]: assets,
      'IAM5[Resource::*]':
        'PutMetricData has no resource types and is bound to one namespace by a condition; sending traces and the password of a private registry have none either.',
      [`IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/${parameters(config)}/*]`]:
        'Each revision of the configuration has parameters of its own below this one path.',
      ...Object.fromEntries(
        [groups.service, groups.metrics].map((name) => [
          `IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:${name}:*]`,
          'The tail stands for the log streams of this one group.',
        ]),
      ),
    });
    return role;
  }
}

/** The path of the host's parameters as an ARN has it, without the slash that begins it. */
const parameters = (config: Config): string => hostParameterPath(config).slice(1);

/** Amazon Linux 2023, standard image (the minimal one lacks the Systems Manager agent), AWS's default kernel. */
function imageParameter(architecture: 'x86_64' | 'arm64'): string {
  return `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`;
}
