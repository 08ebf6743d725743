/** A watcher that outlives the rehearsal: if the rehearsal dies without a word, it ends the processes left behind. */
import { spawn } from 'node:child_process';

export interface Reaper {
  /** A process (the leader of its own group) that must not survive. */
  watch(pid: number): void;
  /** The rehearsal has ended properly: nothing to reap. */
  dismiss(): void;
}

/**
 * A shell that reads process ids until its input ends, which the kernel sees to whatever becomes of the rehearsal.
 * `directories` are removed with the processes.
 */
export function startReaper(directories: readonly string[]): Reaper {
  const script = [
    'pids=""',
    'while read -r word; do if [ "$word" = dismissed ]; then exit 0; fi; pids="$pids $word"; done',
    'for pid in $pids; do kill -9 "-$pid" 2>/dev/null || kill -9 "$pid" 2>/dev/null; done',
    'rm -rf "$@"',
  ].join('\n');
  const child = spawn('/bin/sh', ['-c', script, 'reaper', ...directories], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  // A write after the reaper's own death is of no consequence.
  child.stdin.on('error', () => {});
  return {
    watch: (pid) => {
      child.stdin.write(`${pid}\n`);
    },
    dismiss: () => {
      child.stdin.end('dismissed\n');
    },
  };
}
