/** Waiting for what another process does: soon, or the test fails and says what did not come. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Generous: a loaded machine starts a process in a second where an idle one needs ten milliseconds. */
const patienceMs = 10_000;
const lookMs = 10;

export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  limitMs = patienceMs,
): Promise<void> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < limitMs) {
    if (await isSo()) return;
    await sleep(lookMs);
  }
  throw new Error(`it never came: ${what}`);
}

/** Whether the process runs; one that has ended and waits for a foreign parent to collect it does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // No such file system: here init collects at once.
    return true;
  }
}
