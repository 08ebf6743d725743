/** Queues: visibility, redrive, policies, waiting, and the metric that alarms watch. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Resource } from '../../../rehearsal/resources';
import { createSqs } from '../../../rehearsal/sqs/sqs';
import { manualClock } from '../manual-clock';
import {
  counter,
  metricSink,
  place,
  queueArn,
  queueUrl,
  recorder,
  resource,
  ruleArn,
  topicArn,
} from '../parts';

const role = { role: 'remediation' };

function setUp(properties: Record<string, unknown> = {}, more: readonly Resource[] = []) {
  const clock = manualClock();
  const log = recorder(() => clock.now());
  const metrics = metricSink();
  const sqs = createSqs({
    resources: [
      resource('AWS::SQS::Queue', queueUrl('work'), properties),
      resource('AWS::SQS::Queue', queueUrl('dead')),
      ...more,
    ],
    place,
    clock,
    emit: log.emit,
    newId: counter(),
    cloudwatch: metrics,
  });
  return { clock, log, metrics, sqs };
}

const policyFor = (statement: Record<string, unknown>): Resource =>
  resource('AWS::SQS::QueuePolicy', 'policy', {
    Queues: [queueUrl('work')],
    PolicyDocument: {
      Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn('work'), ...statement }],
    },
  });

it('a received message is out of sight until its visibility ends, and gone once deleted', async () => {
  const { sqs, clock } = setUp({ VisibilityTimeout: 20 });
  sqs.deliver('work', { body: 'a' }, role);
  const [first] = await sqs.receive(queueUrl('work'));
  assert.equal(first?.body, 'a');
  assert.equal(first?.md5OfBody, '0cc175b9c0f1b6a831c399e269772661');
  assert.deepEqual(await sqs.receive('work'), []);
  assert.equal(sqs.attributes('work').ApproximateNumberOfMessagesNotVisible, '1');

  clock.advance(20_000);
  const [again] = await sqs.receive('work');
  assert.equal(again?.receiveCount, 2);
  sqs.remove('work', again?.receiptHandle ?? '');
  clock.advance(60_000);
  assert.deepEqual(await sqs.receive('work'), []);
});

it('a message received too often goes to the dead-letter queue, with its reason in the timeline', async () => {
  const { sqs, clock, log } = setUp({
    VisibilityTimeout: 1,
    RedrivePolicy: { deadLetterTargetArn: queueArn('dead'), maxReceiveCount: 2 },
  });
  sqs.deliver('work', { body: 'poison' }, role);
  for (const _ of [1, 2]) {
    assert.equal((await sqs.receive('work')).length, 1);
    clock.advance(1_000);
  }
  assert.deepEqual(await sqs.receive('work'), []);
  assert.equal((await sqs.receive('dead'))[0]?.body, 'poison');
  assert.match(log.of('dead-letter')[1]?.reason ?? '', /^received 2 times from work/);
});

it('a waiting receive wakes at the arrival, or ends empty', async () => {
  const { sqs, clock } = setUp();
  const waiting = sqs.receive('work', { waitSeconds: 20 });
  sqs.deliver('work', { body: 'now' }, role);
  assert.equal((await waiting)[0]?.body, 'now');
  const inVain = sqs.receive('work', { waitSeconds: 5 });
  clock.advance(5_000);
  assert.deepEqual(await inVain, []);
});

it('a delayed message comes when its time has come', async () => {
  const { sqs, clock } = setUp();
  sqs.deliver('work', { body: 'later', delaySeconds: 10 }, role);
  assert.equal(sqs.attributes('work').ApproximateNumberOfMessagesDelayed, '1');
  assert.deepEqual(await sqs.receive('work'), []);
  clock.advance(10_000);
  assert.equal((await sqs.receive('work')).length, 1);
});

it('each minute the messages that wait are reported for the minute that ended', () => {
  const { sqs, clock, metrics } = setUp();
  sqs.deliver('work', { body: 'a' }, role);
  clock.advance(60_000);
  const visible = metrics.data.find(
    (datum) => datum.name === 'ApproximateNumberOfMessagesVisible' && datum.dimensions.QueueName === 'work',
  );
  assert.equal(visible?.values[0], 1);
  assert.equal(visible?.at, Math.floor(clock.now() / 60_000) * 60_000 - 60_000);
  sqs.stop();
});

it('a service sends only where the queue’s policy lets it, and under its conditions', () => {
  const sns = { service: 'sns.amazonaws.com', sourceArn: topicArn('alerts') };
  assert.deepEqual(setUp().sqs.deliver('work', { body: 'x' }, sns), {
    ok: false,
    code: 'AuthorizationError',
    error: `User: sns.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: ${queueArn('work')} because no resource-based policy allows the sqs:SendMessage action`,
  });
  const policy = policyFor({
    Principal: { Service: 'sns.amazonaws.com' },
    Condition: { ArnEquals: { 'aws:SourceArn': topicArn('alerts') } },
  });
  const { sqs } = setUp({}, [policy]);
  assert.equal(sqs.deliver('work', { body: 'x' }, sns).ok, true);
  assert.equal(sqs.deliver('work', { body: 'x' }, { ...sns, sourceArn: topicArn('other') }).ok, false);
  assert.equal(
    sqs.deliver('work', { body: 'x' }, { service: 'events.amazonaws.com', sourceArn: ruleArn('r') }).ok,
    false,
  );
});

it('a queue with a key that does not admit the service gets nothing from it', () => {
  const policy = policyFor({ Principal: { Service: 'sns.amazonaws.com' } });
  const key = resource('AWS::KMS::Key', 'key-1', { KeyPolicy: { Statement: [] } });
  const { sqs } = setUp({ KmsMasterKeyId: 'key-1' }, [policy, key]);
  const result = sqs.deliver('work', { body: 'x' }, { service: 'sns.amazonaws.com' });
  assert.equal(!result.ok && result.code, 'KMS.AccessDeniedException');
});

it('the timeline shows the reason that the sender wrote', () => {
  const { sqs, log } = setUp();
  sqs.deliver('work', { body: '{"reason":"unknown message"}' }, role);
  sqs.deliver(
    'work',
    { body: 'x', attributes: { ErrorMessage: { DataType: 'String', StringValue: 'boom' } } },
    role,
  );
  sqs.deliver('work', { body: 'x' }, role);
  assert.deepEqual(
    log.of('dead-letter').map((event) => event.reason),
    ['unknown message', 'boom', 'sent by remediation'],
  );
});

it('FIFO queues are refused by name', () => {
  assert.throws(
    () => setUp({ FifoQueue: true }),
    /\(AWS::SQS::Queue\): FIFO queues are not rehearsed; use a standard queue/,
  );
});
