/** Follows one log file as the agent does: from its beginning, across renames, whole lines only. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { Clock } from '../clock';

/** How often the agent looks at a file. */
const pollMs = 250;

const chunkBytes = 64 * 1024;

/**
 * Calls `ship` with the lines that came since the last flush, at most once in `flushMs`, and with how many bytes of the
 * present file are shipped then.
 * A renamed file is read to its end before its successor is opened, so rotation loses nothing
 * as long as a file lives longer than one look.
 */
export function tailFile(
  path: string,
  { clock, flushMs }: { readonly clock: Clock; readonly flushMs: number },
  ship: (lines: string[], shippedBytes: number) => void,
): () => void {
  const reader = new LineReader(path);
  let lastFlush = clock.now();
  const flush = (): void => {
    lastFlush = clock.now();
    const lines = reader.take();
    if (lines.length > 0) ship(lines, reader.wholeBytes());
  };
  let cancel = (): void => {};
  let stopped = false;
  const loop = (): void => {
    reader.read();
    if (clock.now() - lastFlush >= flushMs && reader.hasLines()) flush();
    if (!stopped) cancel = clock.after(pollMs, loop);
  };
  loop();
  return () => {
    if (stopped) return;
    stopped = true;
    cancel();
    reader.read();
    flush();
    reader.close();
  };
}

class LineReader {
  private descriptor: number | undefined;
  private inode = 0;
  private offset = 0;
  private partial = '';
  private lines: string[] = [];
  private readonly buffer = Buffer.alloc(chunkBytes);

  constructor(private readonly path: string) {}

  hasLines(): boolean {
    return this.lines.length > 0;
  }

  take(): string[] {
    return this.lines.splice(0);
  }

  /** Up to the end of the last whole line of the present file. */
  wholeBytes(): number {
    return this.offset - this.partial.length;
  }

  /** Everything that is new, the successor of a renamed file included. */
  read(): void {
    this.drain();
    const current = this.inodeNow();
    if (current === undefined || (this.descriptor !== undefined && current === this.inode)) return;
    if (this.descriptor !== undefined) {
      // Between the read above and the rename there may have been one more write.
      this.drain();
      this.endLine();
      this.close();
    }
    this.open();
    this.drain();
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private inodeNow(): number | undefined {
    return statSync(this.path, { throwIfNoEntry: false })?.ino;
  }

  private open(): void {
    try {
      this.descriptor = openSync(this.path, 'r');
    } catch {
      // Renamed away again, or not readable yet: the next look decides.
      return;
    }
    this.inode = fstatSync(this.descriptor).ino;
    this.offset = 0;
  }

  private drain(): void {
    if (this.descriptor === undefined) return;
    if (fstatSync(this.descriptor).size < this.offset) {
      // Truncated: what was half a line belongs to nothing that is still to come.
      this.offset = 0;
      this.endLine();
    }
    for (let read = 1; read > 0; ) {
      read = readSync(this.descriptor, this.buffer, 0, chunkBytes, this.offset);
      this.offset += read;
      // latin1 keeps each byte, so a character that is split between two reads survives until its line is whole.
      this.partial += this.buffer.toString('latin1', 0, read);
    }
    const parts = this.partial.split('\n');
    this.partial = parts.pop() ?? '';
    for (const part of parts) this.keep(part);
  }

  /** The file is over, and with it its last line, whole or not. */
  private endLine(): void {
    this.keep(this.partial);
    this.partial = '';
  }

  private keep(line: string): void {
    if (line !== '') this.lines.push(Buffer.from(line, 'latin1').toString('utf8'));
  }
}
