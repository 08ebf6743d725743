import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  resourcesOf,
  type StackRole,
  synthesised,
  type Template,
  templateOf,
  type Variant,
} from './template';

type Inventory = Readonly<Record<string, number>>;

const observation: Inventory = {
  'AWS::CloudWatch::Alarm': 10,
  'AWS::CloudWatch::Dashboard': 1,
  'AWS::KMS::Alias': 1,
  'AWS::KMS::Key': 1,
  'AWS::Logs::LogGroup': 3,
  'AWS::SNS::Subscription': 2,
  'AWS::SNS::Topic': 3,
  'AWS::SNS::TopicPolicy': 3,
  'AWS::XRay::Group': 1,
};

const remediation: Inventory = {
  'AWS::CloudWatch::Alarm': 3,
  'AWS::DynamoDB::Table': 1,
  'AWS::Events::Rule': 3,
  'AWS::IAM::Policy': 1,
  'AWS::IAM::Role': 1,
  'AWS::Lambda::EventInvokeConfig': 1,
  'AWS::Lambda::Function': 1,
  'AWS::Lambda::Permission': 4,
  'AWS::SNS::Subscription': 1,
  'AWS::SQS::Queue': 1,
  'AWS::SQS::QueuePolicy': 1,
};

/** The host in any network. */
const host: Inventory = {
  'AWS::CloudWatch::Alarm': 1,
  'AWS::CloudWatch::CompositeAlarm': 11,
  'AWS::EC2::Instance': 1,
  'AWS::EC2::SecurityGroup': 1,
  'AWS::IAM::InstanceProfile': 1,
  // Of the host itself, and of whoever applies its configuration.
  'AWS::IAM::Policy': 2,
  'AWS::IAM::Role': 2,
  'AWS::SSM::Association': 1,
  'AWS::S3::Bucket': 1,
  'AWS::S3::BucketPolicy': 1,
  'AWS::SSM::Document': 7,
  'AWS::SSM::Parameter': 7,
};

/** What a network of our own adds in any case: the network and the log of its traffic. */
const network: Inventory = {
  'AWS::EC2::FlowLog': 1,
  'AWS::EC2::VPC': 1,
  'AWS::IAM::Policy': 1,
  'AWS::IAM::Role': 1,
  'AWS::Logs::LogGroup': 1,
};

const nat: Inventory = {
  'AWS::EC2::EIP': 1,
  'AWS::EC2::InternetGateway': 1,
  'AWS::EC2::NatGateway': 1,
  'AWS::EC2::Route': 4,
  'AWS::EC2::RouteTable': 4,
  'AWS::EC2::Subnet': 4,
  'AWS::EC2::SubnetRouteTableAssociation': 4,
  'AWS::EC2::VPCGatewayAttachment': 1,
};

const endpoints: Inventory = {
  'AWS::EC2::RouteTable': 2,
  'AWS::EC2::SecurityGroup': 1,
  'AWS::EC2::SecurityGroupIngress': 1,
  'AWS::EC2::Subnet': 2,
  'AWS::EC2::SubnetRouteTableAssociation': 2,
  'AWS::EC2::VPCEndpoint': 8,
};

/** Balancer and status check, each with a group of its own; the rules between groups stand alone. */
const entrance: Inventory = {
  'AWS::EC2::ApplicationStatusCheck': 1,
  'AWS::EC2::SecurityGroup': 2,
  'AWS::EC2::SecurityGroupEgress': 2,
  'AWS::EC2::SecurityGroupIngress': 2,
  'AWS::ElasticLoadBalancingV2::Listener': 1,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 1,
  'AWS::ElasticLoadBalancingV2::TargetGroup': 1,
};

const withoutEvents: Inventory = { 'AWS::SNS::Topic': -1, 'AWS::SNS::TopicPolicy': -1 };
const withoutComposites: Inventory = { 'AWS::CloudWatch::CompositeAlarm': -11 };

const expected: Readonly<Record<Variant, Readonly<Partial<Record<StackRole, Inventory>>>>> = {
  nat: { observation, remediation, host: sum(host, network, nat) },
  endpoints: { observation, remediation, host: sum(host, network, endpoints) },
  existing: { observation, remediation, host },
  off: {
    observation: sum(observation, withoutEvents),
    // Truly empty, or a deployment would not delete what was there.
    remediation: {},
    host: sum(host, network, nat, withoutComposites),
  },
  balanced: { observation, remediation, host: sum(host, network, nat, entrance) },
  arm64: { observation, remediation, host: sum(host, network, nat) },
};

function sum(...parts: readonly Inventory[]): Inventory {
  const total: Record<string, number> = {};
  for (const part of parts) {
    for (const [type, count] of Object.entries(part)) total[type] = (total[type] ?? 0) + count;
  }
  return Object.fromEntries(Object.entries(total).filter(([, count]) => count !== 0));
}

function inventoryOf(template: Template): Inventory {
  return sum(...resourcesOf(template).map(({ Type }) => ({ [Type]: 1 })));
}

describe('what a deployment makes', () => {
  for (const [variant, stacks] of Object.entries(expected) as [Variant, (typeof expected)[Variant]][]) {
    it(`is exactly this many of these, ${variant}`, () => {
      const stage = synthesised(variant);
      assert.deepEqual(Object.keys(stage.templates).sort(), Object.keys(stacks).sort());
      for (const role of Object.keys(stacks) as StackRole[]) {
        assert.deepEqual(inventoryOf(templateOf(stage, role)), stacks[role], role);
      }
    });
  }

  it('traps 6 and 7: an application status check only where it is asked for, and no association that is no resource', () => {
    for (const variant of Object.keys(expected) as Variant[]) {
      const checks = resourcesOf(synthesised(variant)).filter(({ Type }) =>
        /ApplicationStatusCheck/.test(Type),
      );
      const allowed = variant === 'balanced' ? ['AWS::EC2::ApplicationStatusCheck'] : [];
      assert.deepEqual(
        checks.map(({ Type }) => Type),
        allowed,
        variant,
      );
    }
  });

  it('has no function but ours: no custom resource hides one', () => {
    for (const { Type } of resourcesOf(synthesised('nat')))
      assert.doesNotMatch(Type, /^Custom::|CustomResource/);
  });
});
