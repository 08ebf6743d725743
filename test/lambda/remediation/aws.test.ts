import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import { connectAws } from '../../../lambda/remediation/aws';
import { tableKeys } from '../../../lambda/remediation/contract';
import type { DescribedAlarm, Ports } from '../../../lambda/remediation/ports';
import { storeKit } from '../ports-kit';
import { acting, seconds, setting, start } from './fixtures';

interface Answer {
  readonly status?: number;
  readonly body: unknown;
  /** Never answers at all. */
  readonly hang?: boolean;
  /** Takes the request and breaks the connection. */
  readonly drop?: boolean;
}

/** Says what AWS would say; the request is kept to be looked at. */
class Endpoint {
  readonly requests: { readonly action: string; readonly body: string }[] = [];
  answers: Answer[] = [];
  readonly server: Server = createServer((request, response) => void this.serve(request, response));

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const target =
      String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? '';
    this.requests.push({
      action: target === '' ? (new URLSearchParams(body).get('Action') ?? '') : target,
      body,
    });
    const answer = this.answers.shift() ?? { status: 500, body: {} };
    if (answer.hang) return;
    if (answer.drop) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  }

  last(): { readonly action: string; readonly body: string } {
    const request = this.requests.at(-1);
    assert.ok(request);
    return request;
  }
}

const endpoint = new Endpoint();
const dynalite = createRequire(__filename)('dynalite') as (options: object) => Server;
const table = dynalite({ createTableMs: 0 });
let tables = 0;

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });

before(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  process.env.AWS_ENDPOINT_URL = await listen(endpoint.server);
  process.env.AWS_ENDPOINT_URL_DYNAMODB = await listen(table);
});

after(() => {
  for (const server of [endpoint.server, table]) {
    server.closeAllConnections();
    server.close();
  }
});

const untraced = <T extends object>(client: T): T => client;
const resources = {
  tableName: 'incidents',
  pageTopicArn: 'arn:aws:sns:eu-west-1:000000000000:page',
  ticketTopicArn: 'arn:aws:sns:eu-west-1:000000000000:ticket',
  deadLetterQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/letters',
};

function ports(remainingMs = 30_000, tableName = 'incidents'): Ports {
  return connectAws({ ...setting, resources: { ...resources, tableName } }, untraced)(() => remainingMs);
}

function answer(...answers: Answer[]): void {
  endpoint.requests.length = 0;
  endpoint.answers = answers;
}

storeKit('store in DynamoDB', async () => {
  tables += 1;
  const TableName = `incidents-${tables}`;
  const client = new DynamoDBClient({ region: 'eu-west-1' });
  const { partition, sort } = tableKeys;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [partition, sort].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
    }),
  );
  while ((await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus !== 'ACTIVE');
  return {
    store: ports(30_000, TableName),
    archived: async (id) => {
      const Key = { [partition]: { S: 'inference-prod' }, [sort]: { S: id } };
      const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
      return JSON.parse(Item?.body?.S ?? 'null') as unknown;
    },
  };
});

test('a table that does not exist is an error, never an empty record', async () => {
  await assert.rejects(ports(30_000, 'nowhere').load(), /not found|ResourceNotFound/);
});

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
  assert.ok(performance.now() - from < 1_000);
});
