/** Wires everything that stands where AWS stands, in one process tree on loopback, and takes it all down again. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createAlarmAct } from './alarm-action';
import { createRecorder } from './alarms/series/recording';
import { type Assembly, readAssembly } from './assembly';
import { checkCapabilities } from './capabilities';
import { type Clock, everyAligned } from './clock';
import { createCloudWatch } from './cloudwatch/engine';
import { alarmMailText } from './cloudwatch/mail-text';
import type { AlarmAct, CloudWatch } from './cloudwatch/types';
import { startDynamoDb } from './dynamodb/dynamodb';
import { startEndpoint } from './endpoint/endpoint';
import { createEventBridge } from './eventbridge/eventbridge';
import type { EventBridge } from './eventbridge/types';
import { createEventLog, type EventLog } from './events';
import { faultEnvironment } from './faults';
import { createHost, type Host, hostPath, portVariable, rootVariable } from './host/host';
import { writePrograms } from './host/programs';
import { startReaper } from './host/reaper';
import { createSandbox } from './host/sandbox';
import { resolveResources } from './intrinsics';
import { startLambda } from './lambda/lambda';
import type { LambdaService } from './lambda/types';
import { createLogs } from './logs/logs';
import { recordCloudWatch } from './recorded-cloudwatch';
import { type Resource, rehearsalPlace } from './resources';
import { createObjects, type Objects } from './s3/objects';
import { startMailbox } from './sns/mailbox';
import { createSns } from './sns/sns';
import type { PublishRequest, Sns } from './sns/types';
import { createSqs } from './sqs/sqs';
import { createSystemsManager } from './ssm/run-command';
import type { SystemsManager } from './ssm/types';
import { startXrayDaemon } from './xray/daemon';

export interface World {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly host: Host;
  readonly cloudwatch: CloudWatch;
  readonly sns: Sns;
  readonly lambda: LambdaService;
  readonly ssm: SystemsManager;
  readonly objects: Objects;
  readonly endpointUrl: string;
  readonly sandboxDirectory: string;
  /** Starts the host, then the evaluation of alarms. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  readonly assemblyDirectory: string;
  readonly clock: Clock;
  /** 0 takes a free port. */
  readonly port: number;
  /** Leaves the sandbox directory behind. */
  readonly keep: boolean;
  /** Takes the recording of all data that CloudWatch is given, line by line. */
  readonly record: (line: string) => void;
  /** Directories made for this rehearsal: gone even when it is killed outright. */
  readonly disposable: readonly string[];
}

/** CloudWatch looks at high-resolution alarms every ten seconds, and at the others on each sixth look. */
const evaluationMs = 10_000;

/** @throws NotRehearsable, AssemblyError */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { clock } = options;
  const assembly: Assembly = readAssembly(options.assemblyDirectory);
  const resources = resolveResources(assembly, rehearsalPlace);
  checkCapabilities(resources);

  const log = createEventLog(() => clock.now());
  const sandbox = createSandbox();
  const reaper = startReaper([...(options.keep ? [] : [sandbox.directory]), ...options.disposable]);
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    try {
      for (const each of stops.splice(0).reverse()) await each();
    } finally {
      reaper.dismiss();
      if (!options.keep) sandbox.remove();
    }
  };
  try {
    return await build({ options, assembly, resources, log, sandbox, stops, stop, watch: reaper.watch });
  } catch (error) {
    await stop();
    // Nothing ran in it, so there is nothing to keep.
    sandbox.remove();
    throw error;
  }
}

interface Parts {
  readonly options: WorldOptions;
  readonly assembly: Assembly;
  readonly resources: readonly Resource[];
  readonly log: EventLog;
  readonly sandbox: ReturnType<typeof createSandbox>;
  readonly stops: (() => Promise<void> | void)[];
  readonly stop: () => Promise<void>;
  readonly watch: (pid: number) => void;
}

async function build({
  options,
  assembly,
  resources,
  log,
  sandbox,
  stops,
  stop,
  watch,
}: Parts): Promise<World> {
  const { clock } = options;
  const shared = { resources, place: rehearsalPlace, clock, emit: log.emit, newId: () => randomUUID() };

  const endpoint = await startEndpoint({ port: options.port });
  stops.push(() => endpoint.stop());
  const mailbox = await startMailbox();
  stops.push(() => mailbox.stop());
  const dynamodb = await startDynamoDb({ resources });
  stops.push(() => dynamodb.stop());
  const traces = await startXrayDaemon();
  stops.push(() => traces.stop());

  // CloudWatch and Lambda publish to what is made after them and invokes the latter.
  const later: { sns?: Sns; act?: AlarmAct; events?: EventBridge } = {};
  const live = createCloudWatch({
    ...shared,
    act: (target, notification) => present(later.act)(target, notification),
    publish: (event) => present(later.events).putEvent(event),
  });
  const recorder = createRecorder(options.record, { startedAt: clock.now(), place: rehearsalPlace });
  const cloudwatch = recordCloudWatch(live, recorder, clock);
  stops.push(() => cloudwatch.stop());
  const logs = createLogs({ ...shared, cloudwatch });
  const sqs = createSqs({ ...shared, cloudwatch });
  stops.push(() => sqs.stop());
  const publish = (request: PublishRequest) => present(later.sns).publish(request);
  const lambda = await startLambda({
    ...shared,
    cloudwatch,
    logs,
    sqs,
    sns: { publish },
    codeDirectory: (resource) => codeDirectory(resource, assembly),
    endpointUrl: endpoint.url,
    xrayAddress: traces.address,
    workDirectory: workDirectory(sandbox.run, 'lambda'),
    path: process.env.PATH ?? '',
    onSpawn: watch,
  });
  stops.push(() => lambda.stop());
  const sns = createSns({ ...shared, cloudwatch, lambda, sqs, mailbox, alarmMailText });
  later.sns = sns;
  later.act = createAlarmAct({ sns, lambda });
  const events = createEventBridge({ ...shared, lambda, sqs, sns });
  later.events = events;
  stops.push(() => events.stop());

  const objects = createObjects(shared);
  const port = await freePort();
  writePrograms(sandbox, endpoint.url);
  const host = await createHost({
    resources,
    assembly,
    sandbox,
    clock,
    emit: log.emit,
    logs,
    cloudwatch,
    port,
    otlpPort: await freePort(),
    traces,
    extraEnvironment: faultEnvironment,
    onSpawn: watch,
  });
  stops.push(() => host.stop());
  const ssm = createSystemsManager({
    ...shared,
    putEvent: (event) => events.putEvent(event),
    isOnline: () => host.isOnline(),
    onSpawn: watch,
    path: hostPath(sandbox),
    environment: { [rootVariable]: sandbox.root, [portVariable]: String(port) },
    workDirectory: workDirectory(sandbox.run, 'commands'),
    mapText: sandbox.mapText,
  });
  stops.push(() => ssm.stop());
  endpoint.serve({
    ...shared,
    cloudwatch,
    logs,
    sns,
    sqs,
    ssm,
    lambda,
    objects,
    dynamodbUrl: dynamodb.url,
    traces,
  });

  return {
    clock,
    log,
    host,
    cloudwatch,
    sns,
    lambda,
    ssm,
    objects,
    endpointUrl: endpoint.url,
    sandboxDirectory: sandbox.directory,
    start: async () => {
      await host.start();
      stops.push(everyAligned(clock, evaluationMs, (at) => cloudwatch.evaluate(at)));
    },
    stop,
  };
}

function codeDirectory(resource: Resource, assembly: Assembly): string {
  const code = resource.properties.Code as { S3Key?: string } | undefined;
  const directory = assembly.assetDirectory(String(code?.S3Key ?? '').replace(/\.zip$/, ''));
  if (directory === undefined)
    throw new Error(`${resource.logicalId}: its code is not an asset of this assembly`);
  return directory;
}

function workDirectory(parent: string, name: string): string {
  const directory = join(parent, name);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** A port nobody listens on now. Another program may still take it first; then the service's start fails and says so. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('rehearsal: a part was used before it was built');
  return value;
}
