/** systemctl and journalctl for the sandbox: small programs that ask the supervisor over a socket. */
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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
        name === 'journalctl'
          ? journalctl(args, unitName, supervisor)
          : await systemctl(args, unitName, supervisor);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
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
  const strange = options.find((option) => !/^--(property=.+|no-pager)$/.test(option));
  if (strange !== undefined) return notRehearsed(`systemctl ${strange}`);
  if (!systemctlVerbs.some((known) => known === verb)) return notRehearsed(`systemctl ${verb}`);
  if (verb === 'daemon-reload') return succeed('');
  const wrong = units.find((unit) => fullName(unit) !== unitName);
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
    const unknown = wanted.find((key) => !(key in values));
    if (unknown !== undefined) return notRehearsed(`systemctl show --property=${unknown}`);
    const keys = wanted.length > 0 ? wanted : Object.keys(values);
    return succeed(keys.map((key) => `${key}=${values[key]}`).join('\n'));
  }
  return change(verb, unitName, supervisor);
}

/** The verbs that do something. */
async function change(verb: string, unitName: string, supervisor: Supervisor): Promise<ControlAnswer> {
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

const journalOptions = {
  unit: { type: 'string', short: 'u' },
  lines: { type: 'string', short: 'n' },
  output: { type: 'string', short: 'o' },
  'no-pager': { type: 'boolean' },
} as const;

/** Messages alone, as with `--output cat`: there is nothing but the unit's own lines in this journal. */
function journalctl(args: readonly string[], unitName: string, supervisor: Supervisor): ControlAnswer {
  let values: { unit?: string | undefined; lines?: string | undefined };
  try {
    ({ values } = parseArgs({ args: [...args], options: journalOptions }));
  } catch (error) {
    return notRehearsed(`journalctl: ${(error as Error).message.split('\n')[0]}`);
  }
  if (values.unit !== undefined && fullName(values.unit) !== unitName) return succeed('-- No entries --');
  const lines = Number(values.lines ?? 10);
  if (!Number.isInteger(lines) || lines < 0) return fail(1, `Failed to parse lines '${values.lines}'`);
  return succeed(lines === 0 ? '' : supervisor.journal().slice(-lines).join('\n'));
}

/** A name without a suffix means a service. */
const fullName = (unit: string): string => (unit.includes('.') ? unit : `${unit}.service`);

const notRehearsed = (what: string): ControlAnswer =>
  fail(1, `not rehearsed: ${what}; see npx vigia rehearse --capabilities`);

const succeed = (output: string): ControlAnswer => ({ exitCode: 0, output, errorOutput: '' });
const fail = (exitCode: number, errorOutput: string): ControlAnswer => ({
  exitCode,
  output: '',
  errorOutput,
});
