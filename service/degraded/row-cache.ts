/**
 * What the model said of which row, in a fixed number of places: the row's own bits and the answer's numbers, in flat
 * arrays. A cache of objects would be read once in an outage and pay for it with every prediction: what lives long is
 * copied and walked by the garbage collector again and again.
 */
import type { Prediction, Row } from '../inference/model';

/** Places that a hash may take; they are overwritten in turn. */
const ways = 8;

export class RowCache {
  private readonly sets: number;
  private readonly filled: Uint8Array;
  private readonly next: Uint8Array;
  private readonly chosen: Uint16Array;
  private readonly probabilities: Float64Array;
  private readonly rows: Int32Array;
  private readonly words: number;

  /**
   * @param maxRows rows kept at most; rounded up to whole sets of places
   * @param width of the rows, in 32-bit words
   */
  constructor(
    maxRows: number,
    width: number,
    private readonly classes: readonly string[],
  ) {
    this.sets = Math.ceil(maxRows / ways);
    const places = this.sets * ways;
    this.words = width;
    this.filled = new Uint8Array(places);
    this.next = new Uint8Array(this.sets);
    this.chosen = new Uint16Array(places);
    this.probabilities = new Float64Array(places * classes.length);
    this.rows = new Int32Array(places * width);
  }

  /** Keeps an answer; of a row that is there already the new one. */
  set(row: Row, { class: name, probabilities }: Prediction): void {
    const bits = wordsOf(row);
    const set = this.setOf(bits);
    let place = this.find(set, bits);
    if (place < 0) {
      const way = this.next[set] ?? 0;
      this.next[set] = (way + 1) % ways;
      place = set * ways + way;
      this.rows.set(bits, place * this.words);
      this.filled[place] = 1;
    }
    this.chosen[place] = this.classes.indexOf(name);
    const from = place * this.classes.length;
    for (let index = 0; index < this.classes.length; index += 1) {
      this.probabilities[from + index] = probabilities[this.classes[index] ?? ''] ?? 0;
    }
  }

  /** The answer to the very same row, or undefined. */
  get(row: Row): Prediction | undefined {
    const bits = wordsOf(row);
    const place = this.find(this.setOf(bits), bits);
    if (place < 0) return undefined;
    const from = place * this.classes.length;
    const chosen = this.chosen[place] ?? 0;
    return {
      class: this.classes[chosen] ?? '',
      confidence: this.probabilities[from + chosen] ?? 0,
      probabilities: Object.fromEntries(
        this.classes.map((name, index) => [name, this.probabilities[from + index] ?? 0]),
      ),
    };
  }

  /** Word by word: a hash alone could take one row for another, and a wrong answer is worse than none. */
  private find(set: number, bits: Int32Array): number {
    for (let place = set * ways; place < (set + 1) * ways; place += 1) {
      if (this.filled[place] !== 1) continue;
      const from = place * this.words;
      let at = 0;
      while (at < this.words && this.rows[from + at] === bits[at]) at += 1;
      if (at === this.words) return place;
    }
    return -1;
  }

  /** Mixed at the end, for neighbouring rows differ in few bits and must not share a set. */
  private setOf(bits: Int32Array): number {
    let hash = 0x811c9dc5;
    for (let at = 0; at < bits.length; at += 1) hash = Math.imul(hash ^ (bits[at] ?? 0), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
    return ((hash ^ (hash >>> 16)) >>> 0) % this.sets;
  }
}

/** 32-bit words that a row has. */
export const wordCountOf = (row: Row): number => row.byteLength / 4;

const wordsOf = (row: Row): Int32Array => new Int32Array(row.buffer, row.byteOffset, row.byteLength / 4);
