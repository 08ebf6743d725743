/** All samples that were read, by metric, and the one stream of arrivals that they make together. */
import { identityKey } from '../../cloudwatch/identity';
import type { Datum, MetricIdentity } from '../../cloudwatch/types';
import type { Arrival, SeriesSource } from '../types';
import { SampleColumn, type SeriesIdentity } from './sample-column';
import { createStreamHeap } from './stream-heap';

/** Sources are filled first and read afterwards. */
export interface SampleTable {
  /** The column of the metric, unit and resolution; a new one at its first mention. `periodMs` is the resolution when absent. */
  column(identity: SeriesIdentity, periodMs?: number): SampleColumn;
  /** Stores every value of the datum; those that came zero times are none. */
  add(datum: Datum, arrivedAt?: number): void;
  sampleCount(): number;
  toSource(): SeriesSource;
}

export function createSampleTable(): SampleTable {
  const columns = new Map<string, SampleColumn>();
  const column = (
    identity: SeriesIdentity,
    periodMs: number = identity.storageResolutionSeconds * 1000,
  ): SampleColumn => {
    const { unit = '', storageResolutionSeconds } = identity;
    const key = `${storageResolutionSeconds} ${periodMs} ${unit} ${identityKey(identity)}`;
    const found = columns.get(key) ?? new SampleColumn(identity, periodMs);
    columns.set(key, found);
    return found;
  };
  return {
    column,
    add: (datum, arrivedAt = datum.at) => {
      const own = column(datum);
      if (datum.statisticValues !== undefined) own.addSet(datum.at, datum.statisticValues, arrivedAt);
      datum.values.forEach((value, index) => {
        const count = datum.counts?.[index] ?? 1;
        if (count !== 0) own.add(datum.at, value, count, arrivedAt);
      });
    },
    sampleCount: () => [...columns.values()].reduce((sum, { length }) => sum + length, 0),
    toSource: () => sourceOf([...columns.values()].filter(({ length }) => length > 0)),
  };
}

function sourceOf(columns: readonly SampleColumn[]): SeriesSource {
  for (const column of columns) column.sort();
  return {
    span: joinedSpan(columns.map((column) => column.span())),
    arrivals: () => mergeColumns(columns),
    metrics: () => distinct(columns.map(({ metric }) => metric)),
  };
}

function* mergeColumns(columns: readonly SampleColumn[]): Generator<Arrival, undefined> {
  const places = new Int32Array(columns.length);
  const heap = createStreamHeap(columns.map((column) => column.arrivalTime(0)));
  for (let stream = heap.top(); stream >= 0; stream = heap.top()) {
    const column = columns[stream];
    if (column === undefined) return;
    const place = places[stream] ?? 0;
    const end = column.endOfDatum(place);
    places[stream] = end;
    const next = column.arrivalTime(end);
    if (next === undefined) heap.end();
    else heap.advance(next);
    yield column.arrival(place, end);
  }
}

/** One source of several; where samples arrive at the same time, those of the earlier source come first. */
export function mergeSources(...sources: readonly SeriesSource[]): SeriesSource {
  const [only] = sources;
  if (sources.length === 1 && only !== undefined) return only;
  return {
    span: joinedSpan(sources.map(({ span }) => span)),
    arrivals: () => mergeArrivals(sources),
    metrics: () => distinct(sources.flatMap((source) => source.metrics())),
  };
}

function* mergeArrivals(sources: readonly SeriesSource[]): Generator<Arrival, undefined> {
  const streams = sources.map((source) => source.arrivals()[Symbol.iterator]());
  const heads = streams.map((stream) => stream.next());
  const timeOf = (head: IteratorResult<Arrival> | undefined): number | undefined =>
    head === undefined || head.done === true ? undefined : head.value.arrivedAt;
  const heap = createStreamHeap(heads.map(timeOf));
  for (let index = heap.top(); index >= 0; index = heap.top()) {
    const head = heads[index];
    const stream = streams[index];
    if (stream === undefined || head === undefined || head.done === true) return;
    const next = stream.next();
    heads[index] = next;
    const time = timeOf(next);
    if (time === undefined) heap.end();
    else heap.advance(time);
    yield head.value;
  }
}

type Span = NonNullable<SeriesSource['span']>;

function joinedSpan(spans: readonly (Span | undefined)[]): Span | undefined {
  const known = spans.filter((span) => span !== undefined);
  if (known.length === 0) return undefined;
  return {
    start: known.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY),
    end: known.reduce((most, { end }) => Math.max(most, end), Number.NEGATIVE_INFINITY),
  };
}

/** One metric can have samples in several units. */
function distinct(metrics: readonly MetricIdentity[]): readonly MetricIdentity[] {
  return [...new Map(metrics.map((metric) => [identityKey(metric), metric])).values()];
}
