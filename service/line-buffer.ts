/**
 * Lines that wait to be written, as bytes outside of the heap: as texts they would live through a collection or two, and what
 * does is copied by it each time.
 */
import { withRoom } from './with-room';

const firstBytes = 16 * 1024;

export const lineEnd = '\n'.charCodeAt(0);

/** Between two lines: how many there are before it, and how many bytes these have. */
export interface Place {
  readonly lines: number;
  readonly bytes: number;
}

export class LineBuffer {
  private bytes = Buffer.allocUnsafeSlow(firstBytes);
  private used = 0;
  private count = 0;

  /** How many lines there are. */
  get lines(): number {
    return this.count;
  }

  /** In bytes. */
  get size(): number {
    return this.used;
  }

  /** All of them, one behind the other; the memory is used again after `clear`. */
  get content(): Buffer {
    return this.bytes.subarray(0, this.used);
  }

  /**
   * Adds lines, each with its line end and without another one in it.
   * @param length of all in bytes
   * @param count how many they are
   */
  add(lines: string, length: number, count: number): void {
    this.bytes = withRoom(this.bytes, this.used, length);
    this.bytes.write(lines, this.used);
    this.used += length;
    this.count += count;
  }

  /** The last place up to which so many bytes hold whole lines. */
  wholeLinesIn(limit: number): Place {
    const first = this.content.subarray(0, limit);
    const bytes = first.lastIndexOf(lineEnd) + 1;
    let lines = 0;
    for (let at = first.indexOf(lineEnd); at >= 0; at = first.indexOf(lineEnd, at + 1)) lines += 1;
    return { lines, bytes };
  }

  /** Adds what another has behind a place in it. */
  addFrom(other: LineBuffer, after: Place): void {
    const rest = other.content.subarray(after.bytes);
    this.bytes = withRoom(this.bytes, this.used, rest.length);
    this.bytes.set(rest, this.used);
    this.used += rest.length;
    this.count += other.lines - after.lines;
  }

  clear(): void {
    this.used = 0;
    this.count = 0;
  }
}
