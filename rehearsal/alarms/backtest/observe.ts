/** What a backtest keeps of every evaluation: coverage, the peak of each stay in ALARM, and as much of the series as a screen shows. */
import type { Evaluation } from '../../cloudwatch/evaluation';

/** Two points a column: the smallest and the largest, so that no spike is lost. */
export interface ChartPoint {
  readonly at: number;
  /** undefined where an evaluation found no new datapoint. */
  readonly value: number | undefined;
  /** The band that the value was compared with, for an alarm on a band. */
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
}

export interface Observation {
  readonly evaluations: number;
  /** Evaluations that found not one datapoint in their whole range. */
  readonly evaluationsWithoutData: number;
  /** The value furthest beyond the threshold, by the start of each stay in ALARM. */
  readonly peaks: ReadonlyMap<number, number>;
  /** undefined for an alarm on a band. */
  readonly threshold: number | undefined;
  readonly comparison: string;
  readonly points: readonly ChartPoint[];
}

export interface Observer {
  onEvaluation(evaluation: Evaluation): void;
  /** By the alarm's name; composite alarms have none. */
  observations(): ReadonlyMap<string, Observation>;
}

/** The widest chart has about as many pixels; twice as many points are drawn in an instant. */
export const defaultColumns = 1000;

export interface ObserverOptions {
  readonly start: number;
  readonly end: number;
  /** Columns of the chart; none are kept when it is zero. */
  readonly columns?: number;
}

interface Watched {
  evaluations: number;
  withoutData: number;
  episodeStart: number | undefined;
  newestEnd: number;
  last: Evaluation;
  /** By the start of the stay: the value and how far it is beyond the threshold. */
  readonly peaks: Map<number, { readonly value: number; readonly beyond: number }>;
  readonly columns: (Column | undefined)[];
}

type ShownPoint = ChartPoint & { readonly value: number };

interface Column {
  lowest: ShownPoint | undefined;
  highest: ShownPoint | undefined;
  missingAt: number | undefined;
}

/** Keeps memory bounded by the number of alarms and columns, not by the length of the history. */
export function createObserver({ start, end, columns = defaultColumns }: ObserverOptions): Observer {
  const watched = new Map<string, Watched>();
  const columnMs = columns === 0 ? 0 : Math.max(1, (end - start) / columns);
  return {
    onEvaluation: (evaluation) => {
      let alarm = watched.get(evaluation.alarm);
      if (alarm === undefined) {
        alarm = begin(evaluation);
        watched.set(evaluation.alarm, alarm);
      }
      count(alarm, evaluation);
      notePeak(alarm, evaluation);
      if (columnMs > 0) notePoint(alarm, evaluation, Math.floor((evaluation.at - start) / columnMs));
    },
    observations: () => new Map([...watched].map(([name, alarm]) => [name, toObservation(alarm)])),
  };
}

function begin(evaluation: Evaluation): Watched {
  return {
    evaluations: 0,
    withoutData: 0,
    episodeStart: undefined,
    newestEnd: Number.NEGATIVE_INFINITY,
    last: evaluation,
    peaks: new Map(),
    columns: [],
  };
}

function count(alarm: Watched, evaluation: Evaluation): void {
  alarm.last = evaluation;
  alarm.evaluations += 1;
  if (newestIndex(evaluation) < 0) alarm.withoutData += 1;
}

/** On entering ALARM every judged point counts, afterwards the newest alone: the others were seen before. */
function notePeak(alarm: Watched, evaluation: Evaluation): void {
  if (evaluation.to !== 'ALARM') {
    alarm.episodeStart = undefined;
    return;
  }
  const isEntry = alarm.episodeStart === undefined;
  if (alarm.episodeStart === undefined) alarm.episodeStart = evaluation.at;
  const indexes = isEntry ? evaluation.verdict.judged : evaluation.verdict.judged.slice(-1);
  for (const index of indexes) {
    const value = evaluation.points[index];
    if (value === undefined || (isEntry && evaluation.breaching[index] !== true)) continue;
    const beyond = beyondThreshold(evaluation, value, index);
    const peak = alarm.peaks.get(alarm.episodeStart);
    if (peak === undefined || beyond > peak.beyond) alarm.peaks.set(alarm.episodeStart, { value, beyond });
  }
}

/** How far on the bad side the value is; negative on the good one. */
function beyondThreshold(evaluation: Evaluation, value: number, index: number): number {
  const { comparison, threshold, band } = evaluation;
  const above = value - (band?.upper[index] ?? threshold ?? value);
  const below = (band?.lower[index] ?? threshold ?? value) - value;
  if (comparison === 'LessThanLowerOrGreaterThanUpperThreshold') return Math.max(above, below);
  return comparison.startsWith('Less') ? below : above;
}

/** The newest datapoint stands at the end of its period, which is when the alarm can first have seen it. */
function notePoint(alarm: Watched, evaluation: Evaluation, columnIndex: number): void {
  const { grid, points, at, band } = evaluation;
  const index = newestIndex(evaluation);
  const end = grid.start + (index + 1) * grid.periodMs;
  let column = alarm.columns[columnIndex];
  if (column === undefined) {
    column = { lowest: undefined, highest: undefined, missingAt: undefined };
    alarm.columns[columnIndex] = column;
  }
  const value = points[index];
  // In a gap the newest point is one that an earlier evaluation has shown.
  if (value === undefined || end <= alarm.newestEnd) {
    column.missingAt ??= at;
    return;
  }
  alarm.newestEnd = end;
  const point = { at: end, value, lower: band?.lower[index], upper: band?.upper[index] };
  if (column.lowest === undefined || value < column.lowest.value) column.lowest = point;
  if (column.highest === undefined || value > column.highest.value) column.highest = point;
}

function newestIndex({ points }: Evaluation): number {
  let index = points.length - 1;
  while (index >= 0 && points[index] === undefined) index--;
  return index;
}

function toObservation(alarm: Watched): Observation {
  const { evaluations, withoutData, peaks, last } = alarm;
  return {
    evaluations,
    evaluationsWithoutData: withoutData,
    peaks: new Map([...peaks].map(([at, { value }]) => [at, value])),
    threshold: last.threshold,
    comparison: last.comparison,
    points: alarm.columns.flatMap((column) => (column === undefined ? [] : pointsOf(column))),
  };
}

function pointsOf({ lowest, highest, missingAt }: Column): ChartPoint[] {
  if (lowest === undefined || highest === undefined)
    return missingAt === undefined ? [] : [{ at: missingAt, value: undefined }];
  if (lowest.at === highest.at) return [lowest];
  return lowest.at < highest.at ? [lowest, highest] : [highest, lowest];
}
