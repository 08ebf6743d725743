import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { logGroups } from '../../../../lib/catalog/host';
import { scopeName } from '../../../../lib/catalog/names';
import {
  allowedBy,
  plain,
  resourcesOf,
  statementsOf,
  synthesised,
  templateOf,
  templatesOf,
  variantNames,
} from './template';

/** Names that a region or an account has only once: they must say whose they are. */
const named: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::CompositeAlarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SSM::Document': 'Name',
  'AWS::SSM::Parameter': 'Name',
};

for (const variant of variantNames) {
  describe(`the assembly, ${variant}`, () => {
    const stage = synthesised(variant);
    const text = JSON.stringify(stage.templates);
    const scope = scopeName(stage.config);

    it('trap 9: passes nothing between stacks that could lock the next update', () => {
      assert.doesNotMatch(text, /Fn::ImportValue|Fn::GetStackOutput/);
      // What is told to people has a description, which the library never gives to what it passes on.
      for (const { Outputs = {} } of templatesOf(stage)) {
        for (const [id, output] of Object.entries(Outputs)) {
          assert.deepEqual(Object.keys(output as object).sort(), ['Description', 'Value'], id);
        }
      }
    });

    it('trap 9: lets no other stack know the id of the host', () => {
      const instance = resourcesOf(templateOf(stage, 'host'), 'AWS::EC2::Instance')[0];
      for (const role of ['observation', 'remediation'] as const) {
        const other = JSON.stringify(stage.templates[role] ?? {});
        assert.ok(!other.includes(`${instance?.id}`), role);
        assert.doesNotMatch(other, /InstanceId/, role);
      }
    });

    it('needed no look-up, and holds no value in place of one', () => {
      const { missing, artifacts } = JSON.parse(stage.manifest) as { missing?: unknown[]; artifacts: object };
      assert.deepEqual(missing ?? [], []);
      assert.ok(Object.keys(artifacts).length >= 2);
      assert.doesNotMatch(`${text}${stage.manifest}`, /dummy/i);
    });

    it('holds no partition, account or region that only the deployment knows', () => {
      assert.doesNotMatch(text, /arn:aws:/);
      if (stage.config.env === undefined) assert.doesNotMatch(text, /\b(us|eu|ap)-[a-z]+-\d\b(?!a|b)/);
    });

    it('gives every name that must be unique the service and the stage', () => {
      for (const { Type, Properties, id } of resourcesOf(stage)) {
        const name = Properties[named[Type] ?? ''];
        if (name !== undefined) assert.ok(plain(name).includes(scope), `${id}: ${plain(name)}`);
      }
    });

    it('names nothing that can be replaced, for its successor could not have the same name', () => {
      for (const type of [
        'AWS::EC2::SecurityGroup',
        'AWS::IAM::Role',
        'AWS::IAM::InstanceProfile',
        'AWS::SQS::Queue',
      ]) {
        for (const { id, Properties } of resourcesOf(stage, type)) {
          for (const name of ['GroupName', 'RoleName', 'InstanceProfileName', 'QueueName']) {
            assert.equal(Properties[name], undefined, `${id} ${name}`);
          }
        }
      }
    });

    it('encrypts every log group that holds what people sent, and keeps each as long as was asked for', () => {
      const groups = resourcesOf(stage, 'AWS::Logs::LogGroup');
      for (const { id, Properties, DeletionPolicy } of groups) {
        assert.equal(Properties.RetentionInDays, stage.config.logRetentionDays, id);
        assert.equal(DeletionPolicy, 'Delete', id);
        // The log of the network's traffic holds addresses and ports; the key stands in a stack that it cannot refer to.
        if (Properties.LogGroupName !== undefined)
          assert.match(plain(Properties.KmsKeyId), /^<NotificationsKey/, id);
        assert.notEqual(Properties.LogGroupClass, 'INFREQUENT_ACCESS', id);
      }
      assert.deepEqual(
        groups.flatMap(({ Properties }) =>
          Properties.LogGroupName === undefined ? [] : [Properties.LogGroupName],
        ),
        Object.values(logGroups(scope)),
      );
    });

    it('allows no statement all actions, or all actions of a service', () => {
      for (const { Action, Effect, policy } of allowedBy(stage)) {
        assert.equal(Effect, 'Allow');
        for (const action of Action) assert.doesNotMatch(action, /^\*$|:\*$/, policy);
      }
    });

    it('trusts in each role one service and nobody else', () => {
      for (const { id, Properties } of resourcesOf(stage, 'AWS::IAM::Role')) {
        const trust = statementsOf(Properties.AssumeRolePolicyDocument);
        assert.equal(trust.length, 1, id);
        assert.match(plain(trust[0]?.Principal), /^(ec2|lambda|ssm|vpc-flow-logs)\.amazonaws\.com$/, id);
      }
    });

    it('has resource policies that name a service or refuse', () => {
      for (const type of ['AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy']) {
        for (const { id, Properties } of resourcesOf(stage, type)) {
          for (const { Effect, Principal, Condition } of statementsOf(Properties.PolicyDocument)) {
            if (Effect === 'Deny') continue;
            assert.match(plain(Principal), /^[a-z]+\.amazonaws\.com$/, id);
            assert.ok(Condition, id);
          }
        }
      }
    });

    it('tags with service and stage whatever can be told apart by tags', () => {
      const tagged = resourcesOf(stage).filter(({ Properties }) => Properties?.Tags !== undefined);
      assert.ok(tagged.length > 10);
      for (const { id, Properties } of tagged) {
        const tags = Array.isArray(Properties.Tags)
          ? Object.fromEntries(
              (Properties.Tags as { Key: string; Value: string }[]).map((tag) => [tag.Key, tag.Value]),
            )
          : (Properties.Tags as Record<string, string>);
        assert.deepEqual([tags['vigia:service'], tags['vigia:stage']], ['fraud', 'dev'], id);
      }
    });
  });
}
