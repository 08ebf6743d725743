/** The endpoint with every service behind it: real ones, and a hand-made CloudWatch and Systems Manager. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../rehearsal/clock';
import type { CloudWatch, Datum, MetricDataQuery } from '../../../rehearsal/cloudwatch/types';
import { startDynamoDb } from '../../../rehearsal/dynamodb/dynamodb';
import { startEndpoint } from '../../../rehearsal/endpoint/endpoint';
import type { AlarmState } from '../../../rehearsal/events';
import { startLambda } from '../../../rehearsal/lambda/lambda';
import { createLogs } from '../../../rehearsal/logs/logs';
import { createObjects } from '../../../rehearsal/s3/objects';
import { createSns } from '../../../rehearsal/sns/sns';
import type { Sns } from '../../../rehearsal/sns/types';
import { createSqs } from '../../../rehearsal/sqs/sqs';
import { type Command, SsmError, type SystemsManager } from '../../../rehearsal/ssm/types';
import { startXrayDaemon, type XrayDaemon } from '../../../rehearsal/xray/daemon';
import {
  counter,
  functionArn,
  place,
  queueArn,
  queueUrl,
  type Recorder,
  recorder,
  resource,
  topicArn,
} from '../parts';
import { alarmAt, alarmRecords } from './alarm-records';

export { alarmArn, alarmAt } from './alarm-records';

export interface FakeCloudWatch extends CloudWatch {
  readonly stored: Datum[];
  readonly asked: { queries: readonly MetricDataQuery[]; range: { start: number; end: number } }[];
  readonly forced: { name: string; state: AlarmState; reason: string }[];
}

function fakeCloudWatch(): FakeCloudWatch {
  const stored: Datum[] = [];
  const asked: FakeCloudWatch['asked'] = [];
  const forced: FakeCloudWatch['forced'] = [];
  return {
    stored,
    asked,
    forced,
    tickSeconds: 10,
    put: (data) => {
      stored.push(...data);
    },
    listMetrics: ({ namespace, name } = {}) =>
      [{ namespace: 'Vigia', name: 'PredictionLatency', dimensions: { service: 'inference' } }].filter(
        (metric) =>
          (namespace ?? metric.namespace) === metric.namespace && (name ?? metric.name) === metric.name,
      ),
    getMetricData: (queries, range) => {
      asked.push({ queries, range });
      return queries
        .filter((query) => query.ReturnData !== false)
        .map((query, index) => ({
          id: query.Id,
          label: query.Label ?? 'PredictionLatency',
          timestamps: [alarmAt, alarmAt + 60_000],
          values: [1.5 + index, 2.25 + index],
        }));
    },
    alarms: () => [...alarmRecords],
    history: () => [
      {
        alarmName: 'error-rate',
        at: alarmAt,
        type: 'StateUpdate',
        summary: 'Alarm updated from OK to ALARM',
      },
    ],
    setAlarmState: (name, state, reason) => {
      forced.push({ name, state, reason });
    },
    stop: () => {},
    evaluate: () => {},
  };
}

const hostId = 'i-0123456789abcdef0';

function fakeSsm(): SystemsManager {
  const commands: Command[] = [];
  const plugin = {
    name: 'restart',
    action: 'aws:runShellScript',
    status: 'Success' as const,
    responseCode: 0,
    output: 'restarted inference.service\n',
    errorOutput: '',
    startedAt: alarmAt,
    endedAt: alarmAt + 1_200,
  };
  return {
    sendCommand: (request) => {
      if (request.DocumentName !== 'vigia-restart')
        throw new SsmError('InvalidDocument', 'document does not exist');
      const command: Command = {
        commandId: '11111111-2222-4333-8444-555555555555',
        documentName: request.DocumentName,
        instanceIds: request.InstanceIds ?? [],
        targets: request.Targets ?? [],
        parameters: request.Parameters ?? {},
        comment: request.Comment ?? '',
        requestedAt: alarmAt,
        expiresAt: alarmAt + 3_600_000,
        status: 'Success',
        statusDetails: 'Success',
        invocations: [
          {
            commandId: '11111111-2222-4333-8444-555555555555',
            instanceId: hostId,
            status: 'Success',
            statusDetails: 'Success',
            plugins: [plugin],
          },
        ],
      };
      commands.push(command);
      return command;
    },
    commands: () => commands,
    documents: () => [
      {
        name: 'vigia-restart',
        schemaVersion: '2.2',
        content: {
          schemaVersion: '2.2',
          parameters: { Unit: { type: 'String', default: 'inference' } },
          mainSteps: [],
        },
      },
    ],
    parameter: (name) => (name === '/vigia/agent' ? '{"agent":{}}' : undefined),
    instances: () => [
      {
        instanceId: hostId,
        tags: { Role: 'inference', Name: 'host' },
        online: true,
        instanceType: 't3.medium',
      },
    ],
  };
}

const resources = [
  resource('AWS::SNS::Topic', topicArn('alerts'), { DisplayName: 'Alerts' }),
  resource('AWS::SNS::Subscription', `${topicArn('alerts')}:s1`, {
    TopicArn: topicArn('alerts'),
    Protocol: 'email',
    Endpoint: 'on-call@example.com',
  }),
  resource('AWS::SQS::Queue', queueUrl('dead'), {}),
  resource('AWS::Logs::LogGroup', '/vigia/service', { RetentionInDays: 7 }),
  resource('AWS::DynamoDB::GlobalTable', 'incidents', {
    AttributeDefinitions: [
      { AttributeName: 'scope', AttributeType: 'S' },
      { AttributeName: 'record', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'scope', KeyType: 'HASH' },
      { AttributeName: 'record', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    Replicas: [{ Region: 'us-east-1' }],
  }),
  resource('AWS::CloudWatch::Dashboard', 'on-call', { DashboardBody: '{"widgets":[]}' }),
  resource('AWS::Lambda::Function', 'echo', {
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: 'arn:aws:iam::000000000000:role/echo',
    Code: {},
    Environment: { Variables: { A: '1' } },
  }),
];

export interface Stack {
  readonly url: string;
  readonly cloudwatch: FakeCloudWatch;
  readonly log: Recorder;
  readonly traces: XrayDaemon;
  stop(): Promise<void>;
}

/** Everything on loopback, with one alarm of each kind, one topic, queue, table, function, document and host. */
export async function startStack(): Promise<Stack> {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-endpoint-'));
  mkdirSync(join(directory, 'echo'));
  writeFileSync(
    join(directory, 'echo', 'index.mjs'),
    'export const handler = async (event) => { if (event.fail) throw new Error("as asked"); return event; };',
  );
  const clock = systemClock();
  const log = recorder(() => clock.now());
  const cloudwatch = fakeCloudWatch();
  const shared = { resources, place, clock, emit: log.emit, newId: counter(), cloudwatch };
  const endpoint = await startEndpoint({ port: 0 });
  const dynamodb = await startDynamoDb({ resources });
  const traces = await startXrayDaemon();
  const logs = createLogs(shared);
  logs.put('/vigia/service', 'host', [
    { timestamp: alarmAt, message: '{"level":"error","text":"no <model> & co"}' },
    { timestamp: alarmAt + 1, message: '{"level":"info"}' },
  ]);
  const sqs = createSqs(shared);
  const later: { sns?: Sns } = {};
  const lambda = await startLambda({
    ...shared,
    logs,
    sqs,
    sns: { publish: (request) => later.sns?.publish(request) ?? { ok: false, code: 'none', error: 'none' } },
    codeDirectory: ({ id }) => join(directory, id),
    endpointUrl: endpoint.url,
    xrayAddress: traces.address,
    workDirectory: directory,
    path: process.env.PATH ?? '',
  });
  const mailbox = { deliver: async <T>(mail: T): Promise<T> => mail, stop: async () => {} };
  const sns = createSns({ ...shared, lambda, sqs, mailbox, alarmMailText: (message) => message });
  later.sns = sns;
  endpoint.serve({
    ...shared,
    logs,
    sns,
    sqs,
    lambda,
    ssm: fakeSsm(),
    objects: createObjects(shared),
    dynamodbUrl: dynamodb.url,
    traces,
  });
  return {
    url: endpoint.url,
    cloudwatch,
    log,
    traces,
    stop: async () => {
      sqs.stop();
      await Promise.all([endpoint.stop(), lambda.stop(), dynamodb.stop(), traces.stop()]);
      rmSync(directory, { recursive: true });
    },
  };
}

export { functionArn, hostId, queueArn, topicArn };

/** What every client of the SDK needs to reach the stack; one attempt, so that an error shows as it is. */
export const clientOptions = ({ url }: Pick<Stack, 'url'>) => ({
  endpoint: url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'REHEARSAL', secretAccessKey: 'rehearsal' },
  maxAttempts: 1,
});
