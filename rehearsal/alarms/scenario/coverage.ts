/** Which alarms the tests really prove: one that it fires, one that it stays quiet, one that it meets missing data. */
import { breaches, comparisonOperators } from '../../cloudwatch/comparison';
import type { Evaluation } from '../../cloudwatch/evaluation';
import { isPromQl } from '../../cloudwatch/query-alarms';
import type { Refusal } from '../template/refusal';
import { type AlarmBook, type AlarmEntry, metricAlarmsBelow } from './alarm-book';
import type { Claim, ResolvedExpectation } from './resolve';
import type { FileResult, TestResult } from './run';
import { alarmStates } from './scalars';

/** The cases that each alarm needs. */
export const coverageCases = ['fires', 'staysQuiet', 'missingData'] as const;
export type CoverageCase = (typeof coverageCases)[number];

export interface AlarmCoverage {
  readonly name: string;
  readonly kind: AlarmEntry['kind'];
  /** Undefined for a case that the alarm cannot meet. */
  readonly has: Readonly<Record<CoverageCase, boolean | undefined>>;
  readonly isComplete: boolean;
  readonly entry: AlarmEntry;
}

export interface Coverage {
  readonly alarms: readonly AlarmCoverage[];
  /** Alarms that nothing can be tested of. */
  readonly refused: readonly Refusal[];
  readonly isComplete: boolean;
}

/** Needs the evaluations of every test. */
export function measureCoverage(book: AlarmBook, files: readonly FileResult[]): Coverage {
  const tests = files.flatMap((file) => file.tests);
  const alarms = book.alarms.map((entry): AlarmCoverage => {
    const has = {
      fires: tests.some((test) => heldClaims(test, entry).some(requiresAlarm)),
      staysQuiet: tests.some((test) => provesQuiet(test, entry, book)),
      missingData: canMissData(entry, book)
        ? tests.some((test) => meetsMissingData(test, entry, book))
        : undefined,
    };
    const isComplete = coverageCases.every((each) => has[each] !== false);
    return { name: entry.name, kind: entry.kind, has, isComplete, entry };
  });
  return toCoverage(alarms, book.refused);
}

/** The coverage of several templates as one. */
export function mergeCoverage(parts: readonly Coverage[]): Coverage {
  return toCoverage(
    parts.flatMap(({ alarms }) => alarms),
    parts.flatMap(({ refused }) => refused),
  );
}

function toCoverage(alarms: readonly AlarmCoverage[], refused: readonly Refusal[]): Coverage {
  const isComplete = refused.length === 0 && alarms.every((alarm) => alarm.isComplete);
  return { alarms, refused, isComplete };
}

interface HeldClaim extends Claim {
  readonly expectation: ResolvedExpectation;
}

/** What a test says about the alarm and what proved true. */
function heldClaims({ expectations, failures }: TestResult, { name }: AlarmEntry): HeldClaim[] {
  return expectations.flatMap((expectation, index) => {
    const hasFailed = failures.some((failure) => failure.expectation === index && failure.alarm === name);
    if (hasFailed) return [];
    return expectation.claims
      .filter(({ entry }) => entry.name === name)
      .map((claim) => ({ ...claim, expectation }));
  });
}

/** True only where nothing but ALARM would have held. */
function requiresAlarm({ life }: HeldClaim): boolean {
  const { state, transitions = [], actions = [] } = life;
  return (
    (state?.length === 1 && state[0] === 'ALARM') ||
    transitions.some(({ to }) => to === 'ALARM') ||
    actions.some((action) => action.state === 'ALARM')
  );
}

/** To a PromQL alarm a result that is missing is a result: the query found nothing wrong. */
function canMissData(entry: AlarmEntry, book: AlarmBook): boolean {
  const below = metricAlarmsBelow(book, entry);
  return below.length === 0 || below.some(({ resource }) => !isPromQl(resource));
}

/** Not in ALARM from the first moment to the last, with data that might have led there. */
function provesQuiet(test: TestResult, entry: AlarmEntry, book: AlarmBook): boolean {
  const isQuiet = heldClaims(test, entry).some(({ life: { state, transitions }, expectation }) => {
    const never = state !== undefined && !state.includes('ALARM') && expectation.isWholeTest;
    return never || (transitions !== undefined && !transitions.some(({ to }) => to === 'ALARM'));
  });
  if (!isQuiet) return false;
  // A PromQL alarm is not played without what its query gives, and gaps in that are what keeps it quiet.
  return metricAlarmsBelow(book, entry).some(
    ({ name, resource }) => isPromQl(resource) || hasTellingData(test.evaluations, name),
  );
}

/** Below this share of its evaluations the alarm slept through the test. */
const seeingShare = 0.5;

/**
 * The alarm must have had data most of the time, for long enough to fire. A series of zeros proves little: it must have met
 * another value, or one that breaches, unless the first whole number above zero would make it fire: errors are counted so.
 */
function hasTellingData(evaluations: readonly Evaluation[], alarm: string): boolean {
  const own = evaluations.filter((evaluation) => evaluation.alarm === alarm);
  const seeing = own.filter(({ points, evaluationPeriods }) =>
    points.slice(-evaluationPeriods).some((point) => point !== undefined),
  );
  const needed = Math.max(own.length * seeingShare, own[0]?.datapointsToAlarm ?? 0);
  return (
    seeing.length >= needed &&
    seeing.some((evaluation) =>
      evaluation.points.some(
        (point, index) =>
          point !== undefined &&
          (point !== 0 || evaluation.breaching[index] === true || firesAtOne(evaluation)),
      ),
    )
  );
}

function firesAtOne({ comparison, threshold, datapointsToAlarm }: Evaluation): boolean {
  const operator = comparisonOperators.find((each) => each === comparison);
  if (operator === undefined || threshold === undefined) return false;
  return datapointsToAlarm === 1 && breaches(operator, 1, threshold);
}

/** An expectation at a moment at which one of the newest periods had no data although data had come before. */
function meetsMissingData(test: TestResult, entry: AlarmEntry, book: AlarmBook): boolean {
  const claims = heldClaims(test, entry).filter(excludesStates);
  if (claims.length === 0) return false;
  return metricAlarmsBelow(book, entry).some(({ name }) => {
    const own = test.evaluations.filter(({ alarm }) => alarm === name);
    return claims.some(({ expectation }) =>
      coveredBy(own, expectation).some((each) => lacksPoint(each, own)),
    );
  });
}

/** Could another state of the alarm have broken it? Actions alone say little about a state that has none. */
function excludesStates({ life: { state, transitions, actions = [] } }: HeldClaim): boolean {
  const isSelective = state !== undefined && state.length < alarmStates.length;
  return isSelective || transitions !== undefined || actions.length > 0;
}

/** The evaluations that an expectation speaks about: those in its interval, or the last one before its moment. */
function coveredBy(own: readonly Evaluation[], { from, until, isMoment }: ResolvedExpectation): Evaluation[] {
  if (!isMoment) return own.filter(({ at }) => at >= from && at <= until);
  const last = own.findLast(({ at }) => at <= from);
  return last === undefined ? [] : [last];
}

function lacksPoint(evaluation: Evaluation, own: readonly Evaluation[]): boolean {
  const { points, evaluationPeriods, at } = evaluation;
  const isMissing = points.slice(-evaluationPeriods).some((point) => point === undefined);
  return isMissing && own.some((each) => each.at <= at && firstIsBefore(each, evaluation));
}

/** Was there a datapoint before the newest hole? */
function firstIsBefore(earlier: Evaluation, { grid, points }: Evaluation): boolean {
  const hole = grid.start + points.lastIndexOf(undefined) * grid.periodMs;
  return earlier.points.some(
    (point, index) => point !== undefined && earlier.grid.start + index * earlier.grid.periodMs < hole,
  );
}
