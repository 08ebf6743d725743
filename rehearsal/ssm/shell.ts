/** Runs one step of a document as real shell, as the agent does: one script, `sh`, the last command's exit code counts. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock';
import { signalGroup } from '../host/process-group';
import type { Step } from './document';
import type { PluginResult } from './types';

export interface ShellPlace {
  readonly clock: Clock;
  /** Where scripts are written and run; a directory of the sandbox. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the step at once when the rehearsal ends. */
  readonly signal: AbortSignal;
  readonly onSpawn: (pid: number) => void;
}

/** What the agent keeps for the API. */
const outputCharacters = { stdout: 24_000, stderr: 8_000 };

/** The agent's code for a script it had to kill. */
const killedCode = 137;

/** Exit codes with a meaning of their own for the agent: stop here and succeed, stop here and fail. */
export const stopCodes = { success: 168, failure: 169 } as const;

export async function runStep(step: Step, place: ShellPlace): Promise<PluginResult> {
  const startedAt = place.clock.now();
  const directory = join(place.directory, step.name);
  mkdirSync(directory, { recursive: true });
  const script = join(directory, '_script.sh');
  writeFileSync(script, `${step.runCommand.join('\n')}\n`);
  chmodSync(script, 0o700);

  // The script is run, not read: its first line may name another shell.
  const child = spawn('/bin/sh', ['-c', '"$0"', script], {
    cwd: directory,
    env: { ...place.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid !== undefined) place.onSpawn(child.pid);
  const kill = (): void => {
    signalGroup(child.pid, 'SIGKILL');
    // Whoever left the group may hold the outputs open for ever.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  place.signal.addEventListener('abort', kill);
  const output = collect(child.stdout, outputCharacters.stdout);
  const errorOutput = collect(child.stderr, outputCharacters.stderr);
  let timedOut = false;
  const cancel = place.clock.after(step.timeoutSeconds * 1000, () => {
    timedOut = true;
    kill();
  });
  const code = await new Promise<number>((resolve) => {
    child.once('close', (exitCode) => resolve(exitCode ?? killedCode));
    child.once('error', () => resolve(killedCode));
  });
  cancel();
  place.signal.removeEventListener('abort', kill);
  const responseCode = timedOut ? killedCode : code;
  const succeeded = responseCode === 0 || responseCode === stopCodes.success;
  return {
    name: step.name,
    action: step.action,
    status: timedOut ? 'TimedOut' : succeeded ? 'Success' : 'Failed',
    responseCode,
    output: output(),
    errorOutput: errorOutput(),
    startedAt,
    endedAt: place.clock.now(),
  };
}

function collect(stream: NodeJS.ReadableStream, limit: number): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (part: string) => {
    if (text.length < limit) text = (text + part).slice(0, limit);
  });
  return () => text;
}
