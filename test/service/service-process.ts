/** The service as it ships: bundled to one file, in a process of its own, in a directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

const root = join(__dirname, '../..');

export type LogLine = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface RunningService {
  readonly child: ChildProcess;
  readonly port: number;
  readonly emfFile: string;
  readonly logged: readonly LogLine[];
  stderr(): string;
  call(method: string, path: string, body?: unknown, agent?: Agent): Promise<Answer>;
  /** Resolves with `code` or signal once the process is gone. */
  readonly ended: Promise<number | string>;
}

export interface Workshop {
  readonly directory: string;
  start(env?: Readonly<Record<string, string>>): Promise<RunningService>;
  /** Starts what is expected not to stay: exit code and standard error. */
  refuse(
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<{ code: number | string; stderr: string }>;
  close(): Promise<void>;
}

/** Bundles as a deployment does, with the native library outside and the model beside the program. */
export async function openWorkshop(): Promise<Workshop> {
  const directory = await mkdtemp(join(tmpdir(), 'vigia-service-'));
  const program = join(directory, 'main.js');
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'service/main.ts', outgoing: 'service/outgoing/thread.ts' },
    outdir: directory,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node'],
    logLevel: 'warning',
  });
  await mkdir(join(directory, 'node_modules'));
  await symlink(
    join(root, 'node_modules/onnxruntime-node'),
    join(directory, 'node_modules/onnxruntime-node'),
  );
  await symlink(join(root, 'service/model'), join(directory, 'model'));
  const switchesFile = join(directory, 'switches.json');
  // Every prediction leaves its line here: what the log holds can then be counted.
  await writeFile(switchesFile, JSON.stringify({ logShare: 1 }));
  const children: ChildProcess[] = [];
  let started = 0;
  const launch = (env: Readonly<Record<string, string | undefined>>) => {
    const child = spawn(process.execPath, [program], { env: { PATH: process.env.PATH, ...env } });
    children.push(child);
    return child;
  };
  return {
    directory,
    async start(env = {}) {
      started += 1;
      const emfFile = join(directory, `metrics-${started}.emf`);
      return running(
        launch({ ...basics(emfFile), VIGIA_SWITCHES_FILE: switchesFile, ...env }),
        env.VIGIA_EMF_FILE ?? emfFile,
        env.VIGIA_LOG_FILE,
      );
    },
    async refuse(env) {
      const child = launch({ ...basics(join(directory, 'refused.emf')), ...env });
      const stderr = collect(child);
      return { code: await endOf(child), stderr: stderr() };
    },
    async close() {
      const alive = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
      for (const child of alive) child.kill('SIGKILL');
      await Promise.all(alive.map(endOf));
      await rm(directory, { recursive: true });
    },
  };
}

const basics = (emfFile: string) => ({
  VIGIA_SERVICE: 'fraud',
  VIGIA_STAGE: 'dev',
  VIGIA_BIND: '127.0.0.1',
  VIGIA_PORT: '0',
  VIGIA_EMF_FILE: emfFile,
  VIGIA_FLUSH_SECONDS: '1',
});

async function running(
  child: ChildProcess,
  emfFile: string,
  logFile: string | undefined,
): Promise<RunningService> {
  const logged: LogLine[] = [];
  const stderr = collect(child);
  const ended = endOf(child);
  if (child.stdout !== null)
    createInterface(child.stdout).on('line', (line) => logged.push(JSON.parse(line)));
  let gone = false;
  void ended.then(() => {
    gone = true;
  });
  const lines = async (): Promise<readonly LogLine[]> =>
    logFile === undefined ? logged : parseLines(await readFile(logFile, 'utf8').catch(() => ''));
  await until(async () => gone || (await lines()).some(({ msg }) => msg === 'ready'));
  const port = (await lines()).find(({ msg }) => msg === 'listening')?.port;
  if (typeof port !== 'number') throw new Error(`the service did not start: ${stderr()}`);
  return {
    child,
    port,
    emfFile,
    logged,
    stderr,
    ended,
    call: (method, path, body, agent) => call(port, method, path, body, agent),
  };
}

/** The objects in a text of JSON lines; a line still being written is not there yet. */
export function parseLines(text: string): LogLine[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogLine);
}

/** Waits for a condition in the outside world; the test's own timeout is the limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

function call(port: number, method: string, path: string, body: unknown, agent?: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: agent ?? new Agent() });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.on('error', reject);
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  return () => text;
}

async function endOf(child: ChildProcess): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return child.exitCode ?? child.signalCode ?? 'unknown';
}
