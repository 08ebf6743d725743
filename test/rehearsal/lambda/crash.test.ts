/** The death of the rehearsal itself. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

it('a rehearsal that is killed outright leaves no function’s process behind', {
  timeout: 15_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-crash-'));
  const rehearsal = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'crash.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // What the killed rehearsal cannot remove is removed here.
    env: { ...process.env, TMPDIR: directory },
  });
  const [line] = await once(rehearsal.stdout, 'data');
  const pid = Number(String(line));
  assert.ok(isAlive(pid));
  rehearsal.kill('SIGKILL');
  // The test's own time limit ends this wait if the process stays.
  while (isAlive(pid)) await new Promise((next) => setTimeout(next, 10));
  rmSync(directory, { recursive: true });
});
