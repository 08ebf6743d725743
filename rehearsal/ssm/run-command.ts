/** Run Command: takes a request as the API does, runs the document on the sandbox's host, tells how it ended. */
import { join } from 'node:path';
import type { Clock } from '../clock';
import type { PutEvent } from '../eventbridge/types';
import type { Emit } from '../events';
import type { Place, Resource } from '../resources';
import { bindParameters, type CommandDocument, planSteps, readDocument, stepEnvironment } from './document';
import { runStep, type ShellPlace, stopCodes } from './shell';
import {
  type Command,
  type CommandInvocation,
  type CommandStatus,
  type PluginResult,
  type SendCommandRequest,
  SsmError,
  type SystemsManager,
} from './types';

export interface RunCommandDependencies {
  readonly resources: readonly Resource[];
  readonly place: Place;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly newId: () => string;
  readonly putEvent: (event: PutEvent) => void;
  /** Whether the host's agent would answer; a dead host gets no command. */
  readonly isOnline: () => boolean;
  /** The shell's surroundings: the sandbox's programs first, this machine's after them. */
  readonly path: string;
  /** More variables of the shell: where the sandbox's root is. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly workDirectory: string;
  /** The lines of a document with the host's paths mapped to where they lie on this machine. */
  readonly mapText: (text: string) => string;
  /** Each process it starts; every one leads a group of its own. */
  readonly onSpawn: (pid: number) => void;
}

export interface RunCommand extends SystemsManager {
  /** Ends what is running and tells nobody; resolves when it has ended. */
  stop(): Promise<void>;
}

/** The API's default when a request names no delivery timeout. */
const usualDeliverySeconds = 3600;

export function createSystemsManager(on: RunCommandDependencies): RunCommand {
  const documents = new Map<string, CommandDocument>();
  for (const resource of on.resources.filter(({ type }) => type === 'AWS::SSM::Document')) {
    documents.set(resource.id, readDocument(resource.id, resource.properties.Content));
  }
  const instances = on.resources.filter(({ type }) => type === 'AWS::EC2::Instance').map(describeInstance);
  const commands: Command[] = [];
  const end = new AbortController();
  const running = new Set<Promise<void>>();
  const start = (command: Command, document: CommandDocument, values: Readonly<Record<string, string>>) => {
    const run = runCommand(command, document, values, { ...on, signal: end.signal }).finally(() =>
      running.delete(run),
    );
    running.add(run);
  };

  return {
    sendCommand: (request) => {
      const document = documents.get(request.DocumentName.split('/').at(-1) ?? '');
      if (document === undefined)
        throw new SsmError('InvalidDocument', `Document ${request.DocumentName} does not exist`);
      const values = bindParameters(document, request.Parameters ?? {});
      const targets = selectInstances(request, instances);
      const command = newCommand(request, document, targets, on);
      commands.push(command);
      on.emit({ kind: 'command', id: command.commandId, document: document.name, status: 'Pending' });
      // The API answers before the agent has heard of anything.
      on.clock.after(0, () => {
        if (!end.signal.aborted) start(command, document, values);
      });
      return command;
    },
    commands: () => commands,
    documents: () =>
      [...documents.values()].map(({ name, content, schemaVersion }) => ({ name, content, schemaVersion })),
    parameter: (name) => {
      const parameter = on.resources.find(({ type, id }) => type === 'AWS::SSM::Parameter' && id === name);
      return parameter === undefined ? undefined : String(parameter.properties.Value);
    },
    instances: () => instances.map((instance) => ({ ...instance, online: on.isOnline() })),
    stop: async () => {
      end.abort();
      await Promise.all(running);
    },
  };
}

function describeInstance(resource: Resource) {
  const tags = (resource.properties.Tags ?? []) as { Key: string; Value: string }[];
  return {
    instanceId: resource.id,
    tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
    instanceType: String(resource.properties.InstanceType ?? 'unknown'),
  };
}

/** Hosts by id (all must exist) or by tag (any number, none included), as the API selects them. */
function selectInstances(
  request: SendCommandRequest,
  instances: readonly { instanceId: string; tags: Readonly<Record<string, string>> }[],
): string[] {
  if (request.InstanceIds !== undefined && request.InstanceIds.length > 0) {
    const unknown = request.InstanceIds.find((id) => !instances.some(({ instanceId }) => instanceId === id));
    if (unknown !== undefined)
      throw new SsmError('InvalidInstanceId', `Instances [[${unknown}]] not in a valid state for account`);
    return [...request.InstanceIds];
  }
  const targets = request.Targets ?? [];
  if (targets.length === 0) throw new SsmError('InvalidParameters', 'InstanceIds or Targets must be given');
  return instances
    .filter(({ instanceId, tags }) =>
      targets.every(({ Key, Values }) =>
        Key === 'InstanceIds'
          ? Values.includes(instanceId)
          : Values.includes(tags[Key.replace(/^tag:/, '')] ?? ''),
      ),
    )
    .map(({ instanceId }) => instanceId);
}

function newCommand(
  request: SendCommandRequest,
  document: CommandDocument,
  instanceIds: readonly string[],
  on: RunCommandDependencies,
): Command {
  const now = on.clock.now();
  const commandId = on.newId();
  return {
    commandId,
    documentName: document.name,
    instanceIds: request.InstanceIds ?? [],
    targets: request.Targets ?? [],
    parameters: request.Parameters ?? {},
    comment: request.Comment ?? '',
    requestedAt: now,
    expiresAt: now + (request.TimeoutSeconds ?? usualDeliverySeconds) * 1000,
    status: 'Pending',
    statusDetails: 'Pending',
    invocations: instanceIds.map((instanceId) => ({
      commandId,
      instanceId,
      status: 'Pending',
      statusDetails: 'Pending',
      plugins: [],
    })),
  };
}

interface Running extends RunCommandDependencies {
  readonly signal: AbortSignal;
}

async function runCommand(
  command: Command,
  document: CommandDocument,
  values: Readonly<Record<string, string>>,
  on: Running,
): Promise<void> {
  const startedAt = on.clock.now();
  const invocation = command.invocations[0];
  // Aimed at a tag that no host carries: the command ends well and has done nothing.
  if (invocation === undefined) return finish(command, 'Success', 'NoInstancesInTag', startedAt, on);
  if (!on.isOnline()) {
    const cancel = on.clock.after(command.expiresAt - startedAt, () => {
      invocation.status = 'TimedOut';
      invocation.statusDetails = 'DeliveryTimedOut';
      finish(command, 'TimedOut', 'DeliveryTimedOut', startedAt, on);
    });
    on.signal.addEventListener('abort', cancel);
    return;
  }
  for (const each of [command, invocation]) each.status = 'InProgress';
  on.emit({ kind: 'command', id: command.commandId, document: document.name, status: 'InProgress' });
  notify(command, 'InProgress', on);
  await runSteps(invocation, document, values, on);
  if (on.signal.aborted) return;
  const failed = invocation.plugins.find(({ status }) => status === 'Failed' || status === 'TimedOut');
  const status: CommandStatus = failed?.status ?? 'Success';
  const details = status === 'TimedOut' ? 'ExecutionTimedOut' : status;
  invocation.status = status;
  invocation.statusDetails = details;
  finish(command, status, details, startedAt, on);
}

async function runSteps(
  invocation: CommandInvocation,
  document: CommandDocument,
  values: Readonly<Record<string, string>>,
  on: Running,
): Promise<void> {
  const { commandId, instanceId } = invocation;
  const place: ShellPlace = {
    clock: on.clock,
    signal: on.signal,
    onSpawn: on.onSpawn,
    directory: join(on.workDirectory, commandId),
    environment: {
      ...on.environment,
      PATH: on.path,
      HOME: on.workDirectory,
      ...stepEnvironment(document, values, { commandId, instanceId, region: on.place.region }),
    },
  };
  let stopped = false;
  for (const planned of planSteps(document, values)) {
    const step = { ...planned, runCommand: planned.runCommand.map(on.mapText) };
    if (on.signal.aborted) return;
    if (step.skipped || (stopped && !step.finallyStep)) continue;
    const result = await runStep(step, place);
    const isExit = result.responseCode === stopCodes.success || result.responseCode === stopCodes.failure;
    const endsOnFailure = result.status !== 'Success' && step.onFailure !== 'continue';
    const endsOnSuccess = result.status === 'Success' && step.onSuccess === 'exit';
    stopped = stopped || isExit || endsOnFailure || endsOnSuccess;
    // successAndExit: the failure ends the document and counts as success.
    const forgiven = endsOnFailure && step.onFailure === 'successAndExit';
    invocation.plugins.push(forgiven ? { ...result, status: 'Success' } : result);
  }
}

function finish(
  command: Command,
  status: CommandStatus,
  details: string,
  startedAt: number,
  on: RunCommandDependencies,
): void {
  command.status = status;
  command.statusDetails = details;
  const plugins = command.invocations[0]?.plugins ?? [];
  const decisive = plugins.find((plugin) => plugin.status !== 'Success') ?? plugins.at(-1);
  on.emit({
    kind: 'command',
    id: command.commandId,
    document: command.documentName,
    status,
    ...(decisive === undefined ? {} : { exitCode: decisive.responseCode }),
    ...(decisive === undefined || decisive.status === 'Success' ? {} : { failure: lastWords(decisive) }),
    output: plugins.map(({ name, output, errorOutput }) => `--- ${name}\n${output}${errorOutput}`).join('\n'),
    durationMs: on.clock.now() - startedAt,
  });
  notify(command, status, on);
}

/** What EventBridge is told of a command as a whole. */
function notify(command: Command, status: CommandStatus, on: RunCommandDependencies): void {
  on.putEvent({
    source: 'aws.ssm',
    'detail-type': 'EC2 Command Status-change Notification',
    detail: {
      'command-id': command.commandId,
      'document-name': command.documentName,
      'requested-date-time': new Date(command.requestedAt).toISOString(),
      'expire-after': new Date(command.expiresAt).toISOString(),
      parameters: command.parameters,
      status,
    },
  });
}

/** The end of a step's output, its errors last, which is where it says why. */
function lastWords({ name, output, errorOutput }: PluginResult): string {
  const lines = `${output}\n${errorOutput}`.split('\n').filter((line) => line.trim() !== '');
  return `${name}: ${lines.slice(-3).join(' / ') || 'no output'}`;
}
