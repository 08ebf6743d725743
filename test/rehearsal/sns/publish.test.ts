/** Topics: who may publish, and what the API and the rehearsal refuse. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Resource } from '../../../rehearsal/resources';
import { resource, topicArn } from '../parts';
import {
  alerts,
  allowCloudWatch,
  cloudwatch,
  enforceTls,
  policy,
  role,
  setUp,
  subscription,
} from './fixture';

describe('who may publish', () => {
  const message = { topicArn: alerts, message: 'x' };
  const key = (...statements: Record<string, unknown>[]): Resource =>
    resource('AWS::KMS::Key', 'key-1', { KeyPolicy: { Statement: statements } });
  const keyFor = (service: string, condition?: object) => ({
    Effect: 'Allow',
    Principal: { Service: service },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    Resource: '*',
    ...(condition === undefined ? {} : { Condition: condition }),
  });
  const root = {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::000000000000:root' },
    Action: 'kms:*',
    Resource: '*',
  };
  const events = {
    service: 'events.amazonaws.com',
    sourceArn: 'arn:aws:events:us-east-1:000000000000:rule/r',
  };
  const allowEvents = { ...allowCloudWatch, Principal: { Service: 'events.amazonaws.com' }, Condition: {} };

  it('the default policy admits alarms', () => {
    assert.equal(setUp().sns.publish({ ...message, principal: cloudwatch }).ok, true);
  });

  it('the default policy does not admit EventBridge', () => {
    assert.equal(setUp().sns.publish({ ...message, principal: events }).ok, false);
    assert.equal(setUp([policy(allowEvents)]).sns.publish({ ...message, principal: events }).ok, true);
  });

  it('a policy that only enforces TLS replaces the default one, and alarms notify nobody', () => {
    const result = setUp([policy(enforceTls)]).sns.publish({ ...message, principal: cloudwatch });
    assert.deepEqual(result, {
      ok: false,
      code: 'AuthorizationError',
      error: `User: cloudwatch.amazonaws.com is not authorized to perform: SNS:Publish on resource: ${alerts} because no resource-based policy allows the SNS:Publish action`,
    });
    assert.equal(
      setUp([policy(enforceTls, allowCloudWatch)]).sns.publish({ ...message, principal: cloudwatch }).ok,
      true,
    );
  });

  it('a role of the account needs no topic policy, but a denial binds it', () => {
    assert.equal(setUp([policy(enforceTls)]).sns.publish({ ...message, principal: role }).ok, true);
    const deny = { Effect: 'Deny', Principal: '*', Action: 'sns:*', Resource: '*' };
    const result = setUp([policy(deny)]).sns.publish({ ...message, principal: role });
    assert.match(result.ok ? '' : result.error, /with an explicit deny/);
  });

  it('a key whose policy names only the account does not admit alarms', () => {
    const topic = { KmsMasterKeyId: 'key-1' };
    const publish = (...statements: Record<string, unknown>[]) =>
      setUp([policy(allowCloudWatch), key(root, ...statements)], { topic }).sns.publish({
        ...message,
        principal: cloudwatch,
      });
    assert.deepEqual(publish(), {
      ok: false,
      code: 'KMSAccessDenied',
      error: 'CloudWatch Alarms does not have authorization to access the SNS topic encryption key.',
    });
    assert.equal(publish(keyFor('cloudwatch.amazonaws.com', allowCloudWatch.Condition)).ok, true);
    assert.equal(publish({ ...keyFor('cloudwatch.amazonaws.com'), Action: 'kms:Decrypt' }).ok, false);
  });

  it('the managed key alias/aws/sns admits no alarm', () => {
    const topic = { KmsMasterKeyId: 'alias/aws/sns' };
    assert.equal(
      setUp([policy(allowCloudWatch)], { topic }).sns.publish({ ...message, principal: cloudwatch }).ok,
      false,
    );
  });

  it('conditions on the source in a key’s policy shut EventBridge out', () => {
    const topic = { KmsMasterKeyId: 'key-1' };
    const publish = (condition?: object) =>
      setUp([policy(allowEvents), key(keyFor('events.amazonaws.com', condition))], { topic }).sns.publish({
        ...message,
        principal: events,
      });
    assert.equal(publish().ok, true);
    assert.equal(publish({ StringEquals: { 'aws:SourceAccount': '000000000000' } }).ok, false);
  });
});

describe('the API’s rules', () => {
  const refused: [string, Parameters<ReturnType<typeof setUp>['sns']['publish']>[0], string][] = [
    [
      'a subject of 101 characters',
      { topicArn: alerts, message: 'm', subject: 'x'.repeat(101), principal: role },
      'Invalid parameter: Subject',
    ],
    [
      'a subject beyond ASCII',
      { topicArn: alerts, message: 'm', subject: 'Vigía', principal: role },
      'Invalid parameter: Subject',
    ],
    [
      'a subject of two lines',
      { topicArn: alerts, message: 'm', subject: 'a\nb', principal: role },
      'Invalid parameter: Subject',
    ],
    [
      'an empty message',
      { topicArn: alerts, message: '', principal: role },
      'Invalid parameter: Empty message',
    ],
    [
      'a structured message without default',
      { topicArn: alerts, message: '{"email":"x"}', messageStructure: 'json', principal: role },
      'Invalid parameter: Message Structure - No default entry in JSON message body',
    ],
    [
      'a topic that does not exist',
      { topicArn: topicArn('none'), message: 'm', principal: role },
      'Topic does not exist',
    ],
  ];
  for (const [what, request, message] of refused) {
    it(`refuse ${what}`, () => {
      assert.throws(() => setUp().sns.publish(request), { message });
    });
  }

  it('take a subject of 100 characters', () => {
    assert.equal(
      setUp().sns.publish({ topicArn: alerts, message: 'm', subject: 'x'.repeat(100), principal: role }).ok,
      true,
    );
  });
});

describe('what cannot be rehearsed is refused by name', () => {
  const cases: [string, Resource[], Record<string, unknown>, RegExp][] = [
    [
      'HTTPS',
      [subscription({ Protocol: 'https', Endpoint: 'https://x' })],
      {},
      /\(AWS::SNS::Subscription\): subscriptions over https are not rehearsed; /,
    ],
    [
      'a numeric filter',
      [subscription({ Protocol: 'sqs', Endpoint: 'q', FilterPolicy: { n: [{ numeric: ['>', 1] }] } })],
      {},
      /FilterPolicy\.n holds .*numeric.* only exact strings/,
    ],
    ['a FIFO topic', [], { FifoTopic: true }, /\(AWS::SNS::Topic\): FIFO topics are not rehearsed/],
    [
      'an unknown condition',
      [policy({ ...allowCloudWatch, Condition: { IpAddress: { 'aws:SourceIp': '1' } } })],
      {},
      /condition IpAddress is not judged/,
    ],
    [
      'a second policy for a topic',
      [policy(enforceTls), policy(allowCloudWatch)],
      {},
      /one overwrite the other/,
    ],
  ];
  for (const [what, resources, topic, message] of cases) {
    it(what, () => {
      assert.throws(() => setUp(resources, { topic }), { name: 'NotRehearsable', message });
    });
  }
});
