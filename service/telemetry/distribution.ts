/**
 * How often each value came, in fixed memory. A value's bucket is read from the bits of its 32-bit float:
 * no logarithm, no division, no allocation. A bucket is (lower, upper], as Prometheus counts them.
 */

/** Of the 23 bits behind the leading one these are kept: 256 buckets from one power of two to the next. */
const keptBits = 8;
const shift = 23 - keptBits;

/** One value seen as a float and as its bits. Shared by all: nothing is kept in it between two statements. */
const asFloat = new Float32Array(1);
const asBits = new Int32Array(asFloat.buffer);

export interface DistributionRange {
  /** A power of two, in steps; what lies at or below it is counted as zero. */
  readonly lowest: number;
  /** A power of two, in steps; what lies above it is counted as this. */
  readonly highest: number;
  /** Steps in one unit of the value. Bounds with nine significant bits in steps fall between two buckets. */
  readonly stepsPerUnit: number;
}

/** In ms: from a tenth of a microsecond to a quarter of an hour. */
export const latencyRange: DistributionRange = { lowest: 2 ** -13, highest: 2 ** 20, stepsPerUnit: 1 };

/** In thousandths, where 0.6 and 0.95 are bounds: as binary fractions they would fall into a bucket. */
export const confidenceRange: DistributionRange = { lowest: 2 ** -4, highest: 2 ** 10, stepsPerUnit: 1000 };

export class Distribution {
  /** The first is zero, then one for each bucket, ascending. */
  readonly counts: Uint32Array;
  /** The sum of all values; in an array, because a number of its own would be allocated anew at each change. */
  private readonly sums = new Float64Array(1);
  /** What each bucket is told as, once it was asked for: to write a number costs more than to count it. */
  private readonly told: (string | undefined)[];
  private readonly base: number;
  private readonly last: number;
  private readonly lowest: number;
  private readonly stepsPerUnit: number;

  constructor({ lowest, highest, stepsPerUnit }: DistributionRange) {
    this.base = bitsOf(lowest) >> shift;
    this.last = (bitsOf(highest) >> shift) - this.base;
    this.lowest = lowest;
    this.stepsPerUnit = stepsPerUnit;
    this.counts = new Uint32Array(this.last + 1);
    this.told = new Array<string | undefined>(this.last + 1);
  }

  get sum(): number {
    return this.sums[0] ?? 0;
  }

  add(value: number): void {
    const steps = value * this.stepsPerUnit;
    // Not a number fails the comparison and is counted as zero, where it does no harm.
    if (steps > this.lowest) {
      asFloat[0] = steps;
      // One bit less puts a value that is a bound into the bucket below it.
      const index = (((asBits[0] ?? 0) - 1) >> shift) - this.base + 1;
      if (index <= this.last) {
        this.counts[index] = (this.counts[index] ?? 0) + 1;
        this.sums[0] = (this.sums[0] ?? 0) + value;
      } else {
        this.counts[this.last] = (this.counts[this.last] ?? 0) + 1;
        this.sums[0] = (this.sums[0] ?? 0) + this.upperBound(this.last);
      }
    } else {
      this.counts[0] = (this.counts[0] ?? 0) + 1;
    }
  }

  clear(): void {
    this.counts.fill(0);
    this.sums[0] = 0;
  }

  /** What the values of a bucket are told as: the shortest decimal in it, so that whole and round numbers stay themselves. */
  textAt(index: number): string {
    const known = this.told[index];
    if (known !== undefined) return known;
    const text = index === 0 ? '0' : shortestBetween(this.upperBound(index - 1), this.upperBound(index));
    this.told[index] = text;
    return text;
  }

  /** Index of the last bucket at or below a bound. Throws for a bound that would cut through a bucket. */
  indexOfBound(bound: number): number {
    const steps = bound * this.stepsPerUnit;
    const bits = bitsOf(steps);
    const index = (bits >> shift) - this.base;
    if (index < 0 || index > this.last || this.upperBound(index) !== bound) {
      throw new RangeError(`bound ${bound}: cuts through a bucket, expected one with nine significant bits`);
    }
    return index;
  }

  private upperBound(index: number): number {
    asBits[0] = (this.base + index) << shift;
    return (asFloat[0] ?? 0) / this.stepsPerUnit;
  }
}

function bitsOf(value: number): number {
  asFloat[0] = value;
  return asBits[0] ?? 0;
}

function shortestBetween(lower: number, upper: number): string {
  const middle = (lower + upper) / 2;
  for (let digits = 1; ; digits += 1) {
    const value = Number(middle.toPrecision(digits));
    if (value > lower && value <= upper) return String(value);
  }
}
