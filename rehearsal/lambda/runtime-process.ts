/** One process of a function: started, read line by line, and surely ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RuntimeProcess {
  /** Ends the process and what it has started. */
  kill(): void;
  /** Resolves when the process is gone and all its output has been read. */
  readonly closed: Promise<Exit>;
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream?.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It went in the meantime.
    child.kill('SIGKILL');
  }
}

/** Starts node on `script`; the process leads its own group, so that Ctrl-C in a terminal reaches only the rehearsal. */
export function startRuntimeProcess(options: {
  readonly script: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
  readonly onSpawn?: ((pid: number) => void) | undefined;
}): RuntimeProcess {
  const child = spawn(process.execPath, [options.script], {
    cwd: options.directory,
    env: { ...options.environment },
    // The open standard input tells the process that the rehearsal lives.
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid !== undefined) options.onSpawn?.(child.pid);
  readLines(child.stdout, (line) => options.onLine('stdout', line));
  readLines(child.stderr, (line) => options.onLine('stderr', line));
  const closed = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: 1, signal: null }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return { kill: () => killGroup(child), closed };
}
