/** What the rehearsal honours and what it knowingly ignores, in one place; anything else in an assembly is refused by name. */
import { cloudWatchCapabilities } from './cloudwatch/honoured';
import { assumptions, defaultSettings } from './cloudwatch/settings';
import { honoured as dynamodb, simplifications as dynamodbSimplifications } from './dynamodb/honoured';
import { operationsServed } from './endpoint/served';
import {
  honoured as eventbridge,
  simplifications as eventbridgeSimplifications,
} from './eventbridge/honoured';
import type { Honoured } from './honoured';
import { honouredSections } from './host/agent';
import { systemctlVerbs } from './host/control';
import { stillUnits } from './host/host';
import { standIns } from './host/stand-ins';
import { honouredKeys, ignoredKeys } from './host/unit-file';
import { honoured as kms } from './kms/honoured';
import { honoured as lambda, simplifications as lambdaSimplifications } from './lambda/honoured';
import { honoured as logs } from './logs/honoured';
import { NotRehearsable } from './not-rehearsable';
import type { Resource } from './resources';
import { honoured as s3, simplifications as s3Simplifications } from './s3/honoured';
import { honoured as sns, simplifications as snsSimplifications } from './sns/honoured';
import { honoured as sqs } from './sqs/honoured';

const network = 'the host listens on this machine only';
const identity =
  'identity policies are not enforced; resource policies of topics, keys, queues and functions are';

/** Types from which nothing is built, each with the reason why the loop is the same without them. */
export const ignoredTypes: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'counts library versions for AWS',
  'AWS::CloudWatch::Dashboard': 'shown by the endpoint as text; nothing depends on it',
  'AWS::IAM::InstanceProfile': identity,
  'AWS::IAM::Policy': identity,
  'AWS::IAM::Role': identity,
  'AWS::SSM::Association':
    'the first boot has applied the same revision; nothing is deployed during a rehearsal',
  'AWS::XRay::Group': 'a saved search; nothing depends on it',
  ...Object.fromEntries(
    [
      'ApplicationStatusCheck EIP FlowLog InternetGateway NatGateway Route RouteTable SecurityGroup SecurityGroupEgress',
      'SecurityGroupIngress Subnet SubnetRouteTableAssociation VPC VPCEndpoint VPCGatewayAttachment',
    ]
      .join(' ')
      .split(' ')
      .map((type) => [`AWS::EC2::${type}`, network]),
  ),
  ...Object.fromEntries(
    ['LoadBalancer', 'Listener', 'TargetGroup'].map((type) => [
      `AWS::ElasticLoadBalancingV2::${type}`,
      network,
    ]),
  ),
};

const host: Honoured = {
  'AWS::EC2::Instance': {
    honoured: ['BlockDeviceMappings', 'InstanceType', 'Tags'],
    ignored: {
      AvailabilityZone: network,
      IamInstanceProfile: identity,
      ImageId: "this machine's operating system stands in; the unit and the shell are the template's",
      MetadataOptions: 'there is no metadata service in the sandbox',
      Monitoring: 'status checks are published every minute in any case',
      PropagateTagsToVolumeOnCreation: 'tags on volumes change nothing',
      SecurityGroupIds: network,
      SubnetId: network,
      UserData: 'calls cfn-init; its instructions are read from the metadata instead',
    },
  },
  'AWS::SSM::Document': {
    honoured: ['Content', 'DocumentFormat', 'DocumentType', 'Name'],
    ignored: {
      Tags: 'nothing selects by tag',
      TargetType: 'limits the console only',
      UpdateMethod: 'nothing is updated in a rehearsal',
    },
  },
  'AWS::SSM::Parameter': {
    honoured: ['Name', 'Type', 'Value'],
    ignored: { Description: 'text', Tags: 'nothing selects by tag', Tier: 'a quota' },
  },
};

const cloudwatch: Honoured = Object.fromEntries(
  Object.entries(cloudWatchCapabilities).map(([type, { honoured, ignored }]) => [
    type,
    { honoured, ignored },
  ]),
);

export const honouredTypes: Honoured = {
  ...cloudwatch,
  ...dynamodb,
  ...eventbridge,
  ...host,
  ...kms,
  ...lambda,
  ...logs,
  ...s3,
  ...sns,
  ...sqs,
};

/** @throws NotRehearsable naming every resource and property that would behave differently here */
export function checkCapabilities(resources: readonly Resource[]): void {
  const refused = resources.flatMap((resource) => {
    const where = `${resource.stack}/${resource.logicalId} (${resource.type})`;
    if (resource.type in ignoredTypes) return [];
    const known = honouredTypes[resource.type];
    if (known === undefined) return [where];
    const properties = Object.keys(resource.properties)
      .filter((property) => !known.honoured.includes(property) && !(property in known.ignored))
      .map((property) => `${where}.${property}`);
    return [...properties, ...otherActions(resource).map((target) => `${where} action ${target}`)];
  });
  if (refused.length === 0) return;
  throw new NotRehearsable(
    refused.join(', '),
    'cannot be honoured locally',
    'take it out of the assembly to rehearse the rest; npx vigia rehearse --capabilities lists what is honoured',
  );
}

/** Targets of an alarm that are neither topic nor function: nothing else is notified here. */
function otherActions({ type, properties }: Resource): string[] {
  if (!type.startsWith('AWS::CloudWatch::')) return [];
  return ['AlarmActions', 'OKActions', 'InsufficientDataActions']
    .flatMap((name) => (properties[name] ?? []) as string[])
    .filter((target) => !/^arn:[^:]*:(sns|lambda):/.test(target));
}

/** The whole list, as data. */
export function capabilities(): unknown {
  return {
    resources: Object.fromEntries(Object.entries(honouredTypes).sort(([a], [b]) => a.localeCompare(b))),
    ignoredResources: ignoredTypes,
    unitFile: { honoured: honouredKeys, ignored: ignoredKeys },
    agentConfiguration: honouredSections,
    systemctl: systemctlVerbs,
    firstBoot: {
      standIns: Object.fromEntries(Object.entries(standIns).map(([name, { does }]) => [name, does])),
      standStill: stillUnits.map(({ name, because }) => ({ units: name.source, because })),
    },
    operations: operationsServed(),
    assumptions: assumptions(defaultSettings),
    simplifications,
  };
}

/** Differences from AWS that no property shows. */
export const simplifications: readonly string[] = [
  'spans are taken over HTTP, at a free port in place of 4318, and become X-Ray segments at once; the agent takes gRPC too and sends in batches',
  'no spans are sent to a backend other than the agent: the service then runs without traces',
  'log lines become metrics at once; on AWS that takes seconds',
  'an alarm is evaluated exactly on each multiple of its cadence; AWS publishes no second',
  'memory and disk are those of the service in the sandbox against the size in the template; processor, disk traffic and connections are those of this machine',
  'the first boot runs its scripts below the sandbox; the programs named under firstBoot stand in for those of the host',
  "commands of the first boot outside the host's own scripts that act on absolute paths are left to the real host",
  ...snsSimplifications,
  ...lambdaSimplifications,
  ...eventbridgeSimplifications,
  ...dynamodbSimplifications,
  ...s3Simplifications,
  'absolute host paths in documents are mapped into the sandbox; chown, the package manager and S3 transfers are stand-ins',
];
