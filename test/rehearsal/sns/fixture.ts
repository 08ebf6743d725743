/** One topic with what a test puts around it, and a real mailbox. */
import { after, before } from 'node:test';
import type { Resource } from '../../../rehearsal/resources';
import { startMailbox } from '../../../rehearsal/sns/mailbox';
import { createSns } from '../../../rehearsal/sns/sns';
import type { Mailbox } from '../../../rehearsal/sns/types';
import type { SentMessage } from '../../../rehearsal/sqs/types';
import { manualClock } from '../manual-clock';
import { counter, functionArn, metricSink, place, recorder, resource, topicArn } from '../parts';

export const alerts = topicArn('alerts');
export const cloudwatch = {
  service: 'cloudwatch.amazonaws.com',
  sourceArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:a',
};
export const role = { role: 'remediation' };

let mailbox: Mailbox;
before(async () => {
  mailbox = await startMailbox();
});
after(() => mailbox.stop());

export const subscription = (properties: Record<string, unknown>): Resource =>
  resource('AWS::SNS::Subscription', `sub-${JSON.stringify(properties).length}`, {
    TopicArn: alerts,
    ...properties,
  });
export const policy = (...statements: Record<string, unknown>[]): Resource =>
  resource('AWS::SNS::TopicPolicy', 'policy', {
    Topics: [alerts],
    PolicyDocument: { Statement: statements },
  });
export const allowCloudWatch = {
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Action: 'sns:Publish',
  Resource: alerts,
  Condition: {
    StringEquals: { 'aws:SourceAccount': '000000000000' },
    ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:*' },
  },
};
export const enforceTls = {
  Effect: 'Deny',
  Principal: '*',
  Action: ['sns:Publish'],
  Resource: alerts,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

export function setUp(
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
