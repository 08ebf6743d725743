/** Topics: who may publish, what each protocol gets, and where the undeliverable goes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Resource } from '../../../rehearsal/resources';
import { startMailbox } from '../../../rehearsal/sns/mailbox';
import { createSns } from '../../../rehearsal/sns/sns';
import type { Mailbox } from '../../../rehearsal/sns/types';
import type { SentMessage } from '../../../rehearsal/sqs/types';
import { manualClock } from '../manual-clock';
import { counter, functionArn, metricSink, place, queueArn, recorder, resource, topicArn } from '../parts';

const alerts = topicArn('alerts');
const cloudwatch = {
  service: 'cloudwatch.amazonaws.com',
  sourceArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:a',
};
const role = { role: 'remediation' };

let mailbox: Mailbox;
before(async () => {
  mailbox = await startMailbox();
});
after(() => mailbox.stop());

const subscription = (properties: Record<string, unknown>): Resource =>
  resource('AWS::SNS::Subscription', `sub-${JSON.stringify(properties).length}`, {
    TopicArn: alerts,
    ...properties,
  });
const policy = (...statements: Record<string, unknown>[]): Resource =>
  resource('AWS::SNS::TopicPolicy', 'policy', {
    Topics: [alerts],
    PolicyDocument: { Statement: statements },
  });
const allowCloudWatch = {
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Action: 'sns:Publish',
  Resource: alerts,
  Condition: {
    StringEquals: { 'aws:SourceAccount': '000000000000' },
    ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:*' },
  },
};
const enforceTls = {
  Effect: 'Deny',
  Principal: '*',
  Action: ['sns:Publish'],
  Resource: alerts,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

function setUp(
  more: readonly Resource[] = [],
  options: { topic?: Record<string, unknown>; permitted?: boolean } = {},
) {
  const log = recorder();
  const metrics = metricSink();
  const invoked: { name: string; event: { Records: [{ Sns: Record<string, unknown> }] } }[] = [];
  const queued: { queue: string; message: SentMessage; principal: unknown }[] = [];
  const sns = createSns({
    resources: [resource('AWS::SNS::Topic', alerts, options.topic), ...more],
    place,
    clock: manualClock(),
    emit: log.emit,
    newId: counter(),
    cloudwatch: metrics,
    mailbox,
    alarmMailText: (message) => `alarm text of ${message}`,
    sqs: {
      deliver: (queue, message, principal) => {
        queued.push({ queue, message, principal });
        return { ok: true, messageId: 'm' };
      },
    },
    lambda: {
      find: (name) => (name === functionArn('f') ? ({ name: 'f' } as never) : undefined),
      allows: () => options.permitted !== false,
      invokeAsync: (name, payload) => {
        invoked.push({ name, event: JSON.parse(payload) });
        return 'r';
      },
    },
  });
  return { sns, log, metrics, invoked, queued };
}

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

describe('deliveries', () => {
  it('an alarm is mailed as AWS mails it, over SMTP, to each address', async () => {
    const { sns, log } = setUp(
      [
        subscription({ Protocol: 'email', Endpoint: 'on-call@example.com' }),
        subscription({ Protocol: 'email', Endpoint: 'ml@example.com' }),
      ],
      { topic: { DisplayName: 'Vigía' } },
    );
    sns.publish({
      topicArn: alerts,
      subject: 'ALARM: "a" in US East',
      message: '{"AlarmName":"a"}',
      principal: cloudwatch,
    });
    await sns.settled();
    const mails = log.of('mail');
    assert.deepEqual(mails.map((mail) => mail.to).sort(), ['ml@example.com', 'on-call@example.com']);
    assert.equal(mails[0]?.subject, 'ALARM: "a" in US East');
    assert.equal(mails[0]?.topic, 'alerts');
    const [text, footer] = (mails[0]?.text ?? '').split('\n--\n');
    assert.equal(text?.trim(), 'alarm text of {"AlarmName":"a"}');
    assert.match(footer ?? '', /^If you wish to stop receiving notifications from this topic/);
  });

  it('a message with a text per protocol gives each its own', async () => {
    const { sns, log, invoked } = setUp([
      subscription({ Protocol: 'email', Endpoint: 'on-call@example.com' }),
      subscription({ Protocol: 'lambda', Endpoint: functionArn('f') }),
    ]);
    const message = JSON.stringify({ default: 'short', email: 'Zeile eins\nlíne two — über\n.dot first' });
    sns.publish({ topicArn: alerts, message, messageStructure: 'json', principal: role });
    await sns.settled();
    assert.match(log.of('mail')[0]?.text ?? '', /^Zeile eins\nlíne two — über\n\.dot first\n/);
    assert.equal(log.of('mail')[0]?.subject, 'AWS Notification Message');
    assert.equal(invoked[0]?.event.Records[0].Sns.Message, 'short');
  });

  it('a function gets the documented event', async () => {
    const { sns, invoked } = setUp([subscription({ Protocol: 'lambda', Endpoint: functionArn('f') })]);
    const attributes = { urgency: { Type: 'String', Value: 'page' } };
    sns.publish({ topicArn: alerts, subject: 's', message: 'm', attributes, principal: role });
    await sns.settled();
    assert.deepEqual(Object.keys(invoked[0]?.event.Records[0] ?? {}).sort(), [
      'EventSource',
      'EventSubscriptionArn',
      'EventVersion',
      'Sns',
    ]);
    const { Type, TopicArn, Subject, Message, MessageAttributes, Timestamp } =
      invoked[0]?.event.Records[0].Sns ?? {};
    assert.deepEqual(
      [Type, TopicArn, Subject, Message, MessageAttributes],
      ['Notification', alerts, 's', 'm', attributes],
    );
    assert.match(String(Timestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('a queue gets the notification, or the bare message with raw delivery', async () => {
    const { sns, queued } = setUp([
      subscription({ Protocol: 'sqs', Endpoint: queueArn('wrapped') }),
      subscription({ Protocol: 'sqs', Endpoint: queueArn('raw'), RawMessageDelivery: true }),
    ]);
    sns.publish({ topicArn: alerts, subject: 's', message: 'm', principal: role });
    await sns.settled();
    const body = (queue: string) => queued.find((one) => one.queue === queueArn(queue))?.message.body ?? '';
    assert.equal(JSON.parse(body('wrapped')).Message, 'm');
    assert.equal(body('raw'), 'm');
    assert.deepEqual(queued[0]?.principal, { service: 'sns.amazonaws.com', sourceArn: alerts });
  });

  it('without the function’s permission the message goes to the subscription’s dead-letter queue, with a notice', async () => {
    const { sns, queued, invoked, log, metrics } = setUp(
      [
        subscription({
          Protocol: 'lambda',
          Endpoint: functionArn('f'),
          RedrivePolicy: { deadLetterTargetArn: queueArn('dead') },
        }),
      ],
      { permitted: false },
    );
    sns.publish({ topicArn: alerts, message: 'm', principal: role });
    await sns.settled();
    assert.deepEqual(invoked, []);
    assert.equal(queued[0]?.queue, queueArn('dead'));
    assert.equal(JSON.parse(queued[0]?.message.body ?? '').Message, 'm');
    assert.match(log.of('notice')[0]?.text ?? '', /no AWS::Lambda::Permission/);
    assert.equal(metrics.sum('NumberOfNotificationsFailed'), 1);
  });

  it('a topic without subscribers says that nobody heard', async () => {
    const { sns, log } = setUp();
    sns.publish({ topicArn: alerts, message: 'm', principal: role });
    await sns.settled();
    assert.match(log.of('notice')[0]?.text ?? '', /nobody is subscribed/);
  });

  it('a filter policy lets through only what it names', async () => {
    const { sns, queued } = setUp([
      subscription({ Protocol: 'sqs', Endpoint: queueArn('pages'), FilterPolicy: { urgency: ['page'] } }),
      subscription({
        Protocol: 'sqs',
        Endpoint: queueArn('alarms'),
        FilterPolicy: { NewStateValue: ['ALARM'] },
        FilterPolicyScope: 'MessageBody',
      }),
    ]);
    const urgency = (Value: string) => ({ urgency: { Type: 'String', Value } });
    sns.publish({
      topicArn: alerts,
      message: '{"NewStateValue":"OK"}',
      attributes: urgency('page'),
      principal: role,
    });
    sns.publish({
      topicArn: alerts,
      message: '{"NewStateValue":"ALARM"}',
      attributes: urgency('note'),
      principal: role,
    });
    sns.publish({ topicArn: alerts, message: 'no json', principal: role });
    await sns.settled();
    assert.deepEqual(
      queued.map((one) => one.queue),
      [queueArn('pages'), queueArn('alarms')],
    );
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
