/** Run Command with one document, one host, and a directory of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../rehearsal/clock';
import type { PutEvent } from '../../../rehearsal/eventbridge/types';
import type { EventOf } from '../../../rehearsal/events';
import { createSystemsManager, type RunCommand } from '../../../rehearsal/ssm/run-command';
import type { Command, PluginResult, SendCommandRequest } from '../../../rehearsal/ssm/types';
import { eventually } from '../eventually';
import { counter, place, type Recorder, recorder, resource } from '../parts';

export interface Ran {
  readonly ssm: RunCommand;
  readonly log: Recorder;
  readonly events: PutEvent[];
  readonly spawned: number[];
  readonly directory: string;
  setOnline(online: boolean): void;
  send(request?: Partial<SendCommandRequest>): Command;
  /** Sends, and resolves when the command has ended. */
  run(parameters?: Record<string, string[]>, more?: Partial<SendCommandRequest>): Promise<RanCommand>;
  dispose(): Promise<void>;
}

export interface RanCommand {
  readonly command: Command;
  readonly plugins: readonly PluginResult[];
  readonly ended: EventOf<'command'> | undefined;
}

export const hostId = 'i-0123456789abcdef0';

export function runner(
  content: unknown,
  options: {
    clock?: Clock;
    path?: string;
    environment?: Readonly<Record<string, string>>;
    mapText?: (text: string) => string;
  } = {},
): Ran {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-ssm-'));
  const clock = options.clock ?? systemClock();
  const log = recorder(() => clock.now());
  const events: PutEvent[] = [];
  const spawned: number[] = [];
  let online = true;
  const ssm = createSystemsManager({
    resources: [
      resource('AWS::SSM::Document', 'the-document', { Content: content }),
      resource('AWS::SSM::Parameter', '/a/parameter', { Value: 'its value' }),
      resource('AWS::EC2::Instance', hostId, {
        InstanceType: 't3.small',
        Tags: [{ Key: 'Scope', Value: 'demo' }],
      }),
    ],
    place,
    clock,
    emit: log.emit,
    newId: counter(),
    putEvent: (event) => events.push(event),
    isOnline: () => online,
    path: options.path ?? process.env.PATH ?? '',
    environment: options.environment ?? {},
    workDirectory: directory,
    mapText: options.mapText ?? ((text) => text),
    onSpawn: (pid) => spawned.push(pid),
  });
  const send = (request: Partial<SendCommandRequest> = {}): Command =>
    ssm.sendCommand({ DocumentName: 'the-document', InstanceIds: [hostId], ...request });
  return {
    ssm,
    log,
    events,
    spawned,
    directory,
    setOnline: (value) => {
      online = value;
    },
    send,
    run: async (parameters = {}, more = {}) => {
      const command = send({ Parameters: parameters, ...more });
      await eventually('the end of the command', () => !['Pending', 'InProgress'].includes(command.status));
      const ended = log
        .of('command')
        .find(({ id, status }) => id === command.commandId && status === command.status);
      return { command, plugins: command.invocations[0]?.plugins ?? [], ended };
    },
    dispose: async () => {
      await ssm.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A document whose steps are lists of shell lines. */
export function documentOf(
  steps: Readonly<
    Record<
      string,
      { readonly lines: readonly string[]; readonly inputs?: object; readonly when?: readonly string[] }
    >
  >,
  parameters: object = {},
): unknown {
  return {
    schemaVersion: '2.2',
    parameters,
    mainSteps: Object.entries(steps).map(([name, { lines, inputs = {}, when }]) => ({
      action: 'aws:runShellScript',
      name,
      ...(when === undefined ? {} : { precondition: { StringEquals: when } }),
      inputs: { runCommand: lines, ...inputs },
    })),
  };
}
