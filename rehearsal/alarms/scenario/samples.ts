/** The samples of a test: its series, written out from the start of the test on, and its files. */
import { suppliedMetric } from '../../cloudwatch/supplied';
import type { MetricIdentity } from '../../cloudwatch/types';
import { generateSeries, type SeriesDefinition, seriesDurationMs } from '../series/notation/generate';
import { SeriesError } from '../series/series-error';
import type { Arrival, SeriesSource } from '../types';
import type { AlarmEntry } from './alarm-book';
import { formatDuration } from './duration';
import { findInput, splitInput } from './inputs';
import { AlarmTestError } from './read';
import type { FileSeries, InputSeries, NamedSeries, SeriesEntry, SuppliedSeries } from './schema';

export interface SampleReaders {
  /** The recorded series of a file. */
  file(entry: FileSeries): SeriesSource;
  findAlarm(place: string, asked: string): AlarmEntry;
}

export interface Samples {
  /** In order of arrival. */
  readonly arrivals: readonly Arrival[];
  readonly metrics: readonly MetricIdentity[];
  /** When the longest series ends, gaps at its end included; undefined without any. */
  readonly end: number | undefined;
}

/** A test and where it stands, for what is told of its mistakes. */
export interface SampledTest {
  readonly series: readonly SeriesEntry[];
  /** `file:line` */
  readonly place: string;
  readonly start: number;
}

/** Periods from here on are those of standard metrics. */
const standardPeriodSeconds = 60;

/** @throws AlarmTestError for a notation, an alarm or a query that cannot be read */
export function createSamples({ series, place, start }: SampledTest, readers: SampleReaders): Samples {
  const definitions = series.flatMap((entry) => definitionsOf(entry, place, readers));
  const files = series.flatMap((entry) => ('file' in entry ? readers.file(entry) : []));
  const [written, ends] = generate(definitions, place, start);
  const sources = [written, ...files];
  const allEnds = [...ends, ...files.flatMap(({ span }) => span?.end ?? [])];
  return {
    arrivals: sources
      .flatMap((source) => [...source.arrivals()])
      .sort((left, right) => left.arrivedAt - right.arrivedAt),
    metrics: sources.flatMap((source) => source.metrics()),
    end: allEnds.length === 0 ? undefined : Math.max(...allEnds),
  };
}

/** A series of a test; `startMs` counts from the start of the test. */
interface Definition extends SeriesDefinition {
  readonly startMs: number;
}

function generate(
  definitions: readonly Definition[],
  place: string,
  start: number,
): readonly [source: SeriesSource, ends: readonly number[]] {
  try {
    const ends = definitions.map((each) => start + each.startMs + seriesDurationMs(each));
    return [generateSeries(definitions, start), ends];
  } catch (error) {
    if (!(error instanceof SeriesError)) throw error;
    throw new AlarmTestError(`${place}: ${error.message}`);
  }
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
  const stepMs = step ?? shortestPeriodMs(alarm);
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

/** The period at the top of the alarm or of its queries, whatever else it says: it may be one that is not evaluated here. */
function shortestPeriodMs({ resource }: AlarmEntry): number | undefined {
  const { Period, Metrics } = resource.properties;
  const queries: readonly { Period?: unknown; MetricStat?: { Period?: unknown } }[] = Array.isArray(Metrics)
    ? Metrics
    : [];
  const periods = [Period, ...queries.flatMap((query) => [query.Period, query.MetricStat?.Period])]
    .map(Number)
    .filter((seconds) => seconds > 0);
  return periods.length === 0 ? undefined : Math.min(...periods) * 1000;
}
