/**
 * Waits until the service on this host does its work: what the unit runs after its start, and the last step of a first
 * boot. Not until it is ready for callers: a start that fails because of a dependency would only be repeated.
 */
import { serviceEnvironment as names } from '../lib/catalog/host';
import { sleep, systemClock } from './clock';

/** Often enough that a start is not prolonged, rarely enough to leave a booting machine alone. */
const pauseMs = 200;

/** A service that needs longer than this for one look at itself is not ready. */
const answerMs = 2000;

async function main(): Promise<void> {
  const clock = systemClock();
  const limitSeconds = Number(process.argv[2] ?? 60);
  const url = `http://127.0.0.1:${process.env[names.port] ?? ''}/health/self`;
  let last = 'no answer yet';
  while (clock.elapsedMs() < limitSeconds * 1000) {
    try {
      const { status } = await fetch(url, { signal: AbortSignal.timeout(answerMs) });
      if (status === 200) return;
      last = `status ${status}`;
    } catch (error) {
      last = (error as Error).message;
    }
    if (isGone(process.env.MAINPID)) {
      console.error(
        `${url}: never ready, got the end of process ${process.env.MAINPID}, expected it to live`,
      );
      process.exitCode = 1;
      return;
    }
    await sleep(clock, pauseMs);
  }
  console.error(
    `${url}: not ready, got ${last}, expected status 200 within ${limitSeconds} s; see the service's log`,
  );
  process.exitCode = 1;
}

/** systemd names the unit's own process here: nobody will answer once it has ended, so waiting on would only delay the next start. */
function isGone(pid: string | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch {
    return true;
  }
}

void main();
