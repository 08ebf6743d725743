/** Functions written on the spot, run by the real service in real processes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../rehearsal/clock';
import type { Delivery } from '../../../rehearsal/iam/types';
import { startLambda } from '../../../rehearsal/lambda/lambda';
import type { LambdaService } from '../../../rehearsal/lambda/types';
import { createLogs } from '../../../rehearsal/logs/logs';
import type { Resource } from '../../../rehearsal/resources';
import type { PublishRequest } from '../../../rehearsal/sns/types';
import type { SentMessage } from '../../../rehearsal/sqs/types';
import { counter, functionArn, metricSink, place, type Recorder, recorder, resource } from '../parts';

export interface Bench {
  readonly lambda: LambdaService;
  readonly log: Recorder;
  readonly metrics: ReturnType<typeof metricSink>;
  readonly sent: { queue: string; message: SentMessage }[];
  readonly published: PublishRequest[];
  readonly pids: number[];
  /** The lines of a function's log. */
  lines(name: string): string[];
  stop(): Promise<void>;
}

const code = (source: string): string =>
  `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);\n${source}`;

/** Starts functions from their sources; `properties` go over the defaults, `resources` beside them. */
export async function bench(
  functions: Record<string, { source: string; properties?: Record<string, unknown> }>,
  resources: readonly Resource[] = [],
): Promise<Bench> {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-lambda-'));
  const clock = systemClock();
  const log = recorder(() => clock.now());
  const metrics = metricSink();
  const sent: Bench['sent'] = [];
  const published: PublishRequest[] = [];
  const pids: number[] = [];
  const templates = Object.entries(functions).map(([name, { source, properties }]) => {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'index.mjs'), code(source));
    return resource('AWS::Lambda::Function', name, {
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Timeout: 5,
      Role: 'arn:aws:iam::000000000000:role/test',
      Code: { S3Key: 'asset.zip' },
      ...properties,
    });
  });
  const ok: Delivery = { ok: true, messageId: 'm' };
  const shared = { place, clock, emit: log.emit, newId: counter(), cloudwatch: metrics };
  const logs = createLogs({ ...shared, resources: [] });
  const remove = (): void => rmSync(directory, { recursive: true });
  const lambda = await startLambda({
    ...shared,
    resources: [...templates, ...resources],
    logs,
    sqs: {
      deliver: (queue, message) => {
        sent.push({ queue, message });
        return ok;
      },
    },
    sns: {
      publish: (request) => {
        published.push(request);
        return ok;
      },
    },
    codeDirectory: ({ id }) => join(directory, id),
    endpointUrl: 'http://127.0.0.1:1',
    xrayAddress: '127.0.0.1:2',
    workDirectory: directory,
    path: process.env.PATH ?? '',
    retryDelaysMs: [10, 10],
    onSpawn: (pid) => pids.push(pid),
  }).catch((error: unknown) => {
    remove();
    throw error;
  });
  return {
    lambda,
    log,
    metrics,
    sent,
    published,
    pids,
    lines: (name) => logs.filter({ group: `/aws/lambda/${name}` }).map((event) => event.message),
    stop: async () => {
      await lambda.stop();
      remove();
    },
  };
}

export const invokeConfig = (name: string, properties: Record<string, unknown>): Resource =>
  resource('AWS::Lambda::EventInvokeConfig', `${name}-config`, {
    FunctionName: name,
    Qualifier: '$LATEST',
    ...properties,
  });

export { functionArn };
