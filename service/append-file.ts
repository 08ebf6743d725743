/**
 * Appends lines to a file without ever making the caller wait or fail: the one writer for metrics and log.
 * What cannot be written waits in a bounded buffer; what does not fit there is counted as lost.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Clock } from './clock';
import { LineBuffer, lineEnd, type Place } from './line-buffer';

/** Complaints about a broken disk are news once; every second they would be a second problem. */
const complainAtMostEveryMs = 60_000;

/** A full disk is asked again this often, not with each line: an attempt copies all that waits. */
const retryEveryMs = 1000;

/** How long lines may go to a file that somebody has renamed or deleted without saying so. */
const lookEveryMs = 1000;

export interface AppendFileState {
  /** Why the last attempt failed; undefined while all is well. */
  readonly failure: string | undefined;
  /** Attempts that failed since the start. */
  readonly failures: number;
  /** Lines that were dropped since the start, because too many waited already. */
  readonly lostLines: number;
  /** What is in memory and not yet in the file. */
  readonly waitingLines: number;
  readonly waitingBytes: number;
}

export interface AppendFile {
  /**
   * Queues a line, with its line end, or several that belong together: all of them, or none where they do not fit. Never throws.
   * @param count how many lines they are
   */
  write(lines: string, count?: number): void;
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
  /** Lines of so long are written in one go. Without it each is written as it comes. */
  readonly gatherMs?: number;
  /** Told of failures, at most once a minute. */
  readonly complain: (message: string) => void;
}

/** Opens lazily and again after each failure, so that a directory may appear, or a disk be freed, later. */
export function createAppendFile({
  path,
  maxBufferedBytes,
  clock,
  gatherMs = 0,
  complain,
}: AppendFileOptions): AppendFile {
  let queue = new LineBuffer();
  let inFlight = new LineBuffer();
  let lostLines = 0;
  let failures = 0;
  let failure: string | undefined;
  let failedAtMs = Number.NEGATIVE_INFINITY;
  let target: Target | undefined;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let stale = false;
  let work: Promise<void> | undefined;
  let isGathering = false;
  let complainedAtMs = Number.NEGATIVE_INFINITY;

  const waitingBytes = (): number => queue.size + inFlight.size;
  const letGo = async (): Promise<void> => {
    const old = target;
    target = undefined;
    await old?.handle.close();
  };
  const failed = (error: unknown): void => {
    failure = `${path}: cannot be written (${error instanceof Error ? error.message : error})`;
    failures += 1;
    failedAtMs = clock.elapsedMs();
    if (failedAtMs - complainedAtMs < complainAtMostEveryMs) return;
    complainedAtMs = failedAtMs;
    complain(`${failure}, ${lostLines} lines lost so far; free the disk or correct the path`);
  };
  /** The file at the path: the one that is open, unless it was replaced. */
  const targetNow = async (): Promise<Target> => {
    const isTimeToLook = clock.elapsedMs() - lookedAtMs >= lookEveryMs;
    if (target !== undefined && (stale || (isTimeToLook && !(await liesAt(path, target))))) await letGo();
    if (isTimeToLook) lookedAtMs = clock.elapsedMs();
    stale = false;
    target ??= await openForLines(path);
    return target;
  };
  const writeQueue = async (): Promise<void> => {
    while (queue.size > 0) {
      [queue, inFlight] = [inFlight, queue];
      let done = 0;
      try {
        const { handle } = await targetNow();
        const written = await writeBytes(handle, inFlight.content);
        done = written.bytes;
        if (written.error !== undefined) throw written.error;
        failure = undefined;
      } catch (error) {
        failed(error);
        await letGo().catch(() => {});
      }
      // What is left goes before what has come meanwhile.
      if (done < inFlight.size) queue = joined(inFlight, inFlight.wholeLinesIn(done), queue);
      inFlight.clear();
      // A later line tries again; a timer would try for nobody.
      if (failure !== undefined) return;
    }
  };
  const start = (): void => {
    work ??= writeQueue().finally(() => {
      work = undefined;
      if (failure === undefined && queue.lines > 0) startSoon();
    });
  };
  const startSoon = (): void => {
    if (gatherMs === 0) {
      start();
    } else if (!isGathering) {
      isGathering = true;
      clock.after(gatherMs, () => {
        isGathering = false;
        start();
      });
    }
  };

  return {
    write(lines, count = 1) {
      const bytes = Buffer.byteLength(lines);
      if (waitingBytes() + bytes > maxBufferedBytes) lostLines += count;
      else queue.add(lines, bytes, count);
      if (failure === undefined || clock.elapsedMs() - failedAtMs >= retryEveryMs) startSoon();
    },
    reopen() {
      stale = true;
    },
    state: () => ({
      failure,
      failures,
      lostLines,
      waitingLines: queue.lines + inFlight.lines,
      waitingBytes: waitingBytes(),
    }),
    async close() {
      // One more try than the failing one in flight: it may have begun before the disk was freed.
      await work;
      if (queue.lines > 0) start();
      await work;
      await letGo().catch(() => {});
    },
  };
}

/** A file that is open, and which one it is. */
interface Target {
  readonly handle: FileHandle;
  readonly device: number;
  readonly inode: number;
}

/** Does the path still lead to the file that is open? */
async function liesAt(path: string, { device, inode }: Target): Promise<boolean> {
  try {
    const { dev, ino } = await stat(path);
    return dev === device && ino === inode;
  } catch {
    return false;
  }
}

/** Where nothing is to be written: for a service whose metrics are scraped and not shipped. */
export const noFile: AppendFile = Object.freeze({
  write: () => {},
  reopen: () => {},
  state: () => ({ failure: undefined, failures: 0, lostLines: 0, waitingLines: 0, waitingBytes: 0 }),
  close: async () => {},
});

/** A line that was cut short, by a full disk or a crash, is ended first: the next one must stand for itself. */
async function openForLines(path: string): Promise<Target> {
  const handle = await open(path, 'a+', 0o640);
  try {
    const { size, dev, ino } = await handle.stat();
    if (size > 0) {
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
      if (buffer[0] !== lineEnd) await handle.write('\n');
    }
    return { handle, device: dev, inode: ino };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** How many bytes went out, and what stopped the rest. */
async function writeBytes(
  handle: FileHandle,
  all: Buffer,
): Promise<{ readonly bytes: number; readonly error?: unknown }> {
  let bytes = 0;
  try {
    while (bytes < all.length) {
      const { bytesWritten } = await handle.write(all, bytes, all.length - bytes);
      if (bytesWritten === 0) throw new Error('the file takes no more bytes');
      bytes += bytesWritten;
    }
    return { bytes };
  } catch (error) {
    return { bytes, error };
  }
}

function joined(first: LineBuffer, without: Place, second: LineBuffer): LineBuffer {
  const all = new LineBuffer();
  all.addFrom(first, without);
  all.addFrom(second, { lines: 0, bytes: 0 });
  return all;
}
