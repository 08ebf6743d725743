/** Rules: patterns, schedules, permissions and dead letters. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createEventBridge } from '../../../rehearsal/eventbridge/eventbridge';
import { matches, parsePattern } from '../../../rehearsal/eventbridge/pattern';
import type { Resource } from '../../../rehearsal/resources';
import { manualClock } from '../manual-clock';
import { counter, functionArn, place, queueArn, recorder, resource, ruleArn, topicArn } from '../parts';

function setUp(resources: readonly Resource[], permitted = true) {
  const clock = manualClock();
  const log = recorder();
  const invoked: { payload: string; source: string }[] = [];
  const queued: { queue: string; body: string; principal: unknown }[] = [];
  const published: string[] = [];
  const events = createEventBridge({
    resources,
    place,
    clock,
    emit: log.emit,
    newId: counter(),
    lambda: {
      find: () => ({ name: 'f' }) as never,
      allows: () => permitted,
      invokeAsync: (_name, payload, source) => {
        invoked.push({ payload, source });
        return 'r';
      },
    },
    sqs: {
      deliver: (queue, { body }, principal) => {
        queued.push({ queue, body, principal });
        return { ok: true, messageId: 'm' };
      },
    },
    sns: {
      publish: ({ message }) => {
        published.push(message);
        return { ok: true, messageId: 'm' };
      },
    },
  });
  return { clock, log, invoked, queued, published, events };
}

const rule = (properties: Record<string, unknown>, target: Record<string, unknown> = {}): Resource =>
  resource('AWS::Events::Rule', 'r', {
    Targets: [{ Id: 't', Arn: functionArn('f'), ...target }],
    ...properties,
  });

const commandEnded = {
  source: 'aws.ssm',
  'detail-type': 'EC2 Command Status-change Notification',
  detail: { status: 'Success', 'document-name': 'vigia-restart' },
};

const patterns: [string, unknown, boolean][] = [
  ['a source that is listed', { source: ['aws.ec2', 'aws.ssm'] }, true],
  ['a source that is not', { source: ['aws.ec2'] }, false],
  ['a nested value', { detail: { status: ['Success'] } }, true],
  ['every key at once', { source: ['aws.ssm'], detail: { status: ['Failed'] } }, false],
  ['a prefix', { detail: { 'document-name': [{ prefix: 'vigia-' }] } }, true],
  ['another prefix', { detail: { 'document-name': [{ prefix: 'AWS-' }] } }, false],
  ['a key that exists', { detail: { status: [{ exists: true }] } }, true],
  ['a key that must not exist', { detail: { status: [{ exists: false }] } }, false],
  ['a key that is absent as wanted', { detail: { other: [{ exists: false }] } }, true],
];
for (const [what, pattern, expected] of patterns) {
  it(`a pattern on ${what} ${expected ? 'matches' : 'does not match'}`, () => {
    assert.equal(matches(parsePattern('r', pattern), commandEnded), expected);
  });
}

it('a matching event reaches the function in its whole envelope', () => {
  const { events, invoked, clock } = setUp([rule({ EventPattern: { source: ['aws.ssm'] } })]);
  events.putEvent(commandEnded);
  events.putEvent({ ...commandEnded, source: 'aws.ec2' });
  assert.equal(invoked.length, 1);
  assert.equal(invoked[0]?.source, 'events');
  assert.deepEqual(JSON.parse(invoked[0]?.payload ?? ''), {
    version: '0',
    id: '00000000-0000-4000-8000-000000000001',
    'detail-type': 'EC2 Command Status-change Notification',
    source: 'aws.ssm',
    account: '000000000000',
    time: new Date(clock.now()).toISOString().replace('.000', ''),
    region: 'us-east-1',
    resources: [],
    detail: commandEnded.detail,
  });
});

it('a schedule rings at each multiple of its rate with its constant input, until it is stopped', () => {
  const { clock, invoked, events } = setUp([
    rule({ ScheduleExpression: 'rate(5 minutes)' }, { Input: '{"kind":"recheck"}' }),
  ]);
  clock.advance(15 * 60_000);
  assert.deepEqual(invoked, Array(3).fill({ payload: '{"kind":"recheck"}', source: 'schedule' }));
  events.stop();
  clock.advance(15 * 60_000);
  assert.equal(invoked.length, 3);
});

it('a disabled rule does nothing', () => {
  const { clock, events, invoked } = setUp([
    rule({ ScheduleExpression: 'rate(1 minute)', State: 'DISABLED' }),
  ]);
  clock.advance(120_000);
  events.putEvent(commandEnded);
  assert.deepEqual(invoked, []);
});

it('without the function’s permission the event goes to the dead-letter queue, with a notice', () => {
  const target = { DeadLetterConfig: { Arn: queueArn('dead') } };
  const { events, invoked, queued, log } = setUp(
    [rule({ EventPattern: { source: ['aws.ssm'] } }, target)],
    false,
  );
  events.putEvent(commandEnded);
  assert.deepEqual(invoked, []);
  assert.equal(queued[0]?.queue, queueArn('dead'));
  assert.deepEqual(queued[0]?.principal, { service: 'events.amazonaws.com', sourceArn: ruleArn('r') });
  assert.match(log.of('notice')[0]?.text ?? '', /no AWS::Lambda::Permission/);
});

it('queues and topics are targets too', () => {
  const resources = [
    rule({
      EventPattern: { source: ['aws.ssm'] },
      Targets: [
        { Id: 'q', Arn: queueArn('q') },
        { Id: 't', Arn: topicArn('t') },
      ],
    }),
  ];
  const { events, queued, published } = setUp(resources);
  events.putEvent(commandEnded);
  assert.equal(JSON.parse(queued[0]?.body ?? '').source, 'aws.ssm');
  assert.equal(JSON.parse(published[0] ?? '').source, 'aws.ssm');
});

const refused: [string, Resource, RegExp][] = [
  [
    'a cron schedule',
    rule({ ScheduleExpression: 'cron(0 8 * * ? *)' }),
    /the schedule cron\(0 8 \* \* \? \*\) is not rehearsed/,
  ],
  [
    'a numeric pattern',
    rule({ EventPattern: { detail: { n: [{ numeric: ['>', 1] }] } } }),
    /EventPattern detail\.n uses .*numeric/,
  ],
  [
    'a choice between patterns',
    rule({ EventPattern: { $or: [{ source: ['a'] }] } }),
    /EventPattern \$or is not rehearsed/,
  ],
  [
    'an input transformer',
    rule({ EventPattern: { source: ['a'] } }, { InputTransformer: {} }),
    /Targets\.InputTransformer is not rehearsed/,
  ],
  [
    'a target elsewhere',
    rule({ EventPattern: { source: ['a'] } }, { Arn: 'arn:aws:kinesis:us-east-1:0:stream/x' }),
    /a target in kinesis is not rehearsed/,
  ],
  ['another bus', rule({ EventBusName: 'mine' }), /the event bus mine is not rehearsed/],
];
for (const [what, resourceOfIt, message] of refused) {
  it(`${what} is refused by name`, () => {
    assert.throws(() => setUp([resourceOfIt]), { name: 'NotRehearsable', message });
  });
}
