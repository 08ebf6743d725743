/**
 * Tells systemd that the service is alive, for as long as it is. Node has no datagram sockets of the Unix kind, so one
 * small shell waits beside the service and passes on what it is told: the service itself never forks while it serves.
 */
import { spawn } from 'node:child_process';
import type { Clock } from './clock';

/** What systemd puts into the environment of a unit that it watches. */
export interface WatchdogEnvironment {
  readonly NOTIFY_SOCKET?: string | undefined;
  readonly WATCHDOG_USEC?: string | undefined;
}

export interface Watchdog {
  /** One line of systemd's notification protocol, such as STOPPING=1. */
  tell(line: string): void;
  stop(): void;
}

/** systemd asks for half of its time at the latest; a third leaves room for one that comes late. */
const beatsInTime = 3;

/**
 * A stop is for the service to hear, not for its messenger: that ends when the pipe does, and so outlives the drain.
 * A message that fails is one beat less, and a missing program the same each time: the watchdog then speaks for itself.
 */
const messenger = 'trap "" TERM INT HUP; while read -r line; do systemd-notify "$line"; done';

/**
 * Starts the beats where systemd waits for them; elsewhere there is nothing to do.
 * @param alive asked before each beat; a beat is left out unless it says yes, and it must have a limit of its own
 */
export function startWatchdog(
  environment: WatchdogEnvironment,
  clock: Clock,
  alive: () => Promise<boolean>,
): Watchdog {
  const limitMs = Number(environment.WATCHDOG_USEC ?? 0) / 1000;
  if (!environment.NOTIFY_SOCKET || !(limitMs > 0)) return { tell: () => {}, stop: () => {} };
  const child = spawn('/bin/sh', ['-c', messenger], { stdio: ['pipe', 'ignore', 'inherit'] });
  // Its end is seen by systemd, as silence.
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  let stopped = false;
  let cancel = (): void => {};
  const tell = (line: string): void => {
    child.stdin.write(`${line}\n`);
  };
  const beat = async (): Promise<void> => {
    if (await alive().catch(() => false)) tell('WATCHDOG=1');
    if (!stopped) cancel = clock.after(limitMs / beatsInTime, () => void beat());
  };
  void beat();
  return {
    tell,
    stop: () => {
      stopped = true;
      cancel();
      child.stdin.end();
    },
  };
}
