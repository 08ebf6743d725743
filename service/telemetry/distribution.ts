/**
 * All values of one window, kept to three significant digits in bounded memory.
 * Three digits are finer than any threshold, and equal values then share one counter.
 */

/** 10^-4 … 10^6 covers a tenth of a microsecond to a quarter of an hour in ms, and any confidence worth telling. */
const lowestExponent = -4;
const decades = 10;
/** 100 … 999: what three significant digits can be. */
const perDecade = 900;
const powers = Array.from({ length: decades }, (_, index) => 10 ** (lowestExponent + index));

export class Distribution {
  /** One counter for each value that can occur, the smallest first; the first one is zero and all below the range. */
  private readonly counts = new Uint32Array(1 + decades * perDecade);
  private total = 0;

  get size(): number {
    return this.total;
  }

  add(value: number): void {
    const index = indexOf(value);
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.total += 1;
  }

  /**
   * Every value, ascending, as long as there are at most `limit`; above that, `limit` values at even ranks,
   * smallest and largest among them. Percentiles stay true to 1/`limit`; how many there were does not, so counts
   * are metrics of their own.
   */
  values(limit: number): number[] {
    const wanted = Math.min(limit, this.total);
    const chosen: number[] = [];
    let passed = 0;
    for (const [index, count] of this.counts.entries()) {
      if (count === 0) continue;
      passed += count;
      const value = valueAt(index);
      while (chosen.length < wanted && rank(chosen.length, wanted, this.total) < passed) chosen.push(value);
    }
    return chosen;
  }
}

/** Position, among `total` sorted values, of the n-th of `wanted` evenly spread ones. */
const rank = (n: number, wanted: number, total: number): number =>
  wanted < 2 ? 0 : Math.round((n * (total - 1)) / (wanted - 1));

function indexOf(value: number): number {
  let decade = decades - 1;
  while (decade >= 0 && value < (powers[decade] ?? 0)) decade -= 1;
  // Not a number fails every comparison and would land on top; as zero it does no harm.
  if (decade < 0 || Number.isNaN(value)) return 0;
  const digits = Math.round((value / (powers[decade] ?? 1)) * 100);
  // 999.6 rounds to 1000, which is the first value of the next decade: the indexes are contiguous on purpose.
  return Math.min(decades * perDecade, 1 + decade * perDecade + digits - 100);
}

function valueAt(index: number): number {
  if (index === 0) return 0;
  const decade = Math.floor((index - 1) / perDecade);
  const digits = 100 + ((index - 1) % perDecade);
  // Read from text: 123 * 10^-3 in binary arithmetic would print as 0.12300000000000001.
  return Number(`${digits}e${lowestExponent + decade - 2}`);
}
