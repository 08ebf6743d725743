/** Runs something again whenever one of its files changes. */
import { existsSync, type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock } from '../rehearsal/clock';

export interface WatchOptions {
  readonly clock: Clock;
  /** One run; the next begins when it has ended. */
  readonly run: () => Promise<void>;
  /** Absolute paths of files, and of folders with all below; asked again before each run. */
  readonly watched: () => readonly string[];
  /** Called when a run has ended and nothing has changed since it began. */
  readonly onWaiting: () => void;
  readonly signal: AbortSignal;
}

/** Editors write a file in several steps. */
const settleMs = 150;

/** Resolves when the signal has ended it, and the run under way has ended too. */
export async function watchFiles({ clock, run, watched, onWaiting, signal }: WatchOptions): Promise<void> {
  while (!signal.aborted) {
    let hasChanged = false;
    let wake = (): void => {};
    const changed = new Promise<void>((resolve) => {
      wake = () => {
        hasChanged = true;
        resolve();
      };
    });
    signal.addEventListener('abort', wake, { once: true });
    let cancel = (): void => {};
    // Watched from before the run on: a change during it must not be missed.
    const watchers = watched().flatMap((path) =>
      watchPath(path, () => {
        cancel();
        cancel = clock.after(settleMs, wake);
      }),
    );
    await run();
    if (!hasChanged) onWaiting();
    await changed;
    cancel();
    signal.removeEventListener('abort', wake);
    for (const watcher of watchers) watcher.close();
  }
}

/** A file is watched through its folder, because editors replace files instead of writing them. */
function watchPath(path: string, onChange: () => void): FSWatcher[] {
  if (existsSync(path) && statSync(path).isDirectory()) return [watch(path, { recursive: true }, onChange)];
  const folder = dirname(path);
  if (!existsSync(folder)) return [];
  return [
    watch(folder, (_, name) => {
      if (name === null || name === basename(path)) onChange();
    }),
  ];
}
