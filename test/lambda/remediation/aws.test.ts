import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { connectAws } from '../../../lambda/remediation/aws';
import type { DescribedAlarm, Ports } from '../../../lambda/remediation/ports';
import { type Answer, Endpoint } from './endpoint';
import { acting, seconds, setting, start } from './fixtures';

const endpoint = new Endpoint();

before(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  process.env.AWS_ENDPOINT_URL = await endpoint.open();
});

after(() => endpoint.close());

const untraced = <T extends object>(client: T): T => client;
const resources = {
  tableName: 'incidents',
  pageTopicArn: 'arn:aws:sns:eu-west-1:000000000000:page',
  ticketTopicArn: 'arn:aws:sns:eu-west-1:000000000000:ticket',
  deadLetterQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/letters',
};

function ports(remainingMs = 30_000): Ports {
  return connectAws({ ...setting, resources }, untraced)(() => remainingMs);
}

function answer(...answers: Answer[]): void {
  endpoint.requests.length = 0;
  endpoint.answers = answers;
}

const metricAlarm = {
  AlarmName: 'inference-prod-serviceDown',
  StateValue: 'ALARM',
  StateUpdatedTimestamp: start / 1000 + 60,
  StateTransitionedTimestamp: start / 1000,
  Threshold: 1,
  Period: 10,
  MetricName: 'ServiceUp',
  Namespace: 'Vigia/Inference',
  Statistic: 'Minimum',
  Dimensions: [{ Name: 'Service', Value: 'inference' }],
};
const stat = (MetricName: string) => ({
  Metric: { Namespace: 'Vigia/Inference', MetricName, Dimensions: [{ Name: 'Service', Value: 'inference' }] },
  Period: 10,
  Stat: 'Sum',
});
const mathAlarm = {
  AlarmName: 'inference-prod-errorRateHigh',
  StateValue: 'OK',
  StateUpdatedTimestamp: start / 1000,
  Threshold: 7,
  Metrics: [
    { Id: 'value', Expression: '100 * errors / total', Label: 'error rate', ReturnData: true },
    { Id: 'errors', MetricStat: stat('PredictionErrors'), ReturnData: false },
    { Id: 'total', MetricStat: stat('PredictionCount'), ReturnData: false },
  ],
};

async function describeBoth(): Promise<readonly DescribedAlarm[]> {
  answer({ body: { MetricAlarms: [metricAlarm, mathAlarm], CompositeAlarms: [] } });
  return ports().describeAlarms(['inference-prod-serviceDown', 'inference-prod-errorRateHigh', 'gone']);
}

test('alarms are described with state, time of the change, the limit in force and their own signal', async () => {
  const [metric, math] = await describeBoth();
  assert.deepEqual(
    [metric?.state, metric?.changedAt, metric?.limit, metric?.periodSeconds],
    ['ALARM', start, 1, 10],
  );
  assert.deepEqual([math?.state, math?.changedAt, math?.limit, math?.periodSeconds], ['OK', start, 7, 10]);
  assert.deepEqual(
    math?.queries.map((query) => [query.id, query.returnsData]),
    [
      ['value', true],
      ['errors', false],
      ['total', false],
    ],
  );
});

test('numbers are asked for by the alarm’s own queries, and read in the order of time', async () => {
  const [, math] = await describeBoth();
  assert.ok(math);
  answer({
    body: {
      MetricDataResults: [
        {
          Id: 'value',
          Timestamps: [start / 1000, start / 1000 + 10],
          Values: [0.5, 62],
          StatusCode: 'Complete',
        },
      ],
    },
  });
  const points = await ports().points(math, { start: start - seconds(60), end: start + seconds(20) });
  assert.deepEqual(points, [
    { at: start, value: 0.5 },
    { at: start + seconds(10), value: 62 },
  ]);
  const asked = JSON.parse(endpoint.last().body) as { MetricDataQueries: object[] };
  assert.deepEqual(asked.MetricDataQueries, [
    { Id: 'value', Expression: '100 * errors / total', ReturnData: true },
    { Id: 'errors', MetricStat: stat('PredictionErrors'), ReturnData: false },
    { Id: 'total', MetricStat: stat('PredictionCount'), ReturnData: false },
  ]);
});

const request = {
  document: 'inference-prod-restart-service',
  parameters: { Unit: 'vigia-inference.service' },
  target: { tagKey: 'Vigia', tagValue: 'inference-prod' },
  timeoutSeconds: 120,
  comment: 'INC-0001/1',
};

test('a command goes to the hosts that carry the tag', async () => {
  answer({ body: { Command: { CommandId: 'c-1' } } });
  assert.deepEqual(await ports().sendCommand(request), { kind: 'sent', commandId: 'c-1' });
  assert.deepEqual(JSON.parse(endpoint.last().body), {
    DocumentName: 'inference-prod-restart-service',
    Targets: [{ Key: 'tag:Vigia', Values: ['inference-prod'] }],
    Parameters: { Unit: ['vigia-inference.service'] },
    TimeoutSeconds: 120,
    Comment: 'INC-0001/1',
  });
});

const sends: [string, Answer[], number, object][] = [
  [
    'a refusal is a sure no',
    [{ status: 400, body: { __type: 'InvalidDocument', message: 'gone' } }],
    1,
    { kind: 'refused', error: 'InvalidDocument: gone' },
  ],
  [
    'throttling passes and is tried again',
    [
      { status: 400, body: { __type: 'ThrottlingException', message: 'slow' } },
      { body: { Command: { CommandId: 'c-2' } } },
    ],
    2,
    { kind: 'sent', commandId: 'c-2' },
  ],
];
for (const [name, answers, times, result] of sends) {
  test(`sending: ${name}`, async () => {
    answer(...answers);
    assert.deepEqual(await ports().sendCommand(request), result);
    assert.equal(endpoint.requests.length, times);
  });
}

test('a failing service leaves a command unknown and is asked once only', async () => {
  answer(
    { status: 500, body: { __type: 'InternalServerError' } },
    { body: { Command: { CommandId: 'twice' } } },
  );
  assert.equal((await ports().sendCommand(request)).kind, 'unknown');
  assert.equal(endpoint.requests.length, 1);
});

test('a connection that breaks leaves a command unknown too', async () => {
  answer({ drop: true, body: {} }, { body: { Command: { CommandId: 'twice' } } });
  assert.equal((await ports().sendCommand(request)).kind, 'unknown');
  assert.equal(endpoint.requests.length, 1);
});

test('with too little time left nothing is sent', async () => {
  answer();
  assert.equal((await ports(4_999).sendCommand(request)).kind, 'refused');
  assert.equal(endpoint.requests.length, 0);
});

const plugin = (ResponseCode: number, Output: string) => ({
  Name: 'restart',
  ResponseCode,
  Output,
  ResponseFinishDateTime: start / 1000,
});
const outcomes: [string, object[], object | null][] = [
  [
    'success',
    [{ Status: 'Success', CommandPlugins: [plugin(0, 'ready')] }],
    { status: 'Success', exitCode: 0, output: 'ready', endedAt: start },
  ],
  [
    'the worst host speaks for all',
    [
      { Status: 'Success', CommandPlugins: [plugin(0, 'ready')] },
      { Status: 'Failed', CommandPlugins: [plugin(3, 'no unit'), plugin(0, 'log')] },
    ],
    { status: 'Failed', exitCode: 3, output: 'no unit\nlog', endedAt: start },
  ],
  [
    'still running',
    [
      { Status: 'Success', CommandPlugins: [] },
      { Status: 'InProgress', CommandPlugins: [] },
    ],
    null,
  ],
  ['no host', [], { status: 'NoHost', exitCode: null, output: '', endedAt: null }],
  [
    'never started',
    [{ Status: 'TimedOut', CommandPlugins: [plugin(-1, '')] }],
    { status: 'TimedOut', exitCode: null, output: '', endedAt: start },
  ],
];
for (const [name, CommandInvocations, outcome] of outcomes) {
  test(`outcome of a command: ${name}`, async () => {
    answer({ body: { CommandInvocations } });
    assert.deepEqual(await ports().commandOutcome('7c6d3f6a-0000-0000-0000-000000000000'), outcome);
  });
}

test('a mail is published to the topic of its lane, with a text for each protocol and attributes to filter by', async () => {
  const [mail] = acting().record.outbox;
  assert.ok(mail);
  answer({
    body: '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>',
  });
  await ports().publish(mail);
  const sent = new URLSearchParams(endpoint.last().body);
  assert.equal(sent.get('TopicArn'), resources.pageTopicArn);
  assert.equal(sent.get('Subject'), mail.subject);
  assert.equal(sent.get('MessageStructure'), 'json');
  const message = JSON.parse(sent.get('Message') ?? '{}') as Record<string, string>;
  assert.deepEqual(Object.keys(message).sort(), ['default', 'email', 'sms']);
  assert.equal(message.email, mail.email);
  const names = [1, 2, 3, 4, 5].map((index) => sent.get(`MessageAttributes.entry.${index}.Name`));
  assert.deepEqual(names.sort(), ['env', 'incident', 'kind', 'service', 'urgency']);
});

test('a dead letter carries the original, the reason and the request', async () => {
  const MD5OfMessageBody = createHash('md5').update('{"hello":1}').digest('hex');
  answer({ body: { MessageId: 'm', MD5OfMessageBody } });
  await ports().deadLetter({ body: '{"hello":1}', reason: 'event is unknown', requestId: 'r-1' });
  const sent = JSON.parse(endpoint.last().body) as Record<string, unknown>;
  assert.equal(sent.MessageBody, '{"hello":1}');
  assert.deepEqual(sent.MessageAttributes, {
    reason: { DataType: 'String', StringValue: 'event is unknown' },
    requestId: { DataType: 'String', StringValue: 'r-1' },
  });
});

test('a reader that fails is asked again, but never beyond the invocation', async () => {
  answer({ status: 500, body: {} }, { body: { CommandInvocations: [] } });
  await ports().commandOutcome('7c6d3f6a-0000-0000-0000-000000000000');
  assert.equal(endpoint.requests.length, 2);
  answer({ hang: true, body: {} });
  const from = performance.now();
  await assert.rejects(ports(1_100).describeAlarms(['a']));
  // The invocation's own end: a busy machine may take what is left of it.
  assert.ok(performance.now() - from < 1_100);
});
