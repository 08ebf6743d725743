/** One evaluation of one metric alarm: datapoints in, state and its reason out. Pure. */
import type { AlarmState } from '../events';
import type { AlarmDefinition } from './alarm-definition';
import { bucketStart, type Grid, type Points } from './buckets';
import { breaches, leavesBand } from './comparison';
import { decide, type TreatMissingData, type Verdict } from './decide';
import type { Evaluation } from './evaluation';
import type { Band, Range } from './range-reader';
import { type JudgedPoint, stateReason, stateReasonData } from './reason';
import type { EvaluationSettings } from './settings';
import { hasTooFewSamples } from './statistics';

export interface Judgement {
  readonly state: AlarmState;
  /** The newest judged value, where there is one. */
  readonly value: number | undefined;
  readonly verdict: Verdict;
  readonly breaching: readonly (boolean | undefined)[];
  readonly treatMissingData: TreatMissingData;
  /** The verdict rests on too few samples and the alarm says to ignore those. */
  readonly keepsState: boolean;
}

/** Is the alarm evaluated at this tick? */
export function isDue(
  { cadenceSeconds }: AlarmDefinition,
  at: number,
  settings: EvaluationSettings,
): boolean {
  const offsetMs = cadenceSeconds === 3600 ? settings.hourlyEvaluationMinute * 60_000 : 0;
  return (at - offsetMs) % (cadenceSeconds * 1000) === 0;
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
  const breaching = breachesIn(definition, range);
  const treatMissingData = treatmentOf(definition, settings);
  const verdict = decide({
    breaching,
    evaluationPeriods: definition.evaluationPeriods,
    datapointsToAlarm: definition.datapointsToAlarm,
    treatMissingData,
    previous,
  });
  const keepsState = restsOnTooFewSamples(definition, range, verdict, settings);
  const newest = verdict.judged.at(-1);
  return {
    state: keepsState ? previous : verdict.state,
    value: newest === undefined ? undefined : range.points[newest],
    verdict,
    breaching,
    treatMissingData,
    keepsState,
  };
}

/** Which points cross the limit; a point without its band cannot be judged, as if it were missing. */
function breachesIn({ limit }: AlarmDefinition, { points, band }: Range): (boolean | undefined)[] {
  const breaching: (boolean | undefined)[] = [];
  for (let index = 0; index < points.length; index++) {
    const point = points[index];
    if (point === undefined) breaching.push(undefined);
    else if (limit.kind === 'presence') breaching.push(true);
    else if (limit.kind === 'threshold') breaching.push(breaches(limit.comparison, point, limit.threshold));
    else {
      const lower = band?.lower[index];
      const upper = band?.upper[index];
      const known = lower !== undefined && upper !== undefined;
      breaching.push(known ? leavesBand(limit.comparison, point, lower, upper) : undefined);
    }
  }
  return breaching;
}

/** What the alarm says about missing data. For DynamoDB's metrics AWS's own texts disagree. */
export function treatmentOf(definition: AlarmDefinition, settings: EvaluationSettings): TreatMissingData {
  const { read, treatMissingData } = definition;
  if (read.Namespace !== 'AWS/DynamoDB') return treatMissingData;
  const asked = settings.dynamoDbMissingData === 'ignore-by-default' ? read.TreatMissingData : undefined;
  return asked ?? 'ignore';
}

/** The judgement in AWS's words; told apart from judging because it is wanted only when the state changes. */
export function explain(
  definition: AlarmDefinition,
  range: Range,
  { state, verdict, breaching, treatMissingData }: Judgement,
  queriedAt: number,
): { readonly reason: string; readonly reasonData: string } {
  const { read } = definition;
  const facts = {
    state,
    judged: judgedPoints(range, verdict, breaching),
    missingAt: missingAmongNewest(definition, range, verdict),
    filled: verdict.filled,
    treatMissingData,
    evaluationPeriods: definition.evaluationPeriods,
    datapointsToAlarm: definition.datapointsToAlarm,
    datapointsToAlarmSet: read.DatapointsToAlarm !== undefined,
    limit: definition.limit,
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
function judgedPoints(
  { grid, points, sampleCounts, band }: Range,
  verdict: Verdict,
  breaching: Judgement['breaching'],
): JudgedPoint[] {
  return [...verdict.judged].reverse().flatMap((index) => {
    const value = points[index];
    if (value === undefined) return [];
    return {
      at: bucketStart(grid, index),
      value,
      breaches: breaching[index] === true,
      sampleCount: sampleCounts?.[index],
      lower: band?.lower[index],
      upper: band?.upper[index],
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

/** When it was, and where the alarm stood before and after. */
export interface Moment {
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly warmingUp: boolean;
}

/**
 * The evaluation as it is shown to people. A month has a million of them and few are ever read: what only people need is
 * made when it is asked for.
 */
export class DescribedEvaluation implements Evaluation {
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly points: Points;
  readonly breaching: Judgement['breaching'];
  readonly verdict: Verdict;

  constructor(
    private readonly definition: AlarmDefinition,
    private readonly range: Range,
    private readonly judgement: Judgement,
    private readonly moment: Moment,
  ) {
    this.at = moment.at;
    this.from = moment.from;
    this.to = moment.to;
    this.points = range.points;
    this.breaching = judgement.breaching;
    this.verdict = judgement.verdict;
  }

  get alarm(): string {
    return this.definition.name;
  }

  get grid(): Grid {
    return this.range.grid;
  }

  get sampleCounts(): readonly number[] | undefined {
    return this.range.sampleCounts;
  }

  get band(): Band | undefined {
    return this.range.band;
  }

  get inputs(): ReadonlyMap<string, Points> {
    return this.range.inputs();
  }

  get kept(): Evaluation['kept'] {
    if (this.moment.warmingUp) return 'warm-up';
    return this.judgement.keepsState ? 'low samples' : undefined;
  }

  get reason(): string {
    return explain(this.definition, this.range, this.judgement, this.at).reason;
  }

  get evaluationPeriods(): number {
    return this.definition.evaluationPeriods;
  }

  get datapointsToAlarm(): number {
    return this.definition.datapointsToAlarm;
  }

  get treatMissingData(): string {
    return this.judgement.treatMissingData;
  }

  get comparison(): string {
    return this.definition.limit.comparison;
  }

  get threshold(): number | undefined {
    const { limit } = this.definition;
    return limit.kind === 'threshold' ? limit.threshold : undefined;
  }
}
