/**
 * The evaluation range of one alarm. From one evaluation to the next most of its periods are the same, so what was read
 * of a period is kept until it leaves the range or data for it comes late: the cost of an evaluation is that of one period.
 */
import type { AlarmDefinition } from './alarm-definition';
import { bucketAt, bucketStart, type Grid, type Points, slidingGrid } from './buckets';
import { type Evaluated, evaluateQueries, type ReadMetric } from './queries';
import type { EvaluationSettings } from './settings';
import { type WallClockGrid, wallClockGrid } from './wall-clock';

/** The band that an anomaly alarm compares with, point by point. */
export interface Band {
  readonly lower: Points;
  readonly upper: Points;
}

/** The evaluation range with what was found in it. */
export interface Range {
  readonly grid: Grid;
  readonly points: Points;
  /** Known for an alarm on one metric only. */
  readonly sampleCounts: readonly number[] | undefined;
  readonly band: Band | undefined;
  /** The series of every query by id, on the same grid. */
  inputs(): ReadonlyMap<string, Points>;
}

export interface RangeReader {
  /** The range at a tick. */
  read(at: number): Range;
  /** The newest point of the range at a tick. */
  newest(at: number): number | undefined;
  /** Data came for a time that may have been read already. */
  forget(at: number): void;
}

/** How many periods AWS asks for: the documented exact number for wall-clock windows, an unpublished one for sliding ones. */
export function rangeLength(definition: AlarmDefinition, settings: EvaluationSettings): number {
  const extra = definition.window.kind === 'sliding' ? settings.evaluationRangeExtraPeriods : 0;
  return definition.evaluationPeriods + extra;
}

/** A reader that keeps nothing beyond the range. */
export function createRangeReader(
  definition: AlarmDefinition,
  read: ReadMetric,
  settings: EvaluationSettings,
): RangeReader {
  const gridAt = gridOf(definition, settings);
  if (!definition.pointwise) {
    const readAt = (at: number): Range => readWhole(definition, gridAt(at), read, settings);
    return { read: readAt, newest: (at) => readAt(at).points.at(-1), forget: () => {} };
  }
  const kept = new Map<number, Results>();
  const readBucket = (grid: Grid, index: number): Results => {
    const start = bucketStart(grid, index);
    let results = kept.get(start);
    if (results === undefined) {
      results = queriesAt(definition, bucketAt(grid, index), read, settings);
      kept.set(start, results);
    }
    return results;
  };
  const dropBefore = (oldest: number): void => {
    for (const start of kept.keys()) {
      if (start >= oldest) break;
      kept.delete(start);
    }
  };
  return {
    newest: (at) => {
      const grid = gridAt(at);
      dropBefore(grid.start);
      return pointOf(readBucket(grid, grid.length - 1).get(definition.resultId), 0);
    },
    read: (at) => {
      const grid = gridAt(at);
      dropBefore(grid.start);
      const buckets: Results[] = [];
      for (let index = 0; index < grid.length; index++) buckets.push(readBucket(grid, index));
      return new KeptRange(definition, grid, buckets);
    },
    forget: (at) => {
      for (const start of kept.keys()) {
        if (start <= at && at < start + longestMs(definition)) kept.delete(start);
      }
    },
  };
}

type Results = ReadonlyMap<string, Evaluated>;

const hourMs = 3_600_000;

/** A local week may be an hour longer than its period says. */
function longestMs({ periodSeconds, window }: AlarmDefinition): number {
  return periodSeconds * 1000 + (window.kind === 'wall-clock' ? hourMs : 0);
}

function gridOf(definition: AlarmDefinition, settings: EvaluationSettings): (at: number) => Grid {
  const { window, periodSeconds } = definition;
  const length = rangeLength(definition, settings);
  const delayMs = settings.evaluationDelaySeconds * 1000;
  if (window.kind === 'wall-clock') {
    let known: WallClockGrid | undefined;
    return (at) => {
      const moment = at - delayMs;
      // Calendars are slow to ask, and between two marks the answer is the same.
      if (known === undefined || moment >= known.until)
        known = wallClockGrid(moment, window.periodSeconds, length, window.zone);
      return known.grid;
    };
  }
  const cadenceMs = definition.cadenceSeconds * 1000;
  return (at) =>
    slidingGrid(Math.floor((at - delayMs) / cadenceMs) * cadenceMs, periodSeconds * 1000, length);
}

function queriesAt(
  definition: AlarmDefinition,
  grid: Grid,
  read: ReadMetric,
  settings: EvaluationSettings,
): Results {
  return evaluateQueries(definition.queries, () => grid, read, settings);
}

/** Expressions that look at the whole range are computed on it as a whole. */
function readWhole(
  definition: AlarmDefinition,
  grid: Grid,
  read: ReadMetric,
  settings: EvaluationSettings,
): Range {
  const results = queriesAt(definition, grid, read, settings);
  const bandId = bandIdOf(definition);
  const band = bandId === undefined ? undefined : results.get(bandId);
  return {
    grid,
    points: pointsOf(results.get(definition.resultId), 0),
    sampleCounts: results.get(definition.resultId)?.sampleCounts,
    band: band && { lower: pointsOf(band, 0), upper: pointsOf(band, 1) },
    inputs: () => new Map([...results].map(([id, evaluated]) => [id, pointsOf(evaluated, 0)])),
  };
}

/** The range put together from periods that were read one by one. */
class KeptRange implements Range {
  readonly points: (number | undefined)[] = [];
  sampleCounts: number[] | undefined = [];

  constructor(
    private readonly definition: AlarmDefinition,
    readonly grid: Grid,
    private readonly buckets: readonly Results[],
  ) {
    for (const results of buckets) {
      const result = results.get(definition.resultId);
      this.points.push(pointOf(result, 0));
      const count = result?.sampleCounts?.[0];
      if (count === undefined) this.sampleCounts = undefined;
      else this.sampleCounts?.push(count);
    }
  }

  get band(): Band | undefined {
    const bandId = bandIdOf(this.definition);
    if (bandId === undefined) return undefined;
    return { lower: this.pointsOf(bandId, 0), upper: this.pointsOf(bandId, 1) };
  }

  inputs(): ReadonlyMap<string, Points> {
    return new Map(this.definition.queries.map(({ id }) => [id, this.pointsOf(id, 0)]));
  }

  private pointsOf(id: string, member: number): Points {
    return this.buckets.map((results) => pointOf(results.get(id), member));
  }
}

function bandIdOf({ limit }: AlarmDefinition): string | undefined {
  return limit.kind === 'band' ? limit.bandId : undefined;
}

/** The one point of a result on a grid of one bucket. */
function pointOf(evaluated: Evaluated | undefined, member: number): number | undefined {
  return pointsOf(evaluated, member)[0];
}

const noPoints: Points = [];

/** The series, or one member of a list. */
function pointsOf(evaluated: Evaluated | undefined, member: number): Points {
  const value = evaluated?.value;
  if (value === undefined) return noPoints;
  if (value.kind === 'series') return value.points;
  return value.kind === 'list' ? (value.members[member]?.points ?? noPoints) : noPoints;
}
