/** `vigia rehearse`: assembly in, timeline out, verdict as the exit code. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { createConsole } from '../rehearsal/console';
import { startRehearsal } from '../rehearsal/rehearsal';
import { renderReport } from '../rehearsal/report/html';
import { loadScenario } from '../rehearsal/scenario';
import { toJson } from '../rehearsal/verdict';
import { defaultScenario } from './default-scenario';
import { findAssembly } from './find-assembly';
import { projectRoot } from './load-config';
import { UsageError } from './usage-error';

export interface RehearseOptions {
  readonly json: boolean;
  readonly plain: boolean;
  readonly keep: boolean;
  readonly port: number;
  readonly assembly: string | undefined;
  readonly stage: string | undefined;
  readonly out: string;
  readonly jobs: number | undefined;
}

/** More scenarios at once than this disturb each other's timing even where there are processors for them. */
const mostJobs = 4;

/** How a shell reports a program that Ctrl-C ended. */
const interruptedExitCode = 130;

/** Returns the exit code: 0 all as expected, 1 not, 130 interrupted. */
export async function rehearse(names: readonly string[], options: RehearseOptions): Promise<number> {
  const scenarios = (names.length > 0 ? names : [defaultScenario]).map((name) =>
    loadScenario(join(projectRoot, 'scenarios'), name),
  );
  if (options.keep && scenarios.length > 1) {
    throw new UsageError(
      `--keep: keeps one rehearsal running, got ${scenarios.length} scenarios, expected one; name one scenario`,
    );
  }
  const jobs =
    options.jobs ??
    (scenarios.length === 1 ? 1 : Math.min(mostJobs, scenarios.length, availableParallelism()));
  const isTerminal =
    !options.plain && !options.json && process.stdout.isTTY === true && process.env.TERM !== 'dumb';
  const statusStream =
    !options.plain && process.stderr.isTTY === true && process.env.TERM !== 'dumb' && jobs === 1;
  const screen = createConsole({
    // With --json standard output carries the JSON alone.
    write: (text) => (options.json ? process.stderr : process.stdout).write(text),
    writeStatus: statusStream ? (text) => process.stderr.write(text) : undefined,
    isTerminal,
    useColour: isTerminal && process.env.NO_COLOR === undefined,
    useUnicode:
      isTerminal && /utf-?8/i.test(process.env.LC_ALL ?? process.env.LC_CTYPE ?? process.env.LANG ?? 'utf-8'),
    nameEachLine: scenarios.length > 1,
  });
  const assembly = await findAssembly(options);
  const reports = new Map<string, string>();
  const rehearsal = startRehearsal({
    assemblyDirectory: assembly.directory,
    scenarios,
    port: options.port,
    keep: options.keep,
    disposable: options.assembly === undefined ? [assembly.directory] : [],
    jobs,
    onEvent: ({ name }, event) => screen.event(name, event),
    onStatus: (text) => screen.status(text),
    onWorld: ({ name, title }, world) => {
      screen.line(`${isTerminal ? '\n  ' : ''}${name}: ${title}`);
      process.stderr.write(
        `${isTerminal ? '  ' : ''}endpoint ${world.endpointUrl}   sandbox ${world.sandboxDirectory}\n`,
      );
    },
    onRecord: recorder(resolve(options.out)),
    onRun: (run) => {
      const file = join(resolve(options.out), run.scenario, 'report.html');
      writeFileSync(file, renderReport(run));
      reports.set(run.scenario, file);
      screen.run(run, relative(process.cwd(), file));
      if (!isTerminal) process.stderr.write(`report ${relative(process.cwd(), file)}\n`);
    },
  });
  const interrupted = onInterrupt(() => rehearsal.abort());
  try {
    const runs = await rehearsal.runs.catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      throw new UsageError(
        `--port: in use, got ${options.port}, expected a free one; choose another, or leave it out`,
      );
    });
    if (options.json) process.stdout.write(`${JSON.stringify(toJson(runs), null, 2)}\n`);
    if (options.keep && !interrupted.happened()) {
      process.stderr.write('The rehearsal stays up. Ctrl-C ends it.\n');
      await interrupted.wait;
    } else if (interrupted.happened()) return interruptedExitCode;
    return runs.length === scenarios.length && runs.every(({ expectationsMet }) => expectationsMet) ? 0 : 1;
  } finally {
    interrupted.dispose();
    await rehearsal.release();
    assembly.dispose();
  }
}

/** Writes each scenario's recording beside its report, line by line: also of a run that is killed. */
function recorder(out: string): (scenario: { readonly name: string }, line: string) => void {
  const begun = new Set<string>();
  return ({ name }, line) => {
    const file = join(out, name, 'recording.jsonl');
    if (begun.has(name)) return appendFileSync(file, line);
    begun.add(name);
    mkdirSync(join(out, name), { recursive: true });
    writeFileSync(file, line);
  };
}

/** Ctrl-C and a polite kill; a second Ctrl-C ends the program at once, and the reaper ends what it leaves. */
function onInterrupt(abort: () => void): {
  wait: Promise<void>;
  happened: () => boolean;
  dispose: () => void;
} {
  let count = 0;
  let release = (): void => {};
  const wait = new Promise<void>((done) => {
    release = done;
  });
  const handle = (): void => {
    count += 1;
    if (count > 1) process.exit(interruptedExitCode);
    abort();
    release();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, handle);
  const stopWatching = watchParent(handle);
  return {
    wait,
    happened: () => count > 0,
    dispose: () => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, handle);
      stopWatching();
    },
  };
}

/**
 * npm passes no signal on when it is killed, and would leave the rehearsal running behind it: a rehearsal that npm
 * started ends with npm. Started in any other way it may outlive whoever started it.
 */
function watchParent(onGone: () => void): () => void {
  if (process.env.npm_command === undefined) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 1000);
  timer.unref();
  return () => clearInterval(timer);
}
