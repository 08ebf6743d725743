/** The EC2 host of the template, on this machine: first boot, unit, agent, and the status checks that EC2 would publish. */
import { readFileSync } from 'node:fs';
import type { Assembly } from '../assembly';
import { type Clock, everyAligned } from '../clock';
import type { CloudWatch } from '../cloudwatch/types';
import type { Emit } from '../events';
import type { Logs } from '../logs/types';
import { NotRehearsable } from '../not-rehearsable';
import type { Resource } from '../resources';
import { type AgentConfig, startAgent } from './agent';
import { startControl } from './control';
import { firstBoot } from './first-boot';
import { createReadings, hostSize } from './readings';
import type { Sandbox } from './sandbox';
import { createSupervisor, type Supervisor } from './supervisor';
import { parseUnit } from './unit-file';

export interface Host {
  readonly instanceId: string;
  readonly supervisor: Supervisor;
  readonly url: string;
  readonly releaseDirectory: string;
  isOnline(): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface HostDependencies {
  readonly resources: readonly Resource[];
  readonly assembly: Assembly;
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly logs: Pick<Logs, 'put'>;
  readonly cloudwatch: Pick<CloudWatch, 'put'>;
  /** A free port of this machine: the template's own port may be taken. */
  readonly port: number;
  /** Variables the rehearsal adds to the service's environment. */
  readonly extraEnvironment: Readonly<Record<string, string>>;
  readonly onSpawn: (pid: number) => void;
}

/** Names in the service's environment that the rehearsal must be able to set. */
export const portVariable = 'VIGIA_PORT';
export const bindVariable = 'VIGIA_BIND';

export async function createHost(on: HostDependencies): Promise<Host> {
  const instance = on.resources.find(({ type }) => type === 'AWS::EC2::Instance');
  if (instance === undefined) {
    throw new NotRehearsable('assembly', 'no AWS::EC2::Instance', 'rehearse an assembly that has a host');
  }
  const { sandbox, clock, emit } = on;
  const booted = firstBoot(instance, on.assembly, sandbox);
  const unit = parseUnit(booted.unitName, booted.unitText);
  if (unit.logsDirectory !== undefined) sandbox.write(`/var/log/${unit.logsDirectory}/.keep`, '');
  const environment = (): Record<string, string> => ({
    ...readEnvironment(unit.environmentFiles, unit.environment, sandbox),
    // The sandbox's service is reached from this machine only, on a port that was free.
    [portVariable]: String(on.port),
    [bindVariable]: '127.0.0.1',
    ...on.extraEnvironment,
    PATH: process.env.PATH ?? '',
  });
  const workingDirectory = sandbox.path(unit.workingDirectory ?? '/');
  const supervisor = createSupervisor({
    unit,
    clock,
    environment,
    workingDirectory,
    command: (line) => toCommand(line, environment(), sandbox),
    onChange: (what, detail) => emit({ kind: 'host', what, ...(detail === '' ? {} : { detail }) }),
    onSpawn: on.onSpawn,
  });
  const control = await startControl(sandbox, unit.name, supervisor);
  const size = hostSize(String(instance.properties.InstanceType), volumeGiB(instance));
  const running: { stop(): void }[] = [];
  return {
    instanceId: instance.id,
    supervisor,
    url: `http://127.0.0.1:${on.port}`,
    releaseDirectory: workingDirectory,
    isOnline: () => running.length > 0,
    start: async () => {
      await supervisor.start();
      running.push(
        startAgent({
          config: agentConfig(on.resources),
          clock,
          emit,
          sandbox,
          logs: on.logs,
          cloudwatch: on.cloudwatch,
          readings: createReadings(size, { diskDirectory: sandbox.root, pid: () => supervisor.pid() }),
          instanceId: instance.id,
        }),
        { stop: publishStatusChecks(instance.id, on) },
      );
    },
    stop: async () => {
      // Nobody may start the unit again behind the stop; the agent goes last, to ship what the service leaves.
      await control.stop();
      await supervisor.stop();
      for (const each of running.splice(0)) each.stop();
    },
  };
}

/** The agent's JSON, from the parameter that the host would read. */
function agentConfig(resources: readonly Resource[]): AgentConfig {
  const parameter = resources.find(
    ({ type, id }) => type === 'AWS::SSM::Parameter' && id.startsWith('AmazonCloudWatch-'),
  );
  if (parameter === undefined) {
    throw new NotRehearsable(
      'assembly',
      'no AmazonCloudWatch-... parameter',
      'give the host an agent configuration',
    );
  }
  return JSON.parse(String(parameter.properties.Value)) as AgentConfig;
}

/** EC2 publishes its checks every minute; in the sandbox the machine below never fails. */
function publishStatusChecks(instanceId: string, { clock, cloudwatch }: HostDependencies): () => void {
  return everyAligned(clock, 60_000, (at) => {
    cloudwatch.put([
      {
        namespace: 'AWS/EC2',
        name: 'StatusCheckFailed',
        dimensions: { InstanceId: instanceId },
        unit: 'Count',
        storageResolutionSeconds: 60,
        at: at - 60_000,
        values: [0],
      },
    ]);
  });
}

function readEnvironment(
  files: readonly string[],
  assignments: readonly string[],
  sandbox: Sandbox,
): Record<string, string> {
  const lines = [...files.flatMap((file) => readLines(file, sandbox)), ...assignments];
  return Object.fromEntries(
    lines
      .map((line) => /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line))
      .filter((match) => match !== null)
      .map((match) => [match[1] ?? '', sandbox.mapText(`=${unquoted(match[2] ?? '')}`).slice(1)]),
  );
}

/** systemd takes one pair of quotes off a value. */
function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value.trim())?.[2] ?? value;
}

function readLines(file: string, sandbox: Sandbox): string[] {
  return readFileSync(sandbox.path(file), 'utf8').split('\n');
}

/** systemd's own splitting: words by blanks, `${NAME}` from the environment; the host's Node becomes this one. */
function toCommand(line: string, environment: Readonly<Record<string, string>>, sandbox: Sandbox) {
  const words = line
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => word.replace(/\$\{?([A-Z_][A-Z0-9_]*)\}?/g, (_, name: string) => environment[name] ?? ''));
  const [program = '', ...args] = words;
  const file = /\/node(-\d+)?$/.test(program) ? process.execPath : sandbox.mapText(program);
  return { file, args: args.map((arg) => sandbox.mapText(arg)) };
}

function volumeGiB(instance: Resource): number {
  const mappings = (instance.properties.BlockDeviceMappings ?? []) as { Ebs?: { VolumeSize?: number } }[];
  // Eight is the size of the standard image's own volume.
  return mappings[0]?.Ebs?.VolumeSize ?? 8;
}
