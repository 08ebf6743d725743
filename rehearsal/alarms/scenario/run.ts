/** Plays the tests of a file against the alarms of a template. */
import type { Evaluation } from '../../cloudwatch/evaluation';
import type { EvaluationSettings } from '../../cloudwatch/settings';
import { suppliedIn } from '../../cloudwatch/supplied';
import { NotRehearsable } from '../../not-rehearsable';
import { type PlayOptions, play } from '../playback';
import type { Playback } from '../types';
import { type AlarmBook, neededFor } from './alarm-book';
import { type Failure, judgeTest } from './judge';
import { type MailSubscription, mailSubscriptions } from './mails';
import { AlarmTestError, type ReadTest, type ReadTestFile } from './read';
import { findAt, namedAlarms, type ResolvedExpectation, resolveExpectations, type Span } from './resolve';
import { broughtBy, createSamples, type SampleReaders } from './samples';
import { defaultStart } from './schema';
import { refuseUnread } from './unread';
import { refuseUnplayable, refuseUntestable } from './untestable';
import { refuseVacuous } from './vacuous';

export interface TestResult {
  readonly name: string;
  readonly line: number;
  readonly span: Span;
  readonly settings: Partial<EvaluationSettings>;
  readonly expectations: readonly ResolvedExpectation[];
  readonly failures: readonly Failure[];
  readonly playback: Playback;
  /** Of the metric alarms that were played; empty where nobody needs them. */
  readonly evaluations: readonly Evaluation[];
  readonly book: AlarmBook;
  readonly elapsedMs: number;
}

export interface FileResult {
  readonly path: string;
  readonly tests: readonly TestResult[];
}

export interface RunOptions {
  readonly book: AlarmBook;
  readonly readers: Omit<SampleReaders, 'findAlarm'>;
  /** Keeps every evaluation of every test, not only of those that fail. */
  readonly keepEvaluations: boolean;
  /** Milliseconds of any clock: how long tests take. */
  readonly now: () => number;
}

/** A test that is ready to be played, with any template that has its alarms. */
export interface PreparedTest {
  readonly test: ReadTest;
  readonly span: Span;
  readonly settings: Partial<EvaluationSettings>;
  readonly expectations: readonly ResolvedExpectation[];
  readonly subscriptions: readonly MailSubscription[];
  readonly playOptions: PlayOptions;
}

const minuteMs = 60_000;

/** @throws AlarmTestError, NotRehearsable: of every test that cannot be played at once */
export function runFile(file: ReadTestFile, options: RunOptions): FileResult {
  const mistakes: (AlarmTestError | NotRehearsable)[] = [];
  const tests = file.tests.flatMap((test) => {
    try {
      const startedAt = options.now();
      const result = runTest(prepareTest(file, test, options), options);
      return [{ ...result, elapsedMs: options.now() - startedAt }];
    } catch (error) {
      if (!(error instanceof AlarmTestError || error instanceof NotRehearsable)) throw error;
      mistakes.push(error);
      return [];
    }
  });
  const [first] = mistakes;
  const told = new Set(mistakes.flatMap(({ message }) => message));
  if (first !== undefined) throw told.size === 1 ? first : new AlarmTestError([...told].join('\n'));
  return { path: file.path, tests };
}

/** Finds the alarms and writes the samples out. @throws AlarmTestError */
export function prepareTest(file: ReadTestFile, test: ReadTest, { book, readers }: RunOptions): PreparedTest {
  const { path, settings } = file;
  const place = `${path}:${test.line}`;
  const places = test.series.map((_, index) => `${path}:${test.seriesLines[index] ?? test.line}`);
  refuseUntestable(path, test, book);
  const start = file.start ?? firstSampleOf(test, readers) ?? defaultStart;
  const samples = createSamples(
    { series: test.series, places, start },
    { ...readers, findAlarm: (where, asked) => findAt(where, book, asked) },
  );
  test.series.forEach((entry, index) => {
    const isMeant = 'unread' in entry && entry.unread === true;
    refuseUnread(places[index] ?? place, broughtBy(entry, readers), book, isMeant);
  });
  const span = { start, end: test.for === undefined ? samples.end : start + test.for };
  if (!hasEnd(span)) {
    throw new AlarmTestError(
      `${place}: the test has no length, got neither for nor a series with samples, expected one of them; write for: 10m`,
    );
  }
  const expectations = resolveExpectations(path, test, book, span);
  const supplied = suppliedIn(samples.metrics);
  refuseVacuous(expectations, { path, test, book, span, settings, supplied });
  const alarms = namedAlarms(book, expectations);
  if (alarms.length === 0) {
    throw new AlarmTestError(
      `${place}: the test names no alarm, got mails alone, expected at least one; write quiet: all to play every alarm`,
    );
  }
  const subscriptions = mailSubscriptions(book.resources);
  const resources = neededFor(book, alarms);
  const source = samples.arrivals;
  const playOptions = { resources, place: book.place, source, supplied, ...span, settings };
  return { test, span, settings, expectations, subscriptions, playOptions };
}

/** What fails when the test is played, without the evidence for people. */
export function failuresOf({ expectations, subscriptions, playOptions }: PreparedTest): Failure[] {
  return judgeTest(expectations, { playback: play(playOptions), subscriptions });
}

/** Plays a test and judges it; a failing one is played again to see every evaluation, which costs more. */
export function runTest(
  prepared: PreparedTest,
  { book, keepEvaluations }: Pick<RunOptions, 'book' | 'keepEvaluations'>,
): Omit<TestResult, 'elapsedMs'> {
  const { test, span, settings, expectations, subscriptions, playOptions } = prepared;
  refuseUnplayable(playOptions);
  const evaluations: Evaluation[] = [];
  const watched = { ...playOptions, onEvaluation: (evaluation: Evaluation) => evaluations.push(evaluation) };
  const playback = play(keepEvaluations ? watched : playOptions);
  const failures = judgeTest(expectations, { playback, subscriptions });
  if (failures.length > 0 && !keepEvaluations) play(watched);
  const { name, line } = test;
  return { name, line, span, settings, expectations, failures, playback, evaluations, book };
}

/** A recorded trace has its own time: the minute of its first sample. */
function firstSampleOf(test: ReadTest, readers: RunOptions['readers']): number | undefined {
  const firsts = test.series.flatMap((entry) =>
    'file' in entry ? (readers.file(entry).span?.start ?? []) : [],
  );
  return firsts.length === 0 ? undefined : Math.floor(Math.min(...firsts) / minuteMs) * minuteMs;
}

function hasEnd(span: { start: number; end: number | undefined }): span is Span {
  return span.end !== undefined && span.end > span.start;
}
