import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Named,
  onlyOne,
  plain,
  resourcesOf,
  type Statement,
  statementsOf,
  synthesised,
  templateOf,
  variantNames,
} from './template';

const cloudwatch = 'cloudwatch.amazonaws.com';
const alarmTypes = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];

const isService = (statement: Statement, service: string): boolean =>
  (statement.Principal as { Service?: unknown } | undefined)?.Service === service;

/** The conditions that bind a grant to alarms of this account, as AWS documents them for CloudWatch. */
function expectAlarmsOfThisAccount(statement: Statement): void {
  const { StringEquals, ArnLike } = statement.Condition ?? {};
  assert.match(plain(StringEquals?.['aws:SourceAccount']), /^(<AWS::AccountId>|\d{12})$/);
  assert.match(plain(ArnLike?.['aws:SourceArn']), /^arn:.+:cloudwatch:.+:alarm:\*$/);
}

for (const variant of variantNames) {
  describe(`notifications, ${variant}`, () => {
    const stage = synthesised(variant);
    const observation = templateOf(stage, 'observation');
    const topics = resourcesOf(observation, 'AWS::SNS::Topic');
    const alarms = alarmTypes.flatMap((type) => resourcesOf(stage, type));

    const topicBehind = (arn: string): Named => {
      const topic = topics.find(({ Properties }) => arn.endsWith(`:${plain(Properties.TopicName)}`));
      return topic ?? assert.fail(`${arn} is no topic of this stage`);
    };
    const policyOf = (topic: Named): Statement[] => {
      const policies = resourcesOf(observation, 'AWS::SNS::TopicPolicy').filter(({ Properties }) =>
        (Properties.Topics as unknown[]).some((target) => plain(target) === `<${topic.id}>`),
      );
      assert.equal(policies.length, 1);
      return statementsOf(policies[0]?.Properties.PolicyDocument);
    };
    const keyOf = (topic: Named): Named => {
      const target = plain(topic.Properties.KmsMasterKeyId);
      const key = resourcesOf(observation, 'AWS::KMS::Key').find(({ id }) => target === `<${id}.Arn>`);
      return key ?? assert.fail(`${topic.id} is not encrypted with a key of this stack`);
    };
    const actionsOf = ({ Properties }: Named): string[] =>
      ['AlarmActions', 'OKActions', 'InsufficientDataActions'].flatMap((kind) =>
        ((Properties[kind] ?? []) as unknown[]).map(plain),
      );

    it('trap 1: every alarm tells a topic, and that topic lets CloudWatch in beside refusing plain HTTP', () => {
      assert.ok(alarms.length > 0);
      for (const alarm of alarms) {
        assert.ok(((alarm.Properties.AlarmActions ?? []) as unknown[]).length > 0, alarm.id);
        for (const action of actionsOf(alarm)) {
          const policy = policyOf(topicBehind(action));
          const grant = policy.find(
            (each) =>
              each.Effect === 'Allow' && isService(each, cloudwatch) && each.Action.includes('sns:Publish'),
          );
          assert.ok(grant, `${alarm.id}: CloudWatch may not publish to ${action}`);
          expectAlarmsOfThisAccount(grant);
          assert.ok(policy.some(({ Effect, Condition }) => Effect === 'Deny' && Condition !== undefined));
        }
      }
    });

    it('trap 2: the key behind every topic lets CloudWatch use it, under the same conditions', () => {
      for (const topic of topics) {
        const key = keyOf(topic);
        assert.equal(key.Properties.EnableKeyRotation, true);
        const grant = statementsOf(key.Properties.KeyPolicy).find((each) => isService(each, cloudwatch));
        assert.ok(grant, `${topic.id}: CloudWatch may not use its key`);
        assert.deepEqual([...grant.Action].sort(), ['kms:Decrypt', 'kms:GenerateDataKey*']);
        expectAlarmsOfThisAccount(grant);
      }
    });

    it('no rule of EventBridge publishes to a topic, for its key grant could carry no condition', () => {
      const targets = resourcesOf(stage, 'AWS::Events::Rule').flatMap(({ Properties }) =>
        (Properties.Targets as { Arn: unknown }[]).map(({ Arn }) => plain(Arn)),
      );
      for (const target of targets) assert.doesNotMatch(target, /:sns:|Notifications/);
      for (const key of resourcesOf(stage, 'AWS::KMS::Key')) {
        const statements = statementsOf(key.Properties.KeyPolicy);
        assert.ok(!statements.some((each) => isService(each, 'events.amazonaws.com')));
      }
    });

    it('people are subscribed by mail to the topics for people, and nobody to the events', () => {
      const mails = resourcesOf(observation, 'AWS::SNS::Subscription').map(({ Properties }) => {
        assert.equal(Properties.Protocol, 'email');
        const topic = topics.find(({ id }) => plain(Properties.TopicArn) === `<${id}>`);
        return [plain(topic?.Properties.TopicName), Properties.Endpoint];
      });
      assert.deepEqual(mails.sort(), [
        ['fraud-dev-page', 'oncall@example.com'],
        ['fraud-dev-ticket', 'team@example.com'],
      ]);
    });

    it('the key that log groups use lets the logs service in, for groups of this account', () => {
      const key = onlyOne(observation, 'AWS::KMS::Key');
      const grant = statementsOf(key.Properties.KeyPolicy).find(
        ({ Sid }) => Sid === 'LogGroupsOfThisAccount',
      );
      assert.match(plain(grant?.Principal), /^logs\.(<AWS::Region>|eu-west-1)\./);
      assert.match(JSON.stringify(grant?.Condition), /kms:EncryptionContext:aws:logs:arn/);
    });
  });
}

describe('dead letters', () => {
  const stage = synthesised('nat');
  const remediation = templateOf(stage, 'remediation');
  const queue = onlyOne(remediation, 'AWS::SQS::Queue');
  const arn = `<${queue.id}.Arn>`;

  it('are encrypted with a key that needs no grant: SNS and EventBridge could not use a customer key', () => {
    assert.equal(queue.Properties.SqsManagedSseEnabled, true);
    assert.equal(queue.Properties.KmsMasterKeyId, undefined);
  });

  it('take what SNS cannot hand over, what EventBridge cannot, and what the function fails on', () => {
    const subscription = onlyOne(remediation, 'AWS::SNS::Subscription');
    const redrive = subscription.Properties.RedrivePolicy as { deadLetterTargetArn: unknown };
    assert.equal(plain(redrive.deadLetterTargetArn), arn);

    const rules = resourcesOf(remediation, 'AWS::Events::Rule');
    assert.equal(rules.length, 3);
    for (const { Properties } of rules) {
      for (const target of Properties.Targets as { DeadLetterConfig: { Arn: unknown } }[]) {
        assert.equal(plain(target.DeadLetterConfig.Arn), arn);
      }
    }
    const invoke = onlyOne(remediation, 'AWS::Lambda::EventInvokeConfig');
    const { OnFailure } = invoke.Properties.DestinationConfig as { OnFailure: { Destination: unknown } };
    assert.equal(plain(OnFailure.Destination), arn);
  });

  it('may be put there by exactly those, each for its own source', () => {
    const policy = onlyOne(remediation, 'AWS::SQS::QueuePolicy');
    const allowed = statementsOf(policy.Properties.PolicyDocument).filter(({ Effect }) => Effect === 'Allow');
    const services = allowed.map(({ Principal }) => (Principal as { Service: string }).Service);
    assert.deepEqual(services.sort(), [
      'events.amazonaws.com',
      'events.amazonaws.com',
      'events.amazonaws.com',
      'sns.amazonaws.com',
    ]);
    for (const { Condition, Action } of allowed) {
      assert.deepEqual(Action, ['sqs:SendMessage']);
      assert.ok(Condition?.ArnEquals?.['aws:SourceArn']);
    }
  });
});
