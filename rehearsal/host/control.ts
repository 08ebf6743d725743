/** systemctl, journalctl and the agent's control program for the sandbox: they ask the rehearsal over a socket. */
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import type { Sandbox } from './sandbox';
import { program } from './stand-ins';
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
  'enable',
  'disable',
  'daemon-reload',
] as const;

/** The units of the sandbox, as the programs find them. */
export interface ControlledUnits {
  /**
   * The unit with this name, read when it is first asked for; without a name the one that there is.
   * Undefined where there is no such unit.
   */
  find(unitName?: string): Supervisor | undefined;
  /** Whether a unit is one of the host that does not run here, and then if it counts as active. */
  standsStill?(unitName: string): { readonly active: boolean } | undefined;
  /** Before a unit is started: what must come first. */
  beforeStart?(unitName: string): Promise<void>;
  /** The agent's control program. */
  agentControl?(args: readonly string[]): ControlAnswer;
}

/** For one unit alone. */
export function startControl(
  sandbox: Sandbox,
  unitName: string,
  supervisor: Supervisor,
): Promise<{ stop(): Promise<void> }> {
  return controlUnits(sandbox, {
    find: (name = unitName) => (name === unitName ? supervisor : undefined),
  });
}

/** Writes the programs into the sandbox's bin and answers them until closed. */
export async function controlUnits(
  sandbox: Sandbox,
  units: ControlledUnits,
): Promise<{ stop(): Promise<void> }> {
  const socket = join(sandbox.run, 'control.sock');
  const bundle = join(sandbox.run, 'control-program.cjs');
  buildSync({
    entryPoints: [join(__dirname, 'control-program.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  for (const name of Object.keys(answers)) {
    program(sandbox, name, `exec '${process.execPath}' '${bundle}' '${socket}' ${name} "$@"`);
  }
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', async () => {
      const [name = '', ...args] = JSON.parse(body) as string[];
      const answer = (await answers[name]?.(args, units)) ?? notRehearsed(name);
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

type Answer = (args: readonly string[], units: ControlledUnits) => ControlAnswer | Promise<ControlAnswer>;

const answers: Readonly<Record<string, Answer>> = {
  systemctl,
  journalctl,
  // Whoever calls it is a process of the one unit that there is.
  'systemd-notify': (args, units) => {
    const strange = args.find((arg) => arg.startsWith('-') && arg !== '--ready');
    if (strange !== undefined) return notRehearsed(`systemd-notify ${strange}`);
    units.find()?.notify(args);
    return succeed('');
  },
  'amazon-cloudwatch-agent-ctl': (args, { agentControl }) =>
    agentControl?.(args) ?? notRehearsed('amazon-cloudwatch-agent-ctl'),
};

async function systemctl(args: readonly string[], units: ControlledUnits): Promise<ControlAnswer> {
  const options = args.filter((arg) => arg.startsWith('-'));
  const [verb = '', ...names] = args.filter((arg) => !arg.startsWith('-'));
  const strange = options.find((option) => !/^--(property=.+|no-pager|quiet|now)$/.test(option));
  if (strange !== undefined) return notRehearsed(`systemctl ${strange}`);
  if (!systemctlVerbs.some((known) => known === verb)) return notRehearsed(`systemctl ${verb}`);
  if (verb === 'daemon-reload') return succeed('');
  if (names.length === 0) return fail(5, 'Unit (none) not found.');
  for (const name of names.map(fullName)) {
    const answer = await ofUnit(verb, name, options, units);
    if (answer.exitCode !== 0 || name === fullName(names.at(-1) ?? '')) return answer;
  }
  return succeed('');
}

async function ofUnit(
  verb: string,
  name: string,
  options: readonly string[],
  units: ControlledUnits,
): Promise<ControlAnswer> {
  const quiet = options.includes('--quiet');
  const still = units.standsStill?.(name);
  if (still !== undefined) {
    const state = still.active ? 'active' : 'inactive';
    if (verb === 'is-active') return answerWord(state, still.active ? 0 : 3, quiet);
    if (verb === 'show') return show({ ActiveState: state }, options);
    return verb === 'enable' || verb === 'disable' || verb === 'start'
      ? succeed('')
      : notRehearsed(`systemctl ${verb} ${name}`);
  }
  const supervisor = units.find(name);
  if (supervisor === undefined) return fail(5, `Unit ${name} not found.`);
  const { active, sub, restarts, exitStatus } = supervisor.state();
  if (verb === 'is-active') return answerWord(active, active === 'active' ? 0 : 3, quiet);
  if (verb === 'is-failed') return answerWord(active, active === 'failed' ? 0 : 1, quiet);
  if (verb === 'show') {
    const values = {
      ActiveState: active,
      SubState: sub,
      NRestarts: restarts,
      ExecMainStatus: exitStatus,
      MainPID: supervisor.pid() ?? 0,
    };
    return show(values, options);
  }
  const starts = verb === 'start' || verb === 'restart' || (verb === 'enable' && options.includes('--now'));
  if (starts) await units.beforeStart?.(name);
  return change(verb === 'enable' && starts ? 'start' : verb, name, supervisor);
}

/** The properties that are asked for, or all that are known; one that is not known is no empty answer. */
function show(values: Readonly<Record<string, string | number>>, options: readonly string[]): ControlAnswer {
  const wanted = options.flatMap((option) => /^--property=(.+)$/.exec(option)?.[1]?.split(',') ?? []);
  const unknown = wanted.find((key) => !(key in values));
  if (unknown !== undefined) return notRehearsed(`systemctl show --property=${unknown}`);
  const keys = wanted.length > 0 ? wanted : Object.keys(values);
  return succeed(keys.map((key) => `${key}=${values[key]}`).join('\n'));
}

const answerWord = (word: string, exitCode: number, quiet: boolean): ControlAnswer => ({
  exitCode,
  output: quiet ? '' : word,
  errorOutput: '',
});

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

/** Messages alone, as with `--output cat`: there is nothing but the units' own lines in this journal. */
function journalctl(args: readonly string[], units: ControlledUnits): ControlAnswer {
  let values: { unit?: string | undefined; lines?: string | undefined };
  try {
    ({ values } = parseArgs({ args: [...args], options: journalOptions }));
  } catch (error) {
    return notRehearsed(`journalctl: ${(error as Error).message.split('\n')[0]}`);
  }
  const supervisor = units.find(values.unit === undefined ? undefined : fullName(values.unit));
  if (supervisor === undefined) return succeed('-- No entries --');
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
