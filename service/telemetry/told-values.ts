/**
 * Which values of a window stand for all of them. In EMF each value counts as one sample, so windows of one alarm period
 * must be told by the same measure: one value for so many samples, the same number for a whole minute.
 */
import type { Distribution } from './distribution';

/** Alarm periods are 10 and 60 seconds: both lie within one minute of the clock. */
const minuteMs = 60_000;

/**
 * What a burst may cost: this many times the values of a busy window. Beyond it a window is told by a coarser measure,
 * and weighs too little beside its neighbours until the minute is over.
 */
const burst = 4;

export class ToldValues {
  /** Samples for which one value is told, in this minute. */
  private samplesEach = 1;
  /** Samples of earlier windows that no value has been told for yet, or (negative) ahead of time. */
  private owed = 0;
  private minute = Number.NaN;
  private samples = 0;
  private mostSamples = 0;
  private windows = 0;
  private readonly perWindow: number;

  /** @param perSecond values that suffice, on average over a busy window */
  constructor(perSecond: number, windowMs: number) {
    this.perWindow = (perSecond * windowMs) / 1000;
  }

  /** The values to tell of a window, ascending, as they are written: the middle one of each group of neighbours. */
  of(distribution: Distribution, windowStart: number, size: number): string[] {
    this.enter(Math.floor(windowStart / minuteMs));
    this.samples += size;
    this.windows += 1;
    this.mostSamples = Math.max(this.mostSamples, size);
    return this.choose(distribution, Math.max(this.samplesEach, this.leastEach(size)));
  }

  /** The measure of a minute comes from the one before: windows that are out already cannot be told otherwise. */
  private enter(minute: number): void {
    if (minute === this.minute) return;
    if (this.windows > 0) {
      const usual = this.samples / this.windows / this.perWindow;
      // A burst that comes each minute must not be cut each minute: then all windows are told a little more coarsely.
      this.samplesEach = Math.max(1, usual, this.leastEach(this.mostSamples));
    }
    this.minute = minute;
    this.samples = 0;
    this.mostSamples = 0;
    this.windows = 0;
  }

  /** So many samples at least share a value, or the window would cost more than any may. */
  private leastEach(size: number): number {
    return size / (this.perWindow * burst);
  }

  private choose(distribution: Distribution, each: number): string[] {
    const { counts } = distribution;
    const values: string[] = [];
    let owed = Math.min(Math.max(this.owed, -each / 2), each / 2);
    for (let index = 0; index < counts.length; index += 1) {
      const count = counts[index] ?? 0;
      if (count === 0) continue;
      owed += count;
      if (owed <= each / 2) continue;
      const value = distribution.textAt(index);
      for (; owed > each / 2; owed -= each) values.push(value);
    }
    this.owed = owed;
    return values;
  }
}
