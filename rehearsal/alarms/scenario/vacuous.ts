/** Expectations that nothing could ever break prove nothing: they are refused instead of passing. */
import { defineAnyAlarm } from '../../cloudwatch/alarm-definitions';
import { isDue } from '../../cloudwatch/evaluate-alarm';
import { type EvaluationSettings, withDefaults } from '../../cloudwatch/settings';
import { nothingSupplied, type Supplied } from '../../cloudwatch/supplied';
import { NotRehearsable } from '../../not-rehearsable';
import { type AlarmBook, type AlarmEntry, metricAlarmsBelow } from './alarm-book';
import { formatDuration } from './duration';
import { AlarmTestError, type ReadTest } from './read';
import type { ResolvedExpectation, Span } from './resolve';

export interface VacuousCheck {
  readonly path: string;
  readonly test: ReadTest;
  readonly book: AlarmBook;
  readonly span: Span;
  readonly settings: Partial<EvaluationSettings>;
  readonly supplied: Supplied;
}

/** @throws AlarmTestError for the first expectation that cannot fail */
export function refuseVacuous(expectations: readonly ResolvedExpectation[], check: VacuousCheck): void {
  expectations.forEach((expectation, index) => {
    const place = `${check.path}:${expectation.line}`;
    refuseTooEarly(place, expectation, check);
    if (expectation.quiet === undefined) return;
    const isForAll = check.test.expect[index]?.quiet === 'all';
    if (isForAll) refuseQuietWithoutData(place, check);
    const silent = expectation.quiet.filter(({ entry }) => !hasActions(entry));
    const [first] = silent;
    if (first === undefined || (isForAll && silent.length < expectation.quiet.length)) return;
    throw new AlarmTestError(
      `${place}: quiet: it can never fail, got ${isForAll ? 'alarms' : first.entry.name} without actions for ALARM, expected an alarm that has some; write 'ALARM_NAME: not ALARM' for its state`,
    );
  });
}

/** Before its first evaluation every alarm is in INSUFFICIENT_DATA, whatever is expected of it. */
function refuseTooEarly(place: string, { claims, quiet, until }: ResolvedExpectation, check: VacuousCheck) {
  const { start } = check.span;
  const named = [...claims.filter(({ life }) => life.state !== undefined), ...(quiet ?? [])];
  for (const { entry } of named) {
    const first = firstEvaluationAt(entry, check);
    if (first === undefined || until >= first) continue;
    throw new AlarmTestError(
      `${place}: ${entry.name} is not evaluated before ${formatDuration(first - start)} and is in INSUFFICIENT_DATA until then, got ${formatDuration(until - start)}, expected ${formatDuration(first - start)} or later; name a later time`,
    );
  }
}

const tickMs = 10_000;
/** The slowest alarms are evaluated once an hour. */
const slowestMs = 3_600_000;

/** A composite alarm follows the earliest of the alarms below it. Undefined for an alarm that the run itself will refuse. */
function firstEvaluationAt(entry: AlarmEntry, check: VacuousCheck): number | undefined {
  const { book, span, settings, supplied } = check;
  const firsts = metricAlarmsBelow(book, entry).map(({ resource }) => {
    const definition = definitionOf(() => defineAnyAlarm(resource, book.place, supplied));
    if (definition === undefined) return undefined;
    let at = (Math.floor(span.start / tickMs) + 1) * tickMs;
    while (!isDue(definition, at, withDefaults(settings)) && at <= span.start + slowestMs) at += tickMs;
    return at;
  });
  if (firsts.length === 0 || firsts.includes(undefined)) return undefined;
  return Math.min(...firsts.flatMap((first) => first ?? []));
}

function definitionOf<T>(define: () => T): T | undefined {
  try {
    return define();
  } catch (error) {
    if (error instanceof NotRehearsable) return undefined;
    throw error;
  }
}

/** Without any series only an alarm that takes silence for an alarm could make itself heard. */
function refuseQuietWithoutData(place: string, { test, book }: VacuousCheck): void {
  if (test.series.length > 0) return;
  const canFire = book.alarms.some((entry) => hasActions(entry) && canFireWithoutData(entry, book));
  if (canFire) return;
  throw new AlarmTestError(
    `${place}: quiet: it can never fail, got a test without series, expected data that an alarm could fire on; add series`,
  );
}

/** Words of a rule that hold of children without data. */
const holdsWithoutData = /\b(NOT|OK|INSUFFICIENT_DATA|TRUE)\b/;

function canFireWithoutData(entry: AlarmEntry, book: AlarmBook): boolean {
  const { AlarmRule } = entry.resource.properties;
  if (entry.kind === 'composite' && holdsWithoutData.test(String(AlarmRule))) return true;
  return metricAlarmsBelow(book, entry).some(({ resource }) => {
    const definition = definitionOf(() => defineAnyAlarm(resource, book.place, nothingSupplied));
    // Math can make a value out of nothing, as FILL does.
    return (
      definition?.treatMissingData === 'breaching' || definition?.queries.some(({ kind }) => kind === 'math')
    );
  });
}

function hasActions({ resource }: AlarmEntry): boolean {
  const { AlarmActions, ActionsEnabled } = resource.properties;
  const isEnabled = ActionsEnabled !== false && ActionsEnabled !== 'false';
  return isEnabled && Array.isArray(AlarmActions) && AlarmActions.length > 0;
}
