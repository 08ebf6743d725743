/** The samples of one metric, unit and resolution, as numbers side by side: a month of a busy host fits into a laptop's memory. */
import type { Datum, MetricIdentity, StatisticSet } from '../../cloudwatch/types';
import type { Arrival } from '../types';

/** What keeps samples apart in CloudWatch: not the metric alone. */
export interface SeriesIdentity extends MetricIdentity {
  readonly unit?: string | undefined;
  readonly storageResolutionSeconds: 1 | 60;
}

/** Doubled when it is full; enough for a quarter of a day by the minute. */
const firstCapacity = 512;
/** AWS takes so many values in one datum. */
const maxValues = 150;

/** Numbers that most samples do without: a column has them once one of its samples needs them. */
const extras = ['counts', 'arrivals', 'minima', 'maxima'] as const;

/** Grows as samples are added; they are read in the order in which they arrived. */
export class SampleColumn {
  length = 0;
  private times: Float64Array = new Float64Array(firstCapacity);
  /** Of a statistic set its sum. */
  private values: Float64Array = new Float64Array(firstCapacity);
  /** Of a statistic set its sample count. */
  private counts: Float64Array | undefined;
  private arrivals: Float64Array | undefined;
  /** NaN for what is no statistic set. */
  private minima: Float64Array | undefined;
  private maxima: Float64Array | undefined;
  private isSorted = true;
  private readonly identity: SeriesIdentity;

  /** `periodMs` is how long the samples stand for, from their time on. */
  constructor(
    { namespace, name, dimensions, unit, storageResolutionSeconds }: SeriesIdentity,
    private readonly periodMs: number,
  ) {
    this.identity = { namespace, name, dimensions, storageResolutionSeconds, ...(unit ? { unit } : {}) };
  }

  get metric(): MetricIdentity {
    const { namespace, name, dimensions } = this.identity;
    return { namespace, name, dimensions };
  }

  add(at: number, value: number, count = 1, arrivedAt: number = at): void {
    const place = this.length;
    if (place === this.times.length) this.grow();
    if (count !== 1) this.counts ??= new Float64Array(this.times.length).fill(1);
    if (arrivedAt !== at) this.arrivals ??= this.times.slice();
    if (place > 0 && arrivedAt < this.arrivedAt(place - 1)) this.isSorted = false;
    this.times[place] = at;
    this.values[place] = value;
    if (this.counts !== undefined) this.counts[place] = count;
    if (this.arrivals !== undefined) this.arrivals[place] = arrivedAt;
    if (this.minima !== undefined) this.minima[place] = Number.NaN;
    this.length = place + 1;
  }

  /** A statistic set takes one place. */
  addSet(at: number, { sampleCount, sum, minimum, maximum }: StatisticSet, arrivedAt: number = at): void {
    this.add(at, sum, sampleCount, arrivedAt);
    this.minima ??= new Float64Array(this.times.length).fill(Number.NaN);
    this.maxima ??= new Float64Array(this.times.length);
    this.counts ??= new Float64Array(this.times.length).fill(1);
    this.minima[this.length - 1] = minimum;
    this.maxima[this.length - 1] = maximum;
  }

  /** When the sample arrived; undefined after the last one. */
  arrivalTime(place: number): number | undefined {
    return place < this.length ? this.arrivedAt(place) : undefined;
  }

  /** Of the times that the samples are about, and of the periods that they stand for. */
  span(): { start: number; end: number } | undefined {
    if (this.length === 0) return undefined;
    let start = Number.POSITIVE_INFINITY;
    let end = Number.NEGATIVE_INFINITY;
    for (let place = 0; place < this.length; place++) {
      const at = this.times[place] ?? 0;
      if (at < start) start = at;
      if (at > end) end = at;
    }
    // CloudWatch cuts a sample's time to its resolution: its period ends there.
    return { start, end: (Math.floor(end / this.periodMs) + 1) * this.periodMs };
  }

  /** The first place after the samples that make one datum with the one at `place`: same time, arrived together. */
  endOfDatum(place: number): number {
    const at = this.times[place];
    let end = place + 1;
    if (this.times[end] !== at || this.isSet(place)) return end;
    const limit = Math.min(this.length, place + maxValues);
    while (end < limit && this.times[end] === at && this.arrivedAt(end) === this.arrivedAt(place)) {
      if (this.isSet(end)) break;
      end++;
    }
    return end;
  }

  /** The samples of the places as one datum. */
  arrival(place: number, end: number): Arrival {
    const { namespace, name, dimensions, unit, storageResolutionSeconds } = this.identity;
    const at = this.times[place] ?? 0;
    const arrivedAt = this.arrivedAt(place);
    // One value is nearly all there is, and copying a part of a typed array is slow.
    const values =
      end === place + 1 ? [this.values[place] ?? 0] : Array.from(this.values.subarray(place, end));
    const datum: Datum =
      unit === undefined
        ? { namespace, name, dimensions, storageResolutionSeconds, at, values }
        : { namespace, name, dimensions, storageResolutionSeconds, at, values, unit };
    if (this.counts === undefined) return { arrivedAt, datum };
    if (this.isSet(place))
      return { arrivedAt, datum: { ...datum, values: [], statisticValues: this.setAt(place) } };
    const counts = Array.from(this.counts.subarray(place, end));
    return { arrivedAt, datum: counts.every((count) => count === 1) ? datum : { ...datum, counts } };
  }

  /** Into the order of arrival; samples that arrived at the same time stay in their order. */
  sort(): void {
    if (this.isSorted) return;
    const order = Uint32Array.from({ length: this.length }, (_, place) => place);
    order.sort((left, right) => this.arrivedAt(left) - this.arrivedAt(right) || left - right);
    this.replaceAll((numbers) => Float64Array.from(order, (place) => numbers[place] ?? 0));
    this.isSorted = true;
  }

  private isSet(place: number): boolean {
    const minimum = this.minima?.[place];
    return minimum !== undefined && !Number.isNaN(minimum);
  }

  private setAt(place: number): StatisticSet {
    return {
      sampleCount: this.counts?.[place] ?? 0,
      sum: this.values[place] ?? 0,
      minimum: this.minima?.[place] ?? 0,
      maximum: this.maxima?.[place] ?? 0,
    };
  }

  private arrivedAt(place: number): number {
    return (this.arrivals ?? this.times)[place] ?? 0;
  }

  private grow(): void {
    this.replaceAll((numbers) => {
      const larger = new Float64Array(2 * numbers.length);
      larger.set(numbers);
      return larger;
    });
  }

  private replaceAll(make: (numbers: Float64Array) => Float64Array): void {
    this.times = make(this.times);
    this.values = make(this.values);
    for (const extra of extras) {
      const numbers = this[extra];
      if (numbers !== undefined) this[extra] = make(numbers);
    }
  }
}
