/** The processes of the service's benchmark: what is compared, and how each is started and asked. */
import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { allowFaultsValue, nodeFlags, serviceEnvironment } from '../lib/catalog/host';
import { sleep, systemClock } from '../service/clock';
import { createCalls } from '../service/outgoing/calls';
import type { LoadOptions } from './service-load';

const clock = systemClock();
const calls = createCalls(clock);
const root = join(__dirname, '..');
const taskset = '/usr/bin/taskset';

export interface Variant {
  readonly name: string;
  /** What Node is to run. */
  readonly program: (bundle: string) => readonly string[];
  readonly env: (directory: string, sink: number) => Readonly<Record<string, string>>;
}

/** What both are told: they differ in what watches, and in nothing else. */
const basics = {
  [serviceEnvironment.allowFaults]: allowFaultsValue,
  [serviceEnvironment.service]: 'bench',
  [serviceEnvironment.stage]: 'dev',
  [serviceEnvironment.bind]: '127.0.0.1',
};
const shipped = (bundle: string): readonly string[] => [bundle];

/** All that watches predictions is on, and can be shut off and on again by the fault `blind`. */
export const everythingOn: Variant = {
  name: 'everything on',
  program: shipped,
  env: (directory, sink) => ({
    ...basics,
    [serviceEnvironment.logFile]: join(directory, 'service.log'),
    [serviceEnvironment.emfFile]: join(directory, 'metrics.emf'),
    // Shares of logs and traces are the switches' own defaults: five in a hundred of each.
    [serviceEnvironment.tracesEndpoint]: `http://127.0.0.1:${sink}/v1/traces`,
  }),
};

export const bare: Variant = {
  name: 'bare',
  program: shipped,
  env: (directory) => {
    const switches = join(directory, 'switches.json');
    // The degraded mode is no observer: it is part of the answer, and on in both.
    writeFileSync(switches, '{"logLevel":"silent","logShare":0,"traceShare":0}');
    return {
      ...basics,
      [serviceEnvironment.logFile]: join(directory, 'service.log'),
      [serviceEnvironment.telemetry]: 'off',
      [serviceEnvironment.switchesFile]: switches,
    };
  },
};

export const plainRoute: Variant = {
  name: 'plain route',
  program: () => ['--import', 'tsx', join(__dirname, 'service-plain.ts'), join(root, 'service', 'model')],
  env: () => ({}),
};

export interface Running {
  readonly pid: number;
  readonly url: string;
  /** At once. */
  stop(): void;
}

/** Below those that Linux gives to callers: one of these would be taken some time in so many starts. */
const firstPort = 21_000;

/** What the whole run needs; close it at the end. */
export interface Bench {
  start(variant: Variant): Promise<Running>;
  close(): void;
}

/** Unpacks the release, and opens a backend for traces that takes everything. */
export async function openBench(): Promise<Bench> {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-bench-'));
  // However it ends, half-way through what follows too.
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const bundle = unpackedRelease(directory);
  const sink = await openSink();
  const sinkPort = (sink.address() as AddressInfo).port;
  // The backend lives here: on its own machine in life, with the load here.
  if (existsSync(taskset)) spawnSync(taskset, ['-a', '-c', '-p', '1', String(process.pid)]);
  const children: ChildProcess[] = [];
  return {
    async start({ name, program, env }) {
      const own = mkdtempSync(join(directory, 'run-'));
      const port = String(firstPort + children.length);
      const [command, args] = pinned(0, [...nodeFlags, ...program(bundle), port]);
      const child = spawn(command, args, {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...env(own, sinkPort), [serviceEnvironment.port]: port },
      });
      children.push(child);
      const url = `http://127.0.0.1:${port}`;
      await untilReady(name, url);
      void askForHealth(url, child);
      return { pid: child.pid ?? Number.NaN, url, stop: () => void child.kill('SIGKILL') };
    },
    close() {
      for (const child of children) child.kill('SIGKILL');
      sink.close();
    },
  };
}

/** Runs the load in a process of its own, on the processor that the service does not have. */
export async function load<T>(options: LoadOptions): Promise<T> {
  const [command, args] = pinned(1, [
    '--import',
    'tsx',
    join(__dirname, 'service-load.ts'),
    JSON.stringify(options),
  ]);
  const { stdout } = await promisify(execFile)(command, args, { cwd: root });
  return JSON.parse(stdout) as T;
}

/** Pins to one processor where that is possible. */
function pinned(processor: number, args: readonly string[]): [command: string, args: string[]] {
  return existsSync(taskset)
    ? [taskset, ['-c', String(processor), process.execPath, ...args]]
    : [process.execPath, [...args]];
}

async function untilReady(name: string, url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const isReady = await fetch(`${url}/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isReady) return;
    await sleep(clock, 100);
  }
  throw new Error(`bench: ${name} does not answer on ${url}`);
}

/**
 * Once a second, as a balancer does: no service in life answers predictions alone. On a connection of its own, because the
 * balancer closes it after each check ("Health checks for Application Load Balancer target groups" in AWS's guide).
 */
async function askForHealth(url: string, child: ChildProcess): Promise<void> {
  while (!child.killed && child.exitCode === null && child.signalCode === null) {
    await calls
      .http({
        ...{ url: `${url}/health/ready`, method: 'GET', headers: {}, limitMs: 5000 },
        ...{ connection: 'own', names: 'system', reads: 'body' },
      })
      .catch(() => {});
    await sleep(clock, 1000);
  }
}

async function openSink(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The release as a deployment gets it: the shipped configuration's first stage. */
function unpackedRelease(directory: string): string {
  const command = [join(root, 'bin', 'vigia.js'), 'release', '--out', directory, '--json'];
  const { file } = JSON.parse(execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' }));
  execFileSync('tar', ['-xzf', file, '-C', directory]);
  return join(directory, 'server.js');
}
