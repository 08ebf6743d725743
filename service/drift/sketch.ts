/**
 * Counts predictions by bin, in memory that was there before: for each feature one search among at most sixteen bins and one
 * addition, about ten nanoseconds. Everything that is judged later comes from these counters.
 */
import type { Subject } from './baseline';
import { binsIn } from './comparison';

/** Edges of each number, filled up with the largest key: a search of fixed length needs no end. */
const width = 16;
const largestKey = 0x3fffffff;

/** What a feature's place in `edgeOf` says of a category, whose value is its bin already. */
const isCategory = -1;

export class Sketch {
  /** Where each subject's counters begin in a window's counters, in the order given. */
  readonly offsets: Int32Array;
  readonly size: number;
  /** A window's counters, of all subjects one after the other; another array after `use`. */
  counts: Uint32Array;
  private readonly keys: Int32Array;
  private readonly edgeOf: Int32Array;
  private readonly missing: Int32Array;
  private readonly row: Float32Array;
  /** The row's own bits. */
  private readonly bits: Int32Array;

  /**
   * @param subjects features in the row's order first
   * @param features how many of them there are in a row
   */
  constructor(
    subjects: readonly Subject[],
    private readonly features: number,
  ) {
    this.offsets = new Int32Array(subjects.length);
    this.missing = new Int32Array(subjects.length);
    this.edgeOf = new Int32Array(subjects.length).fill(isCategory);
    this.keys = new Int32Array(subjects.length * width).fill(largestKey);
    this.row = new Float32Array(Math.max(1, features));
    this.bits = new Int32Array(this.row.buffer);
    let size = 0;
    for (const [index, { bins }] of subjects.entries()) {
      this.offsets[index] = size;
      size += binsIn(bins);
      this.missing[index] = size - 1;
      if (bins.kind !== 'number') continue;
      this.edgeOf[index] = index * width;
      for (const [place, edge] of bins.edges.entries()) {
        this.row[0] = edge;
        this.keys[index * width + place] = keyOf(this.bits[0] as number);
      }
    }
    this.size = size;
    this.counts = new Uint32Array(size);
  }

  /**
   * Counts the features of one row; NaN is a missing value, and a category is its place in the model's list.
   * @param weight how many rows this one stands for
   */
  addRow(row: Float32Array | Float64Array, weight = 1): void {
    const { features, bits } = this;
    this.row.set(row);
    for (let feature = 0; feature < features; feature++)
      this.count(feature, row[feature] as number, bits[feature] as number, weight);
  }

  /** Counts one value of one subject. */
  add(subject: number, value: number, weight = 1): void {
    this.row[0] = value;
    this.count(subject, value, this.bits[0] as number, weight);
  }

  /**
   * @param bits of the value as a 32-bit number: as whole numbers they can be compared by subtraction, without a branch
   *   that the processor would foresee wrongly half of the time
   */
  private count(subject: number, value: number, bits: number, weight: number): void {
    const { counts, keys } = this;
    const from = this.edgeOf[subject] as number;
    let bin: number;
    if (Number.isNaN(value)) bin = this.missing[subject] as number;
    else if (from === isCategory) bin = (this.offsets[subject] as number) + value;
    else {
      const key = keyOf(bits);
      // The sign of edge minus value: 1 where the edge lies below. Four halvings of sixteen places.
      let place = (((keys[from + 7] as number) - key) >>> 31) << 3;
      place += (((keys[from + place + 3] as number) - key) >>> 31) << 2;
      place += (((keys[from + place + 1] as number) - key) >>> 31) << 1;
      place += ((keys[from + place] as number) - key) >>> 31;
      bin = (this.offsets[subject] as number) + place;
    }
    counts[bin] = (counts[bin] as number) + weight;
  }

  /** Counts into other counters from now on: those of the next window. */
  use(counts: Uint32Array): void {
    this.counts = counts;
  }

  /** The counters of one subject within those of a window, or of a sum of windows. */
  of(counts: Float64Array | Uint32Array, subject: number): Float64Array | Uint32Array {
    const next = this.offsets[subject + 1] ?? this.size;
    return counts.subarray(this.offsets[subject] ?? 0, next);
  }
}

/**
 * A whole number that orders as the 32-bit float with these bits does: negative ones count backwards. The last bit goes, so
 * that differences fit; values that differ by it alone share a bin.
 */
function keyOf(bits: number): number {
  return (bits ^ ((bits >> 31) & 0x7fffffff)) >> 1;
}
