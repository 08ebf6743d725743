/** Follows one log file as the agent does: from its beginning, across renames, whole lines only. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { Clock } from '../clock';

/** How often the agent looks at a file. */
const pollMs = 250;

const chunkBytes = 64 * 1024;

/**
 * Calls `ship` with the lines that came since the last flush, at most once in `flushMs`.
 * A renamed file is read to its end before its successor is opened, so rotation loses nothing.
 */
export function tailFile(
  path: string,
  { clock, flushMs }: { readonly clock: Clock; readonly flushMs: number },
  ship: (lines: string[]) => void,
): () => void {
  let descriptor: number | undefined;
  let inode = 0;
  let offset = 0;
  let partial = '';
  let lines: string[] = [];
  let lastFlush = clock.now();
  const buffer = Buffer.alloc(chunkBytes);

  const drain = (): void => {
    if (descriptor === undefined) return;
    if (fstatSync(descriptor).size < offset) offset = 0;
    for (let read = 1; read > 0; ) {
      read = readSync(descriptor, buffer, 0, chunkBytes, offset);
      offset += read;
      // latin1 keeps each byte, so a character that is split between two reads survives until its line is whole.
      partial += buffer.toString('latin1', 0, read);
    }
    const parts = partial.split('\n');
    partial = parts.pop() ?? '';
    lines.push(
      ...parts.filter((line) => line !== '').map((line) => Buffer.from(line, 'latin1').toString('utf8')),
    );
  };
  const open = (): void => {
    try {
      inode = statSync(path).ino;
      descriptor = openSync(path, 'r');
      offset = 0;
    } catch {
      descriptor = undefined;
    }
  };
  const poll = (): void => {
    drain();
    let current: number | undefined;
    try {
      current = statSync(path).ino;
    } catch {
      current = undefined;
    }
    if (current !== undefined && (descriptor === undefined || current !== inode)) {
      if (descriptor !== undefined) closeSync(descriptor);
      open();
      drain();
    }
    if (lines.length > 0 && clock.now() - lastFlush >= flushMs) {
      const batch = lines;
      lines = [];
      lastFlush = clock.now();
      ship(batch);
    }
  };

  let cancel = (): void => {};
  let stopped = false;
  const loop = (): void => {
    poll();
    if (!stopped) cancel = clock.after(pollMs, loop);
  };
  loop();
  return () => {
    stopped = true;
    cancel();
    drain();
    if (lines.length > 0) ship(lines);
    if (descriptor !== undefined) closeSync(descriptor);
  };
}
