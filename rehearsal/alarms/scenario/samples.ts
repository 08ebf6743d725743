/** The samples of a test: its series, written out from the start of the test on, and its files. */
import { identityKey } from '../../cloudwatch/identity';
import { suppliedMetric } from '../../cloudwatch/supplied';
import type { MetricIdentity } from '../../cloudwatch/types';
import { excerpt } from '../../excerpt';
import { generateSeries, type SeriesDefinition, seriesDurationMs } from '../series/notation/generate';
import { SeriesError } from '../series/series-error';
import type { Arrival, SeriesSource } from '../types';
import type { AlarmEntry } from './alarm-book';
import { formatDuration } from './duration';
import { visibleInPlace } from './echo';
import { findInput, splitInput } from './inputs';
import { AlarmTestError } from './read';
import { longestTestMs, longestTestWords } from './scalars';
import type { FileSeries, InputSeries, NamedSeries, SeriesEntry, SuppliedSeries } from './schema';
import { stepMsOf, suppliableIds } from './suppliable';
import { type Brought, broughtBySeries } from './unread';

export interface SampleReaders {
  /** The recorded series of a file. */
  file(entry: FileSeries): SeriesSource;
  findAlarm(place: string, asked: string): AlarmEntry;
}

export interface Samples {
  /** In order of arrival. */
  readonly arrivals: readonly Arrival[];
  /** Also those without a single sample; some twice. */
  readonly metrics: readonly MetricIdentity[];
  /** When the longest series ends, gaps at its end included; undefined without any. */
  readonly end: number | undefined;
}

/** A test and where it stands, for what is told of its mistakes. */
export interface SampledTest {
  readonly series: readonly SeriesEntry[];
  /** `file:line` of each series. */
  readonly places: readonly string[];
  readonly start: number;
}

/** Periods from here on are those of standard metrics. */
const standardPeriodSeconds = 60;

/** @throws AlarmTestError for a notation, an alarm or a query that cannot be read, or a series without end */
export function createSamples({ series, places, start }: SampledTest, readers: SampleReaders): Samples {
  const placed = series.map((entry, index) => ({ entry, place: places[index] ?? '' }));
  const definitions = placed.flatMap(({ entry, place }) =>
    definitionsOf(entry, place, readers).map((definition) => ({ definition, place })),
  );
  const ends = definitions.map(({ definition, place }) => endOf(definition, place, start));
  const written = generateSeries(
    definitions.map(({ definition }) => definition),
    start,
  );
  const files = placed.flatMap(({ entry, place }) => {
    if (!('file' in entry)) return [];
    const source = readers.file(entry);
    if (source.span !== undefined) refuseTooLong(place, source.span.end - start);
    return [source];
  });
  const sources = [written, ...files];
  const allEnds = [...ends, ...files.flatMap(({ span }) => span?.end ?? [])];
  return {
    arrivals: sources
      .flatMap((source) => [...source.arrivals()])
      .sort((left, right) => left.arrivedAt - right.arrivedAt),
    // A query that gave nothing at all was supplied nevertheless.
    metrics: [
      ...sources.flatMap((source) => source.metrics()),
      ...definitions.map(({ definition }) => definition),
    ],
    end: allEnds.length === 0 ? undefined : Math.max(...allEnds),
  };
}

/** What each series brings, for those that name metrics themselves; an input exists already when it is found. */
export function broughtBy(entry: SeriesEntry, readers: Pick<SampleReaders, 'file'>): Brought[] {
  if ('file' in entry) {
    const kinds = new Map<string, Brought>();
    for (const { datum } of readers.file(entry).arrivals()) {
      const key = `${identityKey(datum)}\n${datum.unit}\n${datum.storageResolutionSeconds}`;
      if (!kinds.has(key)) kinds.set(key, broughtBySeries(datum, datum.unit, datum.storageResolutionSeconds));
    }
    return [...kinds.values()];
  }
  if ('input' in entry || 'supply' in entry) return [];
  const { namespace, metric: name, dimensions, unit, resolution } = entry;
  return [broughtBySeries({ namespace, name, dimensions }, unit, resolution)];
}

/** A series of a test; `startMs` counts from the start of the test. */
interface Definition extends SeriesDefinition {
  readonly startMs: number;
}

/** Before anything is written out, which for a series without end would take all memory. */
function endOf(definition: Definition, place: string, start: number): number {
  try {
    const lengthMs = definition.startMs + seriesDurationMs(definition);
    refuseTooLong(place, lengthMs);
    return start + lengthMs;
  } catch (error) {
    if (!(error instanceof SeriesError)) throw error;
    throw new AlarmTestError(`${place}: ${visibleInPlace(error.message)}`);
  }
}

function refuseTooLong(place: string, lengthMs: number): void {
  if (lengthMs <= longestTestMs) return;
  throw new AlarmTestError(
    `${place}: the test would be too long, got ${formatDuration(lengthMs)}, expected ${longestTestWords}; shorten the series or its step`,
  );
}

function definitionsOf(entry: SeriesEntry, place: string, readers: SampleReaders): Definition[] {
  if ('file' in entry) return [];
  if ('supply' in entry) return supplied(entry, place, readers);
  return [{ ...('input' in entry ? fromInput(entry, place, readers) : named(entry)), ...samplingOf(entry) }];
}

type Line = Pick<SeriesDefinition, keyof MetricIdentity | 'stepMs' | 'storageResolutionSeconds' | 'unit'>;

function named({ namespace, metric: name, dimensions, unit, resolution, step }: NamedSeries): Line {
  return {
    namespace,
    name,
    dimensions,
    stepMs: step,
    storageResolutionSeconds: resolution,
    ...(unit === undefined ? {} : { unit }),
  };
}

function fromInput({ input, step }: InputSeries, place: string, readers: SampleReaders): Line {
  const found = findInput(place, input, (asked) => readers.findAlarm(place, asked));
  const { metric, unit, periodSeconds } = found;
  return {
    ...metric,
    stepMs: step ?? periodSeconds * 1000,
    storageResolutionSeconds: periodSeconds < standardPeriodSeconds ? 1 : 60,
    ...(unit === undefined ? {} : { unit }),
  };
}

function samplingOf({ values, count, delay, start = 0, seed }: NamedSeries | InputSeries) {
  return {
    values,
    startMs: start,
    start: formatDuration(start),
    ...(count === undefined ? {} : { count }),
    ...(delay === undefined ? {} : { delayMs: delay }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function supplied(entry: SuppliedSeries, place: string, readers: SampleReaders): Definition[] {
  const { supply, values, band, step, start = 0 } = entry;
  const [alarm, id] = splitInput(supply, (asked) => readers.findAlarm(place, asked));
  const stepMs = step ?? stepMsOf(alarm);
  const known = suppliableIds(alarm);
  if (id !== undefined && !known.includes(id)) {
    const expected = known.length === 0 ? 'nothing, because all of its data are metrics' : known.join(', ');
    throw new AlarmTestError(
      `${place}: supply: ${alarm.name} has no such query that AWS alone can run, got '${excerpt(id)}', expected ${expected}; correct it`,
    );
  }
  if (id === undefined || stepMs === undefined) {
    const expected =
      id === undefined ? `'${supply}.' and the id of a query` : 'a step, which the alarm does not tell';
    throw new AlarmTestError(`${place}: supply: incomplete, got '${supply}', expected ${expected}; add it`);
  }
  const sides = [
    [undefined, values],
    ['lower', band?.lower],
    ['upper', band?.upper],
  ] as const;
  return sides.flatMap(([side, text]) => {
    if (text === undefined) return [];
    const metric = suppliedMetric(alarm.name, id, side);
    // One second of resolution suits periods of any length.
    const storage = { stepMs, storageResolutionSeconds: 1 } as const;
    return [{ ...metric, ...storage, values: text, startMs: start, start: formatDuration(start) }];
  });
}
