/** What an alarm's action does to a topic and to a function, and what CloudWatch learns of a failure. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AlarmTargets, createAlarmAct } from '../../rehearsal/alarm-action';
import type { AlarmNotification } from '../../rehearsal/cloudwatch/types';
import type { FunctionRecord } from '../../rehearsal/lambda/types';
import { functionArn, topicArn } from './parts';

const alarmArn = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:up';
const notification: AlarmNotification = {
  alarmName: 'up',
  alarmArn,
  state: 'ALARM',
  subject: 'ALARM: "up"',
  message: '{"AlarmName":"up"}',
  event: '{"source":"aws.cloudwatch"}',
};

function targets({ known = true, allowed = true } = {}) {
  const asked: unknown[] = [];
  const record = { name: 'f' } as FunctionRecord;
  const parts: AlarmTargets = {
    sns: {
      publish: (request) => {
        asked.push(['publish', request]);
        return request.topicArn === topicArn('page')
          ? { ok: true, messageId: 'm' }
          : { ok: false, code: 'NotFound', error: 'no such topic' };
      },
    },
    lambda: {
      find: () => (known ? record : undefined),
      allows: (arn, principal) => {
        asked.push(['allows', arn, principal]);
        return allowed;
      },
      invokeAsync: (...call) => {
        asked.push(['invoke', ...call]);
        return 'request';
      },
    },
  };
  return { asked, act: createAlarmAct(parts) };
}

describe('the action of an alarm', () => {
  it('publishes subject and message to a topic, as CloudWatch for the alarm', () => {
    const { act, asked } = targets();
    act(topicArn('page'), notification);
    assert.deepEqual(asked, [
      [
        'publish',
        {
          topicArn: topicArn('page'),
          subject: notification.subject,
          message: notification.message,
          principal: { service: 'cloudwatch.amazonaws.com', sourceArn: alarmArn },
        },
      ],
    ]);
  });

  it('invokes a function with the event, as the principal that AWS has for alarms', () => {
    const { act, asked } = targets();
    act(functionArn('f'), notification);
    assert.deepEqual(asked, [
      [
        'allows',
        functionArn('f'),
        { service: 'lambda.alarms.cloudwatch.amazonaws.com', sourceArn: alarmArn },
      ],
      ['invoke', functionArn('f'), notification.event, 'alarm'],
    ]);
  });

  it('throws why a topic or a function could not be notified', () => {
    assert.throws(() => targets().act(topicArn('other'), notification), /^Error: no such topic$/);
    assert.throws(
      () => targets({ known: false }).act(functionArn('f'), notification),
      /there is no function arn:aws:lambda:us-east-1:000000000000:function:f$/,
    );
    const { act, asked } = targets({ allowed: false });
    assert.throws(
      () => act(functionArn('f'), notification),
      /no AWS::Lambda::Permission of .* lets lambda\.alarms\.cloudwatch\.amazonaws\.com invoke it for .*alarm:up$/,
    );
    assert.equal(asked.length, 1);
  });
});
