/** One process in a group of its own: its output as whole lines, and an end that reaches whatever it has started. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ProcessPlan {
  readonly file: string;
  readonly args: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts it; `onLine` is called with each line of either output. */
export function spawnGroup(plan: ProcessPlan, onLine: (line: string) => void): ChildProcess {
  const child = spawn(plan.file, [...plan.args], {
    cwd: plan.workingDirectory,
    env: plan.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const input of [child.stdout, child.stderr]) {
    if (input === null) continue;
    createInterface({ input }).on('line', (line) => {
      if (line !== '') onLine(line);
    });
  }
  return child;
}

/** To every process of the group that is still there; its leader may be gone already. */
export function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // Nobody is left.
  }
}

/** Resolves with the exit code, null after a signal; rejects when it could not be started. */
export function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
}
