/** Files of recorded data, of whatever format: each is known by what is in it, not by its name. */
import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { excerpt } from '../../excerpt';
import type { RecordedRun, SeriesSource } from '../types';
import { readCsv } from './csv';
import { optionalColumns, requiredColumns } from './csv-row';
import { addMetricData } from './metric-data';
import {
  type MetricDataPage,
  type MetricDataQueries,
  readMetricDataPage,
  readMetricDataQueries,
} from './metric-data-schema';
import { addPrometheus } from './prometheus';
import { type PrometheusMapping, parsePrometheusMapping, plainMapping } from './prometheus-mapping';
import type { RecordedMetric } from './recorded';
import { isRecording, type RecordingEntry, readRecording, runOf } from './recording';
import { createSampleTable, type SampleTable } from './sample-table';
import { SeriesError, shown } from './series-error';

export type SeriesFormat = 'CSV' | 'CloudWatch get-metric-data' | 'Prometheus range' | 'recording';

export interface SeriesOptions {
  /** A file with the MetricDataQueries that were asked, for output of get-metric-data. */
  readonly queries?: string;
  /** The namespace of Prometheus series. */
  readonly namespace?: string;
  /** A file that says which metric each Prometheus series is. */
  readonly mapping?: string;
}

export interface OpenedSeries {
  readonly source: SeriesSource;
  /** What each file was taken for. */
  readonly files: readonly { readonly file: string; readonly format: SeriesFormat }[];
  /** Metrics of which statistics were recorded in place of samples. */
  readonly recorded: readonly RecordedMetric[];
  /** What was left out or looks wrong, one sentence each. */
  readonly notices: readonly string[];
}

/** Enough to tell the formats apart, and read at once in any case. */
const headBytes = 65_536;
/** Large enough that reading costs little beside understanding. */
const chunkBytes = 262_144;

/** Reads all files into one source. @throws SeriesError by file and place */
export async function openSeries(
  files: readonly string[],
  options: SeriesOptions = {},
): Promise<OpenedSeries> {
  refuseTwice(files);
  const table = createSampleTable();
  const pages: MetricDataPage[] = [];
  const notices: string[] = [];
  const taken: { file: string; format: SeriesFormat }[] = [];
  const queries = readQueries(options.queries);
  const mapping = readMapping(options);
  let run: RecordedRun | undefined;
  for (const file of files) {
    const format = recognise(readHead(file), file);
    if (format === 'CSV') await readCsv(readChunks(file), table, file);
    else if (format === 'recording') run = addRecording(readText(file), file, table);
    else {
      const document = parseJson(readText(file), file);
      const kind = recogniseJson(document, file);
      taken.push({ file, format: kind });
      if (kind === 'Prometheus range') notices.push(...addPrometheus(document, file, mapping, table));
      else pages.push(readMetricDataPage(document, file));
      continue;
    }
    taken.push({ file, format });
  }
  const reading = addMetricData(pages, queries, table);
  return {
    // Several recordings were no one run.
    source: { ...table.toSource(), ...(run === undefined || files.length > 1 ? {} : { run }) },
    files: taken,
    recorded: reading.recorded,
    notices: [...notices, ...reading.notices],
  };
}

/** What was asked of CloudWatch just now, without a file between. @throws SeriesError */
export function openMetricData(document: unknown, subject: string): OpenedSeries {
  const table = createSampleTable();
  const reading = addMetricData([readMetricDataPage(document, subject)], [], table);
  return { source: table.toSource(), files: [], ...reading };
}

function readQueries(file: string | undefined): MetricDataQueries {
  return file === undefined ? [] : readMetricDataQueries(parseJson(readText(file), file), file);
}

function readMapping({ mapping: file, namespace }: SeriesOptions): PrometheusMapping {
  if (file === undefined) return plainMapping(namespace);
  const mapping = parsePrometheusMapping(readText(file), file);
  return { ...mapping, namespace: mapping.namespace ?? namespace };
}

/** A timer rings a little late: what stands before a tick in the file was known to it, whatever the clock said. */
function addRecording(text: string, file: string, table: SampleTable): RecordedRun | undefined {
  const { entries } = readRecording(text, file);
  const nextTicks = new Map<RecordingEntry, number>();
  let nextTick = Number.POSITIVE_INFINITY;
  for (const entry of [...entries].reverse()) {
    if (entry.kind === 'tick') nextTick = entry.at;
    else nextTicks.set(entry, nextTick);
  }
  for (const entry of entries) {
    if (entry.kind !== 'arrival') continue;
    const { datum, arrivedAt } = entry.arrival;
    table.add(datum, Math.min(arrivedAt, (nextTicks.get(entry) ?? Number.POSITIVE_INFINITY) - 1));
  }
  return runOf(entries);
}

/** JSON shows its kind only when it is read as a whole. */
function recognise(head: string, file: string): 'CSV' | 'recording' | 'JSON' {
  const text = head.replace(/^\ufeff/, '');
  if (isRecording(text)) return 'recording';
  if (/^\s*[{[]/.test(text)) return 'JSON';
  const [header = ''] = text.trimStart().split('\n', 1);
  const names = header.split(',').map((name) => name.trim().replaceAll('"', '').toLowerCase());
  const known: readonly string[] = [...requiredColumns, ...optionalColumns];
  if (names.some((name) => known.includes(name))) {
    if (/\r(?!$)/.test(header)) throw onlyReturns(file);
    return 'CSV';
  }
  throw unknownFormat(
    file,
    ['\u0000', '\ufffd'].some((none) => header.includes(none))
      ? 'binary data or UTF-16'
      : shown(header.trim()),
  );
}

function onlyReturns(file: string): SeriesError {
  return new SeriesError(`${file}:1`, {
    what: 'the lines do not end as those of a CSV do',
    got: 'a carriage return alone',
    expected: 'a line feed, or both',
    action: "convert it with tr '\\r' '\\n'",
  });
}

/** Its samples would count twice. @throws SeriesError */
function refuseTwice(files: readonly string[]): void {
  const given = new Map<string, string>();
  for (const file of files) {
    const path = reading(file, () => realpathSync(file));
    const first = given.get(path);
    if (first !== undefined)
      throw new SeriesError(file, {
        what: 'one file is given twice',
        got: first === file ? 'its name two times' : `${first} too`,
        expected: 'each file once, because its samples would count twice',
        action: 'leave one out',
      });
    given.set(path, file);
  }
}

function recogniseJson(document: unknown, file: string): 'CloudWatch get-metric-data' | 'Prometheus range' {
  const members = typeof document === 'object' && document !== null ? Object.keys(document) : [];
  if (members.includes('MetricDataResults')) return 'CloudWatch get-metric-data';
  if (members.includes('resultType') || members.includes('status')) return 'Prometheus range';
  const got = Array.isArray(document)
    ? 'a list'
    : `an object with ${members.slice(0, 5).map(excerpt).join(', ') || 'nothing'}`;
  throw unknownFormat(file, `JSON: ${got}`);
}

function unknownFormat(file: string, got: string): SeriesError {
  return new SeriesError(file, {
    what: 'the format is not known',
    got,
    expected:
      `CSV with the header ${requiredColumns.join(',')}, the JSON of aws cloudwatch get-metric-data, ` +
      'the JSON of Prometheus query_range, or a recording of the rehearsal, in UTF-8',
    action: 'convert it to one of these',
  });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new SeriesError(file, {
      what: 'no JSON',
      got: error instanceof Error ? error.message : 'something else',
      expected: 'one JSON document',
      action: 'give the file as it was written',
    });
  }
}

function readText(file: string): string {
  const bytes = reading(file, () => readFileSync(file));
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new SeriesError(file, {
    what: 'no text in UTF-8',
    got: 'bytes of another encoding',
    expected: 'UTF-8',
    action: 'save the file as UTF-8',
  });
}

function readHead(file: string): string {
  const [head = ''] = readChunks(file, headBytes);
  return head;
}

function* readChunks(file: string, bytes: number = chunkBytes): Generator<string, undefined> {
  const descriptor = reading(file, () => openSync(file, 'r'));
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(bytes);
  try {
    for (;;) {
      const length = reading(file, () => readSync(descriptor, buffer));
      if (length === 0) break;
      yield decoder.write(buffer.subarray(0, length));
    }
    const last = decoder.end();
    if (last !== '') yield last;
  } finally {
    closeSync(descriptor);
  }
  return undefined;
}

/** A file that cannot be read is the user's to mend. */
function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException;
    throw new SeriesError(file, {
      what: 'cannot be read',
      got: code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a directory' : code,
      expected: 'a file of recorded data',
      action: 'correct the path',
    });
  }
}
