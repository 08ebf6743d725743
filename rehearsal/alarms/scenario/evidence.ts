/** What a failing expectation is explained with: the datapoints judged at that moment, or the rule and its children. */
import type { Evaluation } from '../../cloudwatch/evaluation';
import { type AlarmEntry, metricAlarmsBelow } from './alarm-book';
import { type ChartPoint, shortNumber } from './chart';
import { formatDuration } from './duration';
import { type Failure, stateAt } from './judge';
import type { TestResult } from './run';

/** The last evaluation of the alarm not after `at`. */
export function evaluationAt(
  evaluations: readonly Evaluation[],
  alarm: string,
  at: number,
): Evaluation | undefined {
  return evaluations.findLast((evaluation) => evaluation.alarm === alarm && evaluation.at <= at);
}

const signs: Readonly<Record<string, string>> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '>=',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
  GreaterThanUpperThreshold: 'above the band',
  LessThanLowerThreshold: 'below the band',
  LessThanLowerOrGreaterThanUpperThreshold: 'outside the band',
};

/** `> 5`, or where the value has to be for a band. */
export function describeCondition({ comparison, threshold }: Evaluation): string {
  const sign = signs[comparison] ?? comparison;
  return threshold === undefined ? sign : `${sign} ${shortNumber(threshold)}`;
}

/** The judged datapoints with their marks, M of N, fills and the reason; lines without indent. */
export function describeEvaluation(evaluation: Evaluation, start: number): string[] {
  const { at, grid, points, breaching, verdict, evaluationPeriods, datapointsToAlarm } = evaluation;
  const cells = points.map((point, index) => {
    const time = formatDuration(grid.start + index * grid.periodMs - start);
    const mark = breaching[index] === true ? '!' : '';
    const value = point === undefined ? '-' : `${shortNumber(point)}${mark}`;
    return { time, value: verdict.judged.includes(index) || point === undefined ? value : `(${value})` };
  });
  const widths = cells.map(({ time, value }) => Math.max(time.length, value.length));
  const row = (texts: readonly string[]): string =>
    texts
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const breachCount = verdict.judged.filter((index) => breaching[index] === true).length;
  const period = formatDuration(grid.periodMs);
  return [
    `evaluated at ${formatDuration(at - start)}, in periods of ${period}; ! breaches, - has no data, ( ) is not judged`,
    `  ${row(cells.map(({ time }) => time))}`,
    `  ${row(cells.map(({ value }) => value))}`,
    `  ${breachCount} of ${verdict.judged.length} judged are ${describeCondition(evaluation)}; ALARM needs ${datapointsToAlarm} of ${evaluationPeriods}${fillWords(evaluation)}`,
    ...(verdict.premature
      ? ['  fewer suffice: the oldest one breaches for that long and nothing newer contradicts it']
      : []),
    ...(evaluation.kept === undefined ? [] : [`  the state is kept because of ${evaluation.kept}`]),
    `  ${evaluation.reason}`,
  ];
}

function fillWords({ verdict: { filled }, treatMissingData }: Evaluation): string {
  if (filled === 0) return '';
  const treated: Readonly<Record<string, string>> = {
    breaching: 'counted as breaching',
    notBreaching: 'counted as not breaching',
    ignore: 'keep the state as it is',
    missing: 'taken for no evidence',
  };
  const count = filled === 1 ? '1 missing point' : `${filled} missing points`;
  return `; ${count}: ${treated[treatMissingData] ?? treatMissingData} (TreatMissingData ${treatMissingData})`;
}

/** The alarm whose evaluation explains the failure, and the children of a composite alarm. */
export function explainFailure(failure: Failure, result: TestResult): string[] {
  const entry = result.book.alarms.find(({ name }) => name === failure.alarm);
  if (entry === undefined) return [];
  return entry.kind === 'metric'
    ? explainMetric(entry, failure, result)
    : explainComposite(entry, failure, result);
}

function explainMetric({ name }: AlarmEntry, { at }: Failure, { evaluations, span }: TestResult): string[] {
  const evaluation = evaluationAt(evaluations, name, at);
  return evaluation === undefined
    ? ['it was not evaluated until then']
    : describeEvaluation(evaluation, span.start);
}

function explainComposite(
  entry: AlarmEntry,
  { at }: Failure,
  { book, playback, span }: TestResult,
): string[] {
  const states = metricAlarmsBelow(book, entry).flatMap(({ name }) => {
    const alarm = playback.alarms.find((each) => each.name === name);
    if (alarm === undefined) return [];
    const since = alarm.transitions.findLast((transition) => transition.at <= at)?.at ?? span.start;
    return `  ${name} is ${stateAt(alarm, at)} since ${formatDuration(since - span.start)}`;
  });
  const own = playback.alarms.find(({ name }) => name === entry.name);
  const last = own?.transitions.findLast((transition) => transition.at <= at);
  const held = own?.withheld.filter((each) => each.at <= at) ?? [];
  return [
    `rule ${String(entry.resource.properties.AlarmRule)}`,
    `at ${formatDuration(at - span.start)}`,
    ...states,
    ...(last === undefined ? [] : [`  ${last.reason}`]),
    ...held.map(
      ({ at: heldAt, state, by }) =>
        `  its actions for ${state} were held back at ${formatDuration(heldAt - span.start)} by ${by}`,
    ),
  ];
}

/** The series that the alarm judged over the whole test, a point a period. */
export function chartPoints(alarm: string, { evaluations, playback, span }: TestResult): ChartPoint[] {
  const own = evaluations.filter((evaluation) => evaluation.alarm === alarm);
  const life = playback.alarms.find(({ name }) => name === alarm);
  const byTime = new Map<number, ChartPoint>();
  for (const evaluation of own) {
    const { grid, points } = evaluation;
    points.forEach((value, index) => {
      const at = grid.start + (index + 1) * grid.periodMs;
      if (at <= span.start) return;
      const state = life === undefined ? evaluation.to : stateAt(life, at);
      byTime.set(at, { at, value, state, ...limitsOf(evaluation, index) });
    });
  }
  return [...byTime.values()].sort((left, right) => left.at - right.at);
}

function limitsOf(
  evaluation: Evaluation,
  index: number,
): { upper?: number | undefined; lower?: number | undefined } {
  const { threshold, comparison, band } = evaluation;
  if (threshold === undefined) return { upper: band?.upper[index], lower: band?.lower[index] };
  return comparison.startsWith('Less') ? { lower: threshold } : { upper: threshold };
}
