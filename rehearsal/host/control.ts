/** systemctl and journalctl for the sandbox: small programs that ask the supervisor over a socket. */
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Sandbox } from './sandbox';
import type { Supervisor } from './supervisor';

export interface ControlAnswer {
  readonly exitCode: number;
  readonly output: string;
  readonly errorOutput: string;
}

/** The verbs that documents may use; anything else is answered with an error that names it. */
export const systemctlVerbs = [
  'start',
  'stop',
  'restart',
  'reload',
  'reset-failed',
  'is-active',
  'is-failed',
  'show',
  'daemon-reload',
] as const;

/** Writes the two programs into the sandbox's bin and answers them until closed. */
export async function startControl(
  sandbox: Sandbox,
  unitName: string,
  supervisor: Supervisor,
): Promise<{ stop(): Promise<void> }> {
  const socket = join(sandbox.run, 'control.sock');
  const program = join(sandbox.run, 'control-program.cjs');
  buildSync({
    entryPoints: [join(__dirname, 'control-program.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  for (const name of ['systemctl', 'journalctl']) {
    const file = join(sandbox.bin, name);
    writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${program}' '${socket}' ${name} "$@"\n`);
    chmodSync(file, 0o755);
  }
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', async () => {
      const [name = '', ...args] = JSON.parse(body) as string[];
      const answer =
        name === 'journalctl' ? journalctl(args, supervisor) : await systemctl(args, unitName, supervisor);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return { stop: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function systemctl(
  args: readonly string[],
  unitName: string,
  supervisor: Supervisor,
): Promise<ControlAnswer> {
  const options = args.filter((arg) => arg.startsWith('-'));
  const [verb = '', ...units] = args.filter((arg) => !arg.startsWith('-'));
  if (verb === 'daemon-reload') return succeed('');
  if (!systemctlVerbs.some((known) => known === verb)) {
    return fail(1, `not rehearsed: systemctl ${verb}; see npx vigia rehearse --capabilities`);
  }
  const wrong = units.find((unit) => unit !== unitName);
  if (wrong !== undefined || units.length === 0) return fail(5, `Unit ${wrong ?? '(none)'} not found.`);
  const { active, sub, restarts, exitStatus } = supervisor.state();
  if (verb === 'is-active') return { exitCode: active === 'active' ? 0 : 3, output: active, errorOutput: '' };
  if (verb === 'is-failed') return { exitCode: active === 'failed' ? 0 : 1, output: active, errorOutput: '' };
  if (verb === 'show') {
    const values: Readonly<Record<string, string | number>> = {
      ActiveState: active,
      SubState: sub,
      NRestarts: restarts,
      ExecMainStatus: exitStatus,
      MainPID: supervisor.pid() ?? 0,
    };
    const wanted = options.flatMap((option) => /^--property=(.+)$/.exec(option)?.[1]?.split(',') ?? []);
    const keys = wanted.length > 0 ? wanted : Object.keys(values);
    return succeed(keys.map((key) => `${key}=${values[key] ?? ''}`).join('\n'));
  }
  try {
    if (verb === 'reset-failed') supervisor.resetFailed();
    if (verb === 'reload') supervisor.reload();
    if (verb === 'start') await supervisor.start();
    if (verb === 'stop') await supervisor.stop();
    if (verb === 'restart') await supervisor.restart();
    return succeed('');
  } catch (error) {
    return fail(
      1,
      `Job for ${unitName} failed: ${(error as Error).message}. See "journalctl --unit ${unitName}".`,
    );
  }
}

function journalctl(args: readonly string[], supervisor: Supervisor): ControlAnswer {
  const index = args.findIndex((arg) => arg === '--lines' || arg === '-n');
  const lines = index < 0 ? 10 : Number(args[index + 1]);
  return succeed(supervisor.journal().slice(-lines).join('\n'));
}

const succeed = (output: string): ControlAnswer => ({ exitCode: 0, output, errorOutput: '' });
const fail = (exitCode: number, errorOutput: string): ControlAnswer => ({
  exitCode,
  output: '',
  errorOutput,
});
