/**
 * Appends lines to a file without ever making the caller wait or fail: the one writer for metrics and log.
 * What cannot be written waits in a bounded buffer; what does not fit there is counted as lost.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from './clock';

/** Complaints about a broken disk are news once; every second they would be a second problem. */
const complainAtMostEveryMs = 60_000;

export interface AppendFileState {
  /** Why the last attempt failed; undefined while all is well. */
  readonly failure: string | undefined;
  readonly lostLines: number;
}

export interface AppendFile {
  /** Queues one line, with its line end. Never throws. */
  write(line: string): void;
  /** The next line goes to whatever lies at the path by then: for a log rotation that renames. */
  reopen(): void;
  state(): AppendFileState;
  /** Writes what is queued, if it can be written, and lets go of the file. */
  close(): Promise<void>;
}

export interface AppendFileOptions {
  readonly path: string;
  readonly maxBufferedBytes: number;
  readonly clock: Clock;
  /** Told of failures, at most once a minute. */
  readonly complain: (message: string) => void;
}

/** Opens lazily and again after each failure, so that a directory may appear, or a disk be freed, later. */
export function createAppendFile({ path, maxBufferedBytes, clock, complain }: AppendFileOptions): AppendFile {
  let queue: Buffer[] = [];
  let queuedBytes = 0;
  let lostLines = 0;
  let failure: string | undefined;
  let handle: FileHandle | undefined;
  let stale = false;
  let work: Promise<void> | undefined;
  let complainedAtMs = Number.NEGATIVE_INFINITY;

  const letGo = async (): Promise<void> => {
    const old = handle;
    handle = undefined;
    await old?.close();
  };
  const failed = (error: unknown): void => {
    failure = `${path}: cannot be written (${error instanceof Error ? error.message : error})`;
    if (clock.elapsedMs() - complainedAtMs < complainAtMostEveryMs) return;
    complainedAtMs = clock.elapsedMs();
    complain(`${failure}, ${lostLines} lines lost so far; free the disk or correct the path`);
  };
  const writeQueue = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      let done = 0;
      try {
        if (stale) await letGo();
        stale = false;
        handle ??= await openForLines(path);
        const written = await writeLines(handle, batch);
        done = written.lines;
        if (written.error !== undefined) throw written.error;
        failure = undefined;
      } catch (error) {
        failed(error);
        await letGo().catch(() => {});
      }
      for (const line of batch.slice(0, done)) queuedBytes -= line.length;
      queue = [...batch.slice(done), ...queue];
      // The next line that comes tries again; a timer would try for nobody.
      if (failure !== undefined) return;
    }
  };
  const start = (): void => {
    work ??= writeQueue().finally(() => {
      work = undefined;
      if (failure === undefined && queue.length > 0) start();
    });
  };

  return {
    write(line) {
      const bytes = Buffer.from(line);
      if (queuedBytes + bytes.length > maxBufferedBytes) {
        lostLines += 1;
      } else {
        queue.push(bytes);
        queuedBytes += bytes.length;
      }
      start();
    },
    reopen() {
      stale = true;
    },
    state: () => ({ failure, lostLines }),
    async close() {
      // One more try than the failing one in flight: it may have begun before the disk was freed.
      await work;
      if (queue.length > 0) start();
      await work;
      await letGo().catch(() => {});
    },
  };
}

/** A line that was cut short, by a full disk or a crash, is ended first: the next one must stand for itself. */
async function openForLines(path: string): Promise<FileHandle> {
  const handle = await open(path, 'a+', 0o640);
  try {
    const { size } = await handle.stat();
    if (size > 0) {
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
      if (buffer[0] !== lineEnd) await handle.write('\n');
    }
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const lineEnd = '\n'.charCodeAt(0);

/** How many lines went out whole, and what stopped the rest. */
async function writeLines(
  handle: FileHandle,
  lines: readonly Buffer[],
): Promise<{ readonly lines: number; readonly error?: unknown }> {
  const all = Buffer.concat(lines);
  let offset = 0;
  try {
    while (offset < all.length) {
      const { bytesWritten } = await handle.write(all, offset, all.length - offset);
      if (bytesWritten === 0) throw new Error('the file takes no more bytes');
      offset += bytesWritten;
    }
    return { lines: lines.length };
  } catch (error) {
    let whole = 0;
    for (const line of lines) {
      offset -= line.length;
      if (offset < 0) break;
      whole += 1;
    }
    return { lines: whole, error };
  }
}
