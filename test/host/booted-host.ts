/** A host under a real systemd, in a throw-away root: booted from the assembly's own init metadata, entered by nsenter. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Assembly } from '../../rehearsal/assembly';
import type { Resource } from '../../rehearsal/resources';
import { eventually } from '../rehearsal/eventually';
import { nspawnOptions } from './base-root';

export interface Ran {
  readonly code: number;
  readonly output: string;
}

export interface BootedHost {
  /** Runs shell inside, as root. */
  run(script: string, environment?: Readonly<Record<string, string>>): Promise<Ran>;
  /** The commands of the init metadata, by their names, as they stand there. */
  readonly commands: readonly { readonly name: string; readonly command: string; readonly cwd: string }[];
  /** What the stand-in of a program was asked, one line a call. */
  calls(program: string): string[];
  /** Sets a parameter, or what the stand-in `dnf` exits with (`exit-dnf`). */
  put(name: string, value: string): void;
  stop(): Promise<void>;
}

/**
 * Amazon Linux's own programs that Debian has not. The agent is a unit that sleeps: what it reads and ships has tests of
 * its own.
 */
const standIns: Readonly<Record<string, string>> = {
  dnf: 'exit "$(cat /stage/exit-dnf 2>/dev/null || echo 0)"',
  rpm: 'echo "$2-1.2.3"',
  chronyc: 'exit 0',
  'cfn-signal': 'exit 0',
  aws: [
    'name=; while [ $# -gt 0 ]; do if [ "$1" = --name ]; then name=$2; fi; shift; done',
    'cat "/stage/parameters/$(printf %s "$name" | tr / _)" && echo',
  ].join('\n'),
  'amazon-cloudwatch-agent-ctl': 'systemctl restart amazon-cloudwatch-agent.service',
};

const sleeper = '[Service]\nExecStart=/bin/sleep infinity\n';

export async function bootHost(
  root: string,
  assembly: Assembly,
  resources: readonly Resource[],
): Promise<BootedHost> {
  const stage = mkdtempSync(join(tmpdir(), 'vigia-host-'));
  const init = initOf(resources);
  const tree = join(stage, 'tree');
  for (const config of init) placeConfig(config, tree, assembly);
  for (const unit of ['amazon-cloudwatch-agent', 'chronyd'])
    write(join(tree, `etc/systemd/system/${unit}.service`), sleeper);
  for (const [name, shell] of Object.entries(standIns)) {
    write(join(stage, 'bin', name), `#!/bin/sh\necho "$*" >>/stage/calls-${name}\n${shell}\n`);
    chmodSync(join(stage, 'bin', name), 0o755);
  }
  const put = (name: string, value: string): void =>
    write(join(stage, name.startsWith('/') ? `parameters/${name.replaceAll('/', '_')}` : name), value);
  for (const { type, id, properties } of resources)
    if (type === 'AWS::SSM::Parameter') put(id, String(properties.Value));

  const machine = spawn(
    'systemd-nspawn',
    [
      ...nspawnOptions(root),
      '--boot',
      `--machine=vigia-${process.pid}`,
      `--bind=${stage}:/stage`,
      `--bind-ro=${process.execPath}:/usr/bin/node-24`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let console = '';
  for (const stream of [machine.stdout, machine.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      console += text;
    });
  const enter = (script: string, environment: Readonly<Record<string, string>> = {}): Promise<Ran> => {
    const leader = leaderOf(machine);
    if (leader === undefined) return Promise.resolve({ code: -1, output: console });
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const path = 'PATH=/stage/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    return new Promise((resolve) => {
      execFile(
        'nsenter',
        ['-t', leader, '-a', 'env', '-i', path, 'LANG=C', ...variables, '/bin/sh', '-c', script],
        { timeout: 120_000, maxBuffer: 1e7 },
        (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? (error ? -1 : 0)), output: stdout + stderr }),
      );
    });
  };
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => machine.once('exit', resolve));
    // Once asks the systemd inside to power off, twice ends it.
    machine.kill('SIGTERM');
    setTimeout(() => machine.kill('SIGTERM'), 2000).unref();
    if (machine.exitCode === null) await ended;
    rmSync(stage, { recursive: true, force: true });
  };
  try {
    await eventually(
      'systemd is up',
      async () => /^(running|degraded)/.test((await enter('systemctl is-system-running')).output),
      30_000,
    );
    // In a directory of systemd's own path: units call the programs too.
    await enter(
      'cp -a /stage/tree/. / && ln -s /stage/bin/* /usr/local/bin/ && systemctl daemon-reload && systemctl start chronyd',
    );
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}: ${console}`);
  }
  return {
    run: enter,
    commands: init.flatMap(({ commands = {} }) =>
      Object.entries(commands)
        .map(([name, { command, cwd = '/' }]) => ({ name, command, cwd }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    ),
    calls: (program) =>
      readFileSync(join(stage, `calls-${program}`), 'utf8')
        .trim()
        .split('\n'),
    put,
    stop,
  };
}

interface InitConfig {
  readonly files?: Readonly<Record<string, { readonly content: string }>>;
  readonly sources?: Readonly<Record<string, string>>;
  readonly commands?: Readonly<Record<string, { readonly command: string; readonly cwd?: string }>>;
}

function initOf(resources: readonly Resource[]): InitConfig[] {
  const instance = resources.find(({ type }) => type === 'AWS::EC2::Instance');
  const init = instance?.metadata?.['AWS::CloudFormation::Init'] as Record<string, InitConfig> & {
    configSets: { default: string[] };
  };
  return init.configSets.default.map((name) => init[name] ?? {});
}

/** What cfn-init does before the commands. */
function placeConfig({ sources = {}, files = {} }: InitConfig, tree: string, assembly: Assembly): void {
  for (const [target, url] of Object.entries(sources)) {
    const source = assembly.assetDirectory(/([0-9a-f]{64})\.zip$/.exec(url)?.[1] ?? '');
    if (source === undefined) throw new Error(`${url}: not an asset`);
    cpSync(source, join(tree, target), { recursive: true });
  }
  for (const [path, { content }] of Object.entries(files)) write(join(tree, path), content);
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** The systemd inside, as the machine outside numbers it. */
function leaderOf({ pid }: ChildProcess): string | undefined {
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [child] = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ');
    if (child !== undefined && child !== '') return child;
  }
  return undefined;
}
