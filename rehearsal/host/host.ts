/** The EC2 host of the template, on this machine: first boot, unit, agent, and the status checks that EC2 would publish. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Assembly } from '../assembly';
import { type Clock, everyAligned } from '../clock';
import type { CloudWatch } from '../cloudwatch/types';
import type { Emit } from '../events';
import type { Logs } from '../logs/types';
import { NotRehearsable } from '../not-rehearsable';
import type { Resource } from '../resources';
import type { Traces } from '../xray/daemon';
import { otlpEndpoint } from './agent';
import { agentUnit, createAgentProgram } from './agent-program';
import { controlUnits } from './control';
import { firstBoot } from './first-boot';
import type { Sandbox } from './sandbox';
import { placeStandIns } from './stand-ins';
import { createSupervisor, type Supervisor } from './supervisor';
import { parseUnit, type Unit } from './unit-file';

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
  /** Another one, in place of the agent's own for spans. */
  readonly otlpPort: number;
  readonly traces: Pick<Traces, 'accept'>;
  /** Variables the rehearsal adds to the service's environment. */
  readonly extraEnvironment: Readonly<Record<string, string>>;
  readonly onSpawn: (pid: number) => void;
}

/** Names in the service's environment that the rehearsal must be able to set. */
export const portVariable = 'VIGIA_PORT';
export const bindVariable = 'VIGIA_BIND';
export const tracesVariable = 'VIGIA_TRACES_ENDPOINT';

/** What the host's scripts and documents take for `/`. */
export const rootVariable = 'VIGIA_ROOT';

/** Units of the host that stand still in the sandbox, each with the reason. */
export const stillUnits: readonly {
  readonly name: RegExp;
  readonly active: boolean;
  readonly because: string;
}[] = [
  { name: /\.timer$/, active: true, because: 'a rehearsal is shorter than any timer of the host' },
  { name: /^chronyd\.service$/, active: true, because: "this machine's clock stands in" },
];

/**
 * Boots the host up to the moment at which it asks for its service to be started: `start` lets it go on.
 * @throws NotRehearsable for what cannot be booted here
 */
export async function createHost(on: HostDependencies): Promise<Host> {
  const instance = on.resources.find(({ type }) => type === 'AWS::EC2::Instance');
  if (instance === undefined) {
    throw new NotRehearsable('assembly', 'no AWS::EC2::Instance', 'rehearse an assembly that has a host');
  }
  const { sandbox } = on;
  placeStandIns(sandbox, on.resources);
  const service: { booted?: BootedService } = {};
  const agent = createAgentProgram(instance, on, () => service.booted?.supervisor.pid());
  const asked = signal<string>();
  const mayStart = signal<string>();
  const unrunnable = signal<unknown>();
  const control = await controlUnits(sandbox, {
    find: (name = service.booted?.unit.name ?? '') => {
      if (service.booted === undefined) {
        try {
          const booted = readService(name, on);
          if (booted !== undefined) service.booted = booted;
        } catch (error) {
          // A unit that cannot run here ends the whole rehearsal, not only the command that has named it.
          unrunnable.give(error);
        }
      }
      return service.booted?.unit.name === name ? service.booted.supervisor : undefined;
    },
    standsStill: (name) =>
      name === agentUnit ? { active: agent.isActive() } : stillUnits.find((unit) => unit.name.test(name)),
    beforeStart: async (name) => {
      asked.give(name);
      await mayStart.given;
    },
    agentControl: agent.control,
  });
  const boot = firstBoot(instance, {
    ...on,
    environment: {
      PATH: hostPath(sandbox),
      [rootVariable]: sandbox.root,
      [portVariable]: String(on.port),
    },
  });
  const where = `${instance.stack}/${instance.logicalId}`;
  const startsNothing = boot.done.then(() => {
    throw new NotRehearsable(
      where,
      'the first boot starts no unit',
      'let a command start one with systemctl',
    );
  });
  startsNothing.catch(() => {});
  const refused = unrunnable.given.then((error) => {
    throw error;
  });
  await Promise.race([asked.given, startsNothing, refused]).catch(async (error: unknown) => {
    await control.stop();
    agent.stop();
    throw error;
  });
  const { supervisor, workingDirectory } = present(service.booted, where);
  const running: { stop(): void }[] = [];
  return {
    instanceId: instance.id,
    supervisor,
    url: `http://127.0.0.1:${on.port}`,
    releaseDirectory: workingDirectory,
    isOnline: () => running.length > 0,
    start: async () => {
      mayStart.give('');
      await boot.done.catch((error: unknown) => {
        // By now it is the service that is at fault, not the template.
        throw new Error(error instanceof Error ? error.message : String(error));
      });
      running.push({ stop: publishStatusChecks(instance.id, on) });
    },
    stop: async () => {
      // Nobody may start the unit again behind the stop; the agent goes last, to ship what the service leaves.
      await control.stop();
      await supervisor.stop();
      for (const each of running.splice(0)) each.stop();
      agent.stop();
    },
  };
}

interface BootedService {
  readonly unit: Unit;
  readonly supervisor: Supervisor;
  readonly workingDirectory: string;
}

/** The unit as the first boot has written it, under a supervisor; undefined when there is no such file. */
function readService(name: string, on: HostDependencies): BootedService | undefined {
  const { sandbox, clock, emit } = on;
  const file = sandbox.path(`/etc/systemd/system/${name}`);
  if (!name.endsWith('.service') || !existsSync(file)) return undefined;
  const unit = parseUnit(name, readFileSync(file, 'utf8'));
  if (unit.logsDirectory !== undefined) sandbox.write(`/var/log/${unit.logsDirectory}/.keep`, '');
  if (unit.stateDirectory !== undefined) sandbox.write(`/var/lib/${unit.stateDirectory}/.keep`, '');
  const environment = (): Record<string, string> => ({
    ...moveSpans(readEnvironment(unit.environmentFiles, unit.environment, sandbox), on.otlpPort),
    // The sandbox's service is reached from this machine only, on a port that was free.
    [portVariable]: String(on.port),
    [bindVariable]: '127.0.0.1',
    ...on.extraEnvironment,
    // What systemd gives to a unit that it watches; its messages go through the sandbox's systemd-notify.
    ...(unit.watchdogSeconds === undefined || unit.notifyAccess === 'none'
      ? {}
      : {
          NOTIFY_SOCKET: join(sandbox.run, 'control.sock'),
          WATCHDOG_USEC: String(unit.watchdogSeconds * 1e6),
        }),
    PATH: hostPath(sandbox),
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
  return { unit, supervisor, workingDirectory };
}

/** The sandbox's programs first, this machine's after them. */
export function hostPath({ bin }: Sandbox): string {
  return `${bin}:${process.env.PATH ?? ''}`;
}

/** Something that happens once, and whoever waits for it. */
function signal<T>(): { readonly given: Promise<T>; give(what: T): void } {
  let give = (_: T): void => {};
  const given = new Promise<T>((resolve) => {
    give = resolve;
  });
  return { given, give: (what) => give(what) };
}

function present<T>(value: T | undefined, where: string): T {
  if (value !== undefined) return value;
  throw new NotRehearsable(where, 'the first boot writes no unit', 'write it below /etc/systemd/system');
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

/**
 * Who is told to send spans to the agent is told where it takes them here. To a backend of its own a rehearsal sends
 * none: they would look like a real host's.
 */
export function moveSpans(
  environment: Readonly<Record<string, string>>,
  otlpPort: number,
): Record<string, string> {
  const { [tracesVariable]: endpoint, ...others } = environment;
  const moved = endpoint?.replace(`http://${otlpEndpoint}/`, `http://127.0.0.1:${otlpPort}/`);
  return moved === undefined || moved === endpoint ? others : { ...others, [tracesVariable]: moved };
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
