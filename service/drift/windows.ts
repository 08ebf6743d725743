/** The last windows of some counters, in memory that was there before: a ring in which the oldest makes room. */

export class Windows {
  private readonly ring: readonly Uint32Array[];
  /** The window that counts now: how many of its length have passed since the epoch. */
  private now: number;
  /** The first window that has been counted from its beginning. */
  private firstWhole: number;

  /**
   * @param size counters in a window
   * @param length whole windows that are kept besides the one that counts
   * @param now the window that counts now, which has begun before
   */
  constructor(
    private readonly size: number,
    private readonly length: number,
    now: number,
  ) {
    this.ring = Array.from({ length: length + 1 }, () => new Uint32Array(size));
    this.now = now;
    this.firstWhole = now + 1;
  }

  /** What counts now. */
  get counters(): Uint32Array {
    return this.at(this.now);
  }

  /** Whole windows behind the present one that have been counted, empty ones too, at most as many as are kept. */
  get seen(): number {
    return Math.max(0, Math.min(this.length, this.now - this.firstWhole));
  }

  /**
   * Moves on. Windows in which nothing was counted are empty. A clock that was set back a little is waited for; one that
   * was ahead by more than all that is kept has made nonsense of it, and waiting could last for years.
   */
  turn(number: number): boolean {
    if (number < this.now - this.length) {
      for (const counters of this.ring) counters.fill(0);
      this.now = number;
      this.firstWhole = number + 1;
      return true;
    }
    if (number <= this.now) return false;
    const passed = Math.min(number - this.now, this.length + 1);
    for (let step = 1; step <= passed; step++) this.at(number - passed + step).fill(0);
    this.now = number;
    return true;
  }

  /** All kept whole windows as one. */
  sum(): Float64Array {
    const sum = new Float64Array(this.size);
    for (let back = 1; back <= this.length; back++) {
      const counters = this.at(this.now - back + (this.length + 1));
      for (let index = 0; index < this.size; index++) sum[index] = (sum[index] ?? 0) + (counters[index] ?? 0);
    }
    return sum;
  }

  /** What a restart must not lose. */
  snapshot(): WindowsSnapshot {
    return {
      now: this.now,
      firstWhole: this.firstWhole,
      counters: Array.from({ length: this.length + 1 }, (_, index) => [...this.at(this.now + 1 + index)]),
    };
  }

  /** Goes on where a snapshot of the same shape ended; false when it is of another shape. */
  restore({ now, firstWhole, counters }: WindowsSnapshot): boolean {
    if (counters.length !== this.length + 1 || counters.some(({ length }) => length !== this.size))
      return false;
    // From a clock that was ahead of ours.
    if (now > this.now) return false;
    const present = this.now;
    this.now = now;
    this.firstWhole = firstWhole;
    for (const [index, kept] of counters.entries()) this.at(now + 1 + index).set(kept);
    this.turn(present);
    return true;
  }

  private at(number: number): Uint32Array {
    return this.ring[number % (this.length + 1)] ?? new Uint32Array(this.size);
  }
}

export interface WindowsSnapshot {
  readonly now: number;
  readonly firstWhole: number;
  /** The oldest first, the one that counts last. */
  readonly counters: readonly (readonly number[])[];
}
