/** Topics: what each protocol gets, and where the undeliverable goes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { functionArn, queueArn } from '../parts';
import { alerts, cloudwatch, role, setUp, subscription } from './fixture';

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
