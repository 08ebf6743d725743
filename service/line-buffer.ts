/**
 * Lines that wait to be written, as bytes outside of the heap: as texts they would live through a collection or two, and what
 * does is copied by it each time.
 */
import { withRoom } from './with-room';

const firstBytes = 16 * 1024;

/** Between two lines: how many there are before it, and how many bytes these have. */
export interface Place {
  readonly lines: number;
  readonly bytes: number;
}

export class LineBuffer {
  private bytes = Buffer.allocUnsafeSlow(firstBytes);
  private used = 0;
  private readonly lengths: number[] = [];

  /** How many lines there are. */
  get lines(): number {
    return this.lengths.length;
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
   * Adds a line, with its line end.
   * @param length of it in bytes
   */
  add(line: string, length: number): void {
    this.bytes = withRoom(this.bytes, this.used, length);
    this.bytes.write(line, this.used);
    this.used += length;
    this.lengths.push(length);
  }

  /** The last place up to which so many bytes hold whole lines. */
  wholeLinesIn(limit: number): Place {
    let [lines, bytes] = [0, 0];
    for (const length of this.lengths) {
      if (bytes + length > limit) break;
      lines += 1;
      bytes += length;
    }
    return { lines, bytes };
  }

  /** Adds what another has behind a place in it. */
  addFrom(other: LineBuffer, after: Place): void {
    const rest = other.content.subarray(after.bytes);
    this.bytes = withRoom(this.bytes, this.used, rest.length);
    this.bytes.set(rest, this.used);
    this.used += rest.length;
    for (const length of other.lengths.slice(after.lines)) this.lengths.push(length);
  }

  clear(): void {
    this.used = 0;
    this.lengths.length = 0;
  }
}
