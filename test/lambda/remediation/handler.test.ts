import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import dynalite from 'dynalite';
import { build } from 'esbuild';
import { environment, tableKeys } from '../../../lambda/remediation/contract';

const directory = mkdtempSync(join(tmpdir(), 'vigia-remediation-'));
const bundle = join(directory, 'index.mjs');
const requests: { action: string; body: string }[] = [];
const table = dynalite({ createTableMs: 0 });
/** Alarms, commands, mails and letters; everything is well and every command is accepted. */
const cloud = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    const action =
      String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ||
      (new URLSearchParams(body).get('Action') ?? '');
    requests.push({ action, body });
    const changed = Date.UTC(2026, 10, 21) / 1000;
    const alarm = {
      AlarmName: 'inference-dev-errorRateHigh',
      StateValue: 'ALARM',
      StateUpdatedTimestamp: changed,
      Threshold: 5,
    };
    const answers: Record<string, unknown> = {
      DescribeAlarms: { MetricAlarms: [alarm] },
      SendCommand: { Command: { CommandId: 'c-1' } },
      SendMessage: { MessageId: 'm', MD5OfMessageBody: md5Of(body) },
    };
    const xml = '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>';
    response.end(action === 'Publish' ? xml : JSON.stringify(answers[action] ?? {}));
  });
});

/** The SDK compares it with what it sent. */
function md5Of(body: string): string {
  const sent = body.startsWith('{') ? (JSON.parse(body) as { MessageBody?: string }).MessageBody : '';
  return createHash('md5')
    .update(sent ?? '')
    .digest('hex');
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });

/** Plays Lambda's runtime: imports the module, calls the handler once for each event, prints how it ended. */
const runner = `
const began = performance.now();
const { handler } = await import(process.argv[2]);
process.stderr.write('imported in ' + Math.round(performance.now() - began) + ' ms\\n');
for (const [index, event] of JSON.parse(process.argv[3]).entries()) {
  const context = { awsRequestId: 'r-' + index, functionName: 'remediation', memoryLimitInMB: '256', functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:remediation', getRemainingTimeInMillis: () => 30000 };
  try { await handler(event, context); process.stderr.write('ended well\\n'); }
  catch (error) { process.stderr.write('threw ' + error.message + '\\n'); }
}`;

let common: Record<string, string>;

before(async () => {
  await build({
    entryPoints: [join(__dirname, '../../../lambda/remediation/handler.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    minify: true,
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
    logLevel: 'error',
  });
  writeFileSync(join(directory, 'runner.mjs'), runner);
  const [cloudUrl, tableUrl] = [await listen(cloud), await listen(table)];
  common = {
    PATH: process.env.PATH ?? '',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: cloudUrl,
    AWS_ENDPOINT_URL_DYNAMODB: tableUrl,
    [environment.service]: 'inference',
    [environment.stage]: 'dev',
    [environment.tableName]: 'incidents',
    [environment.pageTopicArn]: 'arn:aws:sns:eu-west-1:000000000000:page',
    [environment.ticketTopicArn]: 'arn:aws:sns:eu-west-1:000000000000:ticket',
    [environment.deadLetterQueueUrl]: 'https://sqs.eu-west-1.amazonaws.com/000000000000/letters',
    [environment.documentPrefix]: 'inference-dev',
    [environment.hostTagKey]: 'Vigia',
    [environment.hostTagValue]: 'inference-dev',
    [environment.runbookBaseUrl]: 'https://runbooks.example.com',
    [environment.timeZone]: 'Europe/Madrid',
    [environment.policy]: JSON.stringify({
      mode: 'on',
      maxAttemptsPerIncident: 2,
      maxActionsPerDay: 3,
      cooldownMinutes: 30,
      verifySeconds: 300,
      commandTimeoutSeconds: 120,
      rollbackWithinMinutes: 60,
    }),
  };
  await fetch(tableUrl, {
    method: 'POST',
    headers: {
      'x-amz-target': 'DynamoDB_20120810.CreateTable',
      'content-type': 'application/x-amz-json-1.0',
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20261121/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-date': '20261121T000000Z',
    },
    body: JSON.stringify({
      TableName: 'incidents',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: Object.values(tableKeys).map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: tableKeys.partition, KeyType: 'HASH' },
        { AttributeName: tableKeys.sort, KeyType: 'RANGE' },
      ],
    }),
  });
});

after(() => {
  for (const server of [cloud, table]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

interface Ran {
  readonly logs: Record<string, unknown>[];
  readonly ends: string[];
  readonly importMs: number;
  readonly code: number | null;
}

function run(events: unknown[], change: Record<string, string | undefined> = {}): Promise<Ran> {
  requests.length = 0;
  const env = Object.fromEntries(
    Object.entries({ ...common, ...change }).filter(([, value]) => value !== undefined),
  );
  const child = spawn(process.execPath, [join(directory, 'runner.mjs'), bundle, JSON.stringify(events)], {
    env,
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const lines = out.split('\n').filter((line) => line.startsWith('{'));
      resolve({
        logs: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
        ends: err.split('\n').filter((line) => /^(ended|threw)/.test(line)),
        importMs: Number(/imported in (\d+) ms/.exec(err)?.[1]),
        code,
      });
    });
  });
}

const alarmEvent = (StateChangeTime: string) => {
  const message = { AlarmName: 'inference-dev-errorRateHigh', NewStateValue: 'ALARM', StateChangeTime };
  return { Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(message) } }] };
};

test('the bundle opens an incident: command, mail, log lines of the agreed shape, and metrics', async (context) => {
  const { logs, ends, importMs, code } = await run([alarmEvent('2026-11-21T00:00:00.000+0000')]);
  assert.deepEqual([code, ends], [0, ['ended well']]);
  assert.deepEqual(
    requests.filter((one) => ['SendCommand', 'Publish'].includes(one.action)).map((one) => one.action),
    ['SendCommand', 'Publish'],
  );
  const told = logs.filter((line) => line.message === 'incident').map((line) => line.incident);
  assert.deepEqual(told, [
    { id: 'INC-0001', from: 'none', to: 'opened', reason: 'errorRateHigh went to ALARM' },
    { id: 'INC-0001', from: 'opened', to: 'acting', reason: 'all 8 guards allow' },
  ]);
  const metric = logs.find((line) => '_aws' in line);
  assert.deepEqual([metric?.Actions, metric?.service, metric?.stage], [1, 'inference', 'dev']);
  assert.match(JSON.stringify(metric?._aws), /"Namespace":"Vigia\/Remediation"/);
  context.diagnostic(`bundle ${Math.round(statSync(bundle).size / 1024)} KB, cold import ${importMs} ms`);
});

test('the same message again changes nothing', async () => {
  const { ends, logs } = await run([alarmEvent('2026-11-21T00:00:00.000+0000')]);
  assert.deepEqual(ends, ['ended well']);
  assert.ok(!requests.some((one) => ['SendCommand', 'Publish'].includes(one.action)));
  assert.ok(!logs.some((line) => '_aws' in line));
});

test('a malformed message becomes a dead letter and the invocation ends well', async () => {
  const { ends } = await run([{ Records: [{ Sns: { Message: 'hello' } }] }]);
  assert.deepEqual(ends, ['ended well']);
  const letter = JSON.parse(requests.find((one) => one.action === 'SendMessage')?.body ?? '{}') as Record<
    string,
    unknown
  >;
  assert.equal(letter.MessageBody, '{"Records":[{"Sns":{"Message":"hello"}}]}');
});

test('a wrong table name and a missing setting make the invocation fail, and say why', async () => {
  const wrong = await run([{ kind: 'recheck' }], { [environment.tableName]: 'no-such-table' });
  assert.match(wrong.ends[0] ?? '', /^threw .*(not found|non-existent)/i);
  const missing = await run([{ kind: 'recheck' }], { [environment.pageTopicArn]: undefined });
  assert.match(missing.ends[0] ?? '', /^threw environment: VIGIA_PAGE_TOPIC_ARN is missing/);
});

const asInLambda = {
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  LAMBDA_TASK_ROOT: directory,
  _HANDLER: 'index.handler',
  _X_AMZN_TRACE_ID: 'Root=1-67890abc-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1',
};

test('traced as in Lambda, without any X-Ray daemon, the work is done all the same', async () => {
  // A port where nobody listens.
  const { ends, code } = await run([{ kind: 'recheck' }], {
    ...asInLambda,
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:9',
  });
  assert.deepEqual([code, ends], [0, ['ended well']]);
});

test('with a daemon the handler and each call to AWS are subsegments of the trace', async () => {
  const daemon = createSocket('udp4');
  const datagrams: string[] = [];
  daemon.on('message', (message) => datagrams.push(message.toString()));
  await new Promise<void>((resolve) => daemon.bind(0, '127.0.0.1', resolve));
  await run([{ kind: 'recheck' }], {
    ...asInLambda,
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
  });
  daemon.close();
  const all = datagrams.join('\n');
  assert.match(all, /"name":"## handler"/);
  assert.match(all, /"name":"DynamoDB"/);
  assert.match(all, /"operation":"DescribeAlarms"/);
  assert.match(all, /1-67890abc-0123456789abcdef01234567/);
});
