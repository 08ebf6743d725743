/**
 * Recordings of the rehearsal: every datum that CloudWatch was given and when, one JSON document a line, so that a run
 * can be played again. The first line says what it is.
 */
import { z } from 'zod';
import type { Datum } from '../../cloudwatch/types';
import type { Arrival, ForcedState, RecordedRun } from '../types';
import { instantRangeWords, isPlausible } from './instant';
import { SeriesError, shown } from './series-error';

/** What the rehearsal tells of itself; other members are kept. */
export interface RecordingMeta {
  readonly scenario?: string;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  readonly place?: { readonly accountId: string; readonly region: string; readonly partition: string };
  readonly [member: string]: unknown;
}

export type RecordingEntry =
  | { readonly kind: 'arrival'; readonly arrival: Arrival }
  /** CloudWatch evaluated its alarms. */
  | { readonly kind: 'tick'; readonly at: number }
  | ({ readonly kind: 'setAlarmState' } & ForcedState);

export interface Recording {
  readonly meta: RecordingMeta;
  /** In the order of the file, which is the order in which they happened. */
  readonly entries: readonly RecordingEntry[];
}

export interface Recorder {
  arrived(datum: Datum, arrivedAt: number): void;
  ticked(at: number): void;
  alarmStateSet(forced: ForcedState): void;
}

/** Raised when the lines change their meaning. */
const version = 1;

const moment = z.number().refine(isPlausible, `expected milliseconds since 1970 and ${instantRangeWords}`);
const arrivalLine = z
  .strictObject({
    arrivedAt: moment,
    at: moment,
    namespace: z.string().min(1),
    name: z.string().min(1),
    dimensions: z.record(z.string(), z.string()),
    unit: z.string().optional(),
    storageResolutionSeconds: z.union([z.literal(1), z.literal(60)]),
    values: z.array(z.number()).optional(),
    counts: z.array(z.number().nonnegative()).optional(),
    statisticValues: z
      .strictObject({ sampleCount: z.number(), sum: z.number(), minimum: z.number(), maximum: z.number() })
      .optional(),
  })
  .refine(
    ({ values, statisticValues }) => (values === undefined) !== (statisticValues === undefined),
    'expected either values or statisticValues',
  )
  .refine(
    ({ values, counts }) => counts === undefined || counts.length === values?.length,
    'expected as many counts as values',
  );
const tickLine = z.strictObject({ tick: moment });
const stateLine = z.strictObject({
  setAlarmState: z.strictObject({
    at: moment,
    name: z.string(),
    state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
    reason: z.string(),
  }),
});
const metaLine = z.looseObject({
  vigia: z.literal('recording'),
  version: z.number(),
  scenario: z.string().optional(),
  startedAt: moment.optional(),
  place: z.looseObject({ accountId: z.string(), region: z.string(), partition: z.string() }).optional(),
});

/** Writes a recording: the first line at once, then one for each call. @param write is given each line with its end */
export function createRecorder(write: (line: string) => void, meta: RecordingMeta = {}): Recorder {
  const put = (document: unknown): void => write(`${JSON.stringify(document)}\n`);
  put({ ...meta, vigia: 'recording', version });
  return {
    arrived: (datum, arrivedAt) => {
      const { at, namespace, name, dimensions, unit, storageResolutionSeconds, counts, statisticValues } =
        datum;
      const values = statisticValues === undefined ? datum.values : undefined;
      const samples = { values, counts, statisticValues };
      put({ arrivedAt, at, namespace, name, dimensions, unit, storageResolutionSeconds, ...samples });
    },
    ticked: (at) => put({ tick: at }),
    alarmStateSet: ({ at, name, state, reason }) => put({ setAlarmState: { at, name, state, reason } }),
  };
}

/** When the alarms were evaluated and what was set by hand; undefined when they never were. */
export function runOf(entries: readonly RecordingEntry[]): RecordedRun | undefined {
  const ticks = entries.flatMap((entry) => (entry.kind === 'tick' ? entry.at : []));
  const [firstTick] = ticks;
  const lastTick = ticks.at(-1);
  if (firstTick === undefined || lastTick === undefined) return undefined;
  const forced = entries.flatMap((entry) => (entry.kind === 'setAlarmState' ? [entry] : []));
  return { firstTick, lastTick, forced };
}

/** Whether the text begins as a recording does, of whatever version. */
export function isRecording(text: string): boolean {
  return /^\ufeff?\s*\{[^\n]*"vigia"\s*:\s*"recording"/.test(text);
}

/** Reads a recording. A last line that was cut off, as when the rehearsal was killed, is left out. @throws SeriesError */
export function readRecording(text: string, file = 'recording'): Recording {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const [first = ''] = lines;
  const { vigia: _, version: __, ...meta } = readMeta(first, file);
  const entries: RecordingEntry[] = [];
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line.trim() === '') continue;
    const document = parseLine(line);
    if (document === undefined && index === lines.length - 1) break;
    entries.push(readEntry(document, line, `${file}:${index + 1}`));
  }
  return { meta: meta as RecordingMeta, entries };
}

function readMeta(line: string, file: string): z.output<typeof metaLine> {
  const parsed = metaLine.safeParse(parseLine(line));
  if (!parsed.success)
    throw new SeriesError(`${file}:1`, {
      what: 'no recording',
      got: shown(line),
      expected: `{"vigia":"recording","version":${version},...}`,
      action: 'give a file that the rehearsal wrote',
    });
  if (parsed.data.version !== version)
    throw new SeriesError(`${file}:1`, {
      what: 'recorded by another version',
      got: `version ${parsed.data.version}`,
      expected: `version ${version}`,
      action: 'record it again',
    });
  return parsed.data;
}

function readEntry(document: unknown, line: string, place: string): RecordingEntry {
  if (has(document, 'tick')) return { kind: 'tick', at: check(tickLine, document, line, place).tick };
  if (has(document, 'setAlarmState'))
    return { kind: 'setAlarmState', ...check(stateLine, document, line, place).setAlarmState };
  const {
    arrivedAt,
    values = [],
    counts,
    statisticValues,
    unit,
    ...identity
  } = check(arrivalLine, document, line, place);
  const datum = {
    ...identity,
    values,
    ...(counts === undefined ? {} : { counts }),
    ...(statisticValues === undefined ? {} : { statisticValues }),
    ...(unit === undefined ? {} : { unit }),
  };
  return { kind: 'arrival', arrival: { arrivedAt, datum } };
}

function check<T>(schema: z.ZodType<T>, document: unknown, line: string, place: string): T {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SeriesError(`${place}: ${(issue?.path ?? []).map(String).join('.') || 'the line'}`, {
    what: 'not as the rehearsal writes it',
    got: shown(line),
    expected: (issue?.message ?? 'another value').replace(/^.*?expected /, ''),
    action: 'give the recording as it was written',
  });
}

function has(document: unknown, member: string): boolean {
  return typeof document === 'object' && document !== null && member in document;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
