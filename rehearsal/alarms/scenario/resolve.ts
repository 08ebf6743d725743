/** Turns what a test asks for into alarms of the template and moments of the run; what cannot be meant is refused with its line. */

import { excerpt } from '../../excerpt';
import { UnknownAlarm } from '../find-alarm';
import { type AlarmBook, type AlarmEntry, findEntry } from './alarm-book';
import { formatDuration } from './duration';
import type { Expectation, ExpectedLife, ExpectedMail } from './expectation-schema';
import { AlarmTestError, type ReadTest } from './read';

/** One alarm of one expectation. */
export interface Claim {
  readonly entry: AlarmEntry;
  /** The name as the test has it. */
  readonly asked: string;
  readonly life: ExpectedLife;
}

export interface ResolvedExpectation {
  readonly line: number;
  /** Milliseconds since the epoch; both ends are included, and a moment has both the same. */
  readonly from: number;
  readonly until: number;
  readonly isMoment: boolean;
  /** From the first moment of the test to the last. */
  readonly isWholeTest: boolean;
  readonly claims: readonly Claim[];
  readonly mails: readonly (ExpectedMail & { readonly entry: AlarmEntry })[] | undefined;
  readonly quiet: readonly { readonly entry: AlarmEntry; readonly asked: string }[] | undefined;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** @throws AlarmTestError for an alarm that does not exist, or a moment that the test does not reach */
export function resolveExpectations(
  path: string,
  test: ReadTest,
  book: AlarmBook,
  span: Span,
): ResolvedExpectation[] {
  const lengthMs = span.end - span.start;
  return test.expect.map((expectation, index) => {
    const line = test.expectationLines[index] ?? test.line;
    const find = (asked: string): AlarmEntry => findAt(`${path}:${line}`, book, asked);
    const { at, from = at ?? 0, until = at ?? lengthMs } = expectation;
    refuseUnreachable(`${path}:${line}`, expectation, lengthMs);
    return {
      line,
      from: span.start + from,
      until: span.start + until,
      isMoment: at !== undefined,
      isWholeTest: from === 0 && until === lengthMs,
      claims: Object.entries(expectation.alarms).map(([asked, life]) => ({
        entry: find(asked),
        asked,
        life,
      })),
      mails: expectation.mails?.map((mail) => ({ ...mail, entry: find(mail.alarm) })),
      quiet: quietOf(expectation, book, find),
    };
  });
}

/** The alarms that a test names; every alarm of the template where it says `quiet: all`. */
export function namedAlarms(book: AlarmBook, expectations: readonly ResolvedExpectation[]): AlarmEntry[] {
  const named = new Set(
    expectations.flatMap(({ claims, mails = [], quiet = [] }) =>
      [...claims, ...mails, ...quiet].map(({ entry }) => entry),
    ),
  );
  return book.alarms.filter((entry) => named.has(entry));
}

/** @throws AlarmTestError that begins with the place in the file */
export function findAt(place: string, book: AlarmBook, asked: string): AlarmEntry {
  try {
    return findEntry(book, asked);
  } catch (error) {
    if (!(error instanceof UnknownAlarm)) throw error;
    throw new AlarmTestError(`${place}: ${error.message.replace(`'${asked}'`, `'${excerpt(asked)}'`)}`);
  }
}

function quietOf(
  { quiet }: Expectation,
  book: AlarmBook,
  find: (asked: string) => AlarmEntry,
): ResolvedExpectation['quiet'] {
  if (quiet === 'all') return book.alarms.map((entry) => ({ entry, asked: entry.name }));
  return quiet?.map((asked) => ({ entry: find(asked), asked }));
}

function refuseUnreachable(
  place: string,
  { at, from, until, mails, alarms }: Expectation,
  lengthMs: number,
): void {
  const lists = Object.values(alarms).flatMap(({ transitions = [], actions = [], withheld = [] }) => [
    ...transitions,
    ...actions,
    ...withheld,
  ]);
  const moments = [at, from, until, ...[...lists, ...(mails ?? [])].map((each) => each.at)];
  const late = moments.find((moment) => moment !== undefined && moment > lengthMs);
  if (late === undefined) return;
  throw new AlarmTestError(
    `${place}: the test is over by then, got ${formatDuration(late)}, expected at most ${formatDuration(lengthMs)}; set 'for' to a longer time`,
  );
}
