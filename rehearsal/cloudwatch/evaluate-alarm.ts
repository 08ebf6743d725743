/** One evaluation of one metric alarm: datapoints in, state and its reason out. Pure. */
import type { AlarmState } from '../events';
import { type AlarmDefinition, cadenceSeconds } from './alarm-definition';
import { bucketStart, type Grid, type Points, slidingGrid } from './buckets';
import { breaches } from './comparison';
import { decide, type Verdict } from './decide';
import type { Evaluation } from './evaluation';
import { type Evaluated, evaluateQueries, type ReadMetric } from './queries';
import { type JudgedPoint, stateReason, stateReasonData } from './reason';
import type { EvaluationSettings } from './settings';
import { hasTooFewSamples } from './statistics';

/** The evaluation range with what was found in it. */
export interface Range {
  readonly grid: Grid;
  readonly points: Points;
  /** Known for an alarm on one metric only. */
  readonly sampleCounts: readonly number[] | undefined;
  /** Every query's value by id. */
  readonly results: ReadonlyMap<string, Evaluated>;
}

export interface Judgement {
  readonly state: AlarmState;
  /** The newest judged value, where there is one. */
  readonly value: number | undefined;
  readonly verdict: Verdict;
  readonly breaching: readonly (boolean | undefined)[];
  /** The verdict rests on too few samples and the alarm says to ignore those. */
  readonly keepsState: boolean;
}

/** Is the alarm evaluated at this tick? */
export function isDue(definition: AlarmDefinition, at: number, settings: EvaluationSettings): boolean {
  const cadenceMs = cadenceSeconds(definition) * 1000;
  const offsetMs = cadenceMs === 3_600_000 ? settings.hourlyEvaluationMinute * 60_000 : 0;
  return (at - offsetMs) % cadenceMs === 0;
}

/** How many periods AWS asks for. */
export function rangeLength(definition: AlarmDefinition, settings: EvaluationSettings): number {
  return definition.evaluationPeriods + settings.evaluationRangeExtraPeriods;
}

/** The datapoints in the evaluation range at a tick. */
export function readRange(
  definition: AlarmDefinition,
  at: number,
  read: ReadMetric,
  settings: EvaluationSettings,
): Range {
  const cadenceMs = cadenceSeconds(definition) * 1000;
  const end = Math.floor((at - settings.evaluationDelaySeconds * 1000) / cadenceMs) * cadenceMs;
  const grid = slidingGrid(end, definition.periodSeconds * 1000, rangeLength(definition, settings));
  const results = evaluateQueries(definition.queries, () => grid, read, settings);
  const result = results.get(definition.resultId);
  const points = result?.value.kind === 'series' ? result.value.points : [];
  return { grid, points, sampleCounts: result?.sampleCounts, results };
}

/**
 * Is the whole of the newest periods covered by data, with a point in each? It ends a warm-up early. AWS's example waits
 * until the first sample has the full window behind it, not only until every period has some sample.
 */
export function isCovered(
  definition: AlarmDefinition,
  range: Range,
  firstSampleAt: number | undefined,
): boolean {
  const { evaluationPeriods } = definition;
  const windowStart = bucketStart(range.grid, range.grid.length - evaluationPeriods);
  if (firstSampleAt === undefined || firstSampleAt > windowStart) return false;
  return range.points.slice(-evaluationPeriods).every((point) => point !== undefined);
}

/** Judges the range: the state that follows from it. */
export function judge(
  definition: AlarmDefinition,
  range: Range,
  previous: AlarmState,
  settings: EvaluationSettings,
): Judgement {
  const breaching = range.points.map((point) =>
    point === undefined ? undefined : isBreaching(definition, point),
  );
  const verdict = decide({
    breaching,
    evaluationPeriods: definition.evaluationPeriods,
    datapointsToAlarm: definition.datapointsToAlarm,
    treatMissingData: definition.treatMissingData,
    previous,
  });
  const keepsState = restsOnTooFewSamples(definition, range, verdict, settings);
  const newest = verdict.judged.at(-1);
  return {
    state: keepsState ? previous : verdict.state,
    value: newest === undefined ? undefined : range.points[newest],
    verdict,
    breaching,
    keepsState,
  };
}

function isBreaching({ comparison, threshold }: AlarmDefinition, value: number): boolean {
  return breaches(comparison, value, threshold);
}

/** The judgement in AWS's words; told apart from judging because it is wanted only when the state changes. */
export function explain(
  definition: AlarmDefinition,
  range: Range,
  { state, verdict }: Judgement,
  queriedAt: number,
): { readonly reason: string; readonly reasonData: string } {
  const { read } = definition;
  const facts = {
    state,
    judged: judgedPoints(definition, range, verdict),
    missingAt: missingAmongNewest(definition, range, verdict),
    filled: verdict.filled,
    treatMissingData: definition.treatMissingData,
    evaluationPeriods: definition.evaluationPeriods,
    datapointsToAlarm: definition.datapointsToAlarm,
    datapointsToAlarmSet: read.DatapointsToAlarm !== undefined,
    comparison: definition.comparison,
    threshold: definition.threshold,
    periodSeconds: definition.periodSeconds,
    statistic: read.Statistic ?? read.ExtendedStatistic,
    unit: read.Unit,
    queriedAt,
  };
  return { reason: stateReason(facts), reasonData: stateReasonData(facts) };
}

function restsOnTooFewSamples(
  definition: AlarmDefinition,
  range: Range,
  verdict: Verdict,
  settings: EvaluationSettings,
): boolean {
  const percent = definition.lowSamplePercent;
  if (percent === undefined || verdict.judged.length === 0) return false;
  const isLow = (index: number): boolean => hasTooFewSamples(percent, range.sampleCounts?.[index] ?? 0);
  return settings.lowSampleCountKeepsState === 'any-judged'
    ? verdict.judged.some(isLow)
    : verdict.judged.every(isLow);
}

/** The judged datapoints with their times, newest first. */
function judgedPoints(definition: AlarmDefinition, range: Range, verdict: Verdict): JudgedPoint[] {
  return [...verdict.judged].reverse().flatMap((index) => {
    const value = range.points[index];
    if (value === undefined) return [];
    const sampleCount = range.sampleCounts?.[index];
    return {
      at: bucketStart(range.grid, index),
      value,
      breaches: isBreaching(definition, value),
      sampleCount,
    };
  });
}

/** Periods among the newest N without a datapoint, when their absence played a part; newest first. */
function missingAmongNewest(definition: AlarmDefinition, range: Range, verdict: Verdict): number[] {
  if (verdict.filled === 0) return [];
  const { length } = range.points;
  const newest = Array.from({ length: definition.evaluationPeriods }, (_, age) => length - 1 - age);
  return newest
    .filter((index) => range.points[index] === undefined)
    .map((index) => bucketStart(range.grid, index));
}

/** The evaluation as it is shown to people. */
export function describeEvaluation(
  definition: AlarmDefinition,
  range: Range,
  judgement: Judgement,
  moment: {
    readonly at: number;
    readonly from: AlarmState;
    readonly to: AlarmState;
    readonly warmingUp: boolean;
  },
): Evaluation {
  const { at, from, to, warmingUp } = moment;
  const inputs = new Map<string, Points>();
  for (const [id, { value }] of range.results) if (value.kind === 'series') inputs.set(id, value.points);
  return {
    alarm: definition.name,
    at,
    from,
    to,
    grid: range.grid,
    points: range.points,
    breaching: judgement.breaching,
    sampleCounts: range.sampleCounts,
    inputs,
    verdict: judgement.verdict,
    kept: warmingUp ? 'warm-up' : judgement.keepsState ? 'low samples' : undefined,
    reason: explain(definition, range, judgement, at).reason,
    evaluationPeriods: definition.evaluationPeriods,
    datapointsToAlarm: definition.datapointsToAlarm,
    treatMissingData: definition.treatMissingData,
    comparison: definition.comparison,
    threshold: definition.threshold,
  };
}
