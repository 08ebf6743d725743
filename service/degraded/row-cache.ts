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
  /** A row while it is looked at: asked for its own bits, each row would be given memory outside of the heap. */
  private readonly row: Row;
  private readonly bits: Int32Array;

  /**
   * @param maxRows rows kept at most; rounded up to whole sets of places
   * @param sample a row of the one model whose rows are kept: all have its type and length
   */
  constructor(
    maxRows: number,
    sample: Row,
    private readonly classes: readonly string[],
  ) {
    this.sets = Math.ceil(maxRows / ways);
    const places = this.sets * ways;
    this.row = sample.slice();
    this.bits = new Int32Array(this.row.buffer);
    this.filled = new Uint8Array(places);
    this.next = new Uint8Array(this.sets);
    this.chosen = new Uint16Array(places);
    this.probabilities = new Float64Array(places * classes.length);
    this.rows = new Int32Array(places * this.bits.length);
  }

  /** Keeps an answer; of a row that is there already the new one. */
  set(row: Row, { class: name, probabilities }: Prediction): void {
    this.row.set(row);
    const set = this.setNow();
    let place = this.find(set);
    if (place < 0) {
      const way = this.next[set] ?? 0;
      this.next[set] = (way + 1) % ways;
      place = set * ways + way;
      this.rows.set(this.bits, place * this.bits.length);
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
    this.row.set(row);
    const place = this.find(this.setNow());
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
  private find(set: number): number {
    const { bits } = this;
    for (let place = set * ways; place < (set + 1) * ways; place += 1) {
      if (this.filled[place] !== 1) continue;
      const from = place * bits.length;
      let at = 0;
      while (at < bits.length && this.rows[from + at] === bits[at]) at += 1;
      if (at === bits.length) return place;
    }
    return -1;
  }

  /** Mixed at the end, for neighbouring rows differ in few bits and must not share a set. */
  private setNow(): number {
    const { bits } = this;
    let hash = 0x811c9dc5;
    for (let at = 0; at < bits.length; at += 1) hash = Math.imul(hash ^ (bits[at] ?? 0), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
    return ((hash ^ (hash >>> 16)) >>> 0) % this.sets;
  }
}
