/** GetMetricData: queries answered on buckets that are aligned to the wall clock. */
import { AwsError } from '../aws-error';
import { alignedGrid, bucketStart, type Grid } from './buckets';
import type { TimeSeries, Value } from './math/values';
import { type CompiledQuery, compileQueries, evaluateQueries, QueryError, type ReadMetric } from './queries';
import type { EvaluationSettings } from './settings';
import type { MetricDataQuery, Series } from './types';

/** AWS's documented limits of one request. */
const maxQueries = 500;
const maxDatapoints = 100_800;

/** The series of each query that returns data, oldest point first. Throws AwsError as the API answers. */
export function answerMetricData(
  queries: readonly MetricDataQuery[],
  range: { readonly start: number; readonly end: number },
  read: ReadMetric,
  settings: EvaluationSettings,
): Series[] {
  if (!(range.start < range.end)) throw invalid('the start time must be before the end time');
  if (queries.length > maxQueries)
    throw invalid(`there are ${queries.length} queries, expected at most ${maxQueries}`);
  const compiled = compile(queries);
  const gridFor = (periodSeconds: number): Grid => alignedGrid(range.start, range.end, periodSeconds * 1000);
  for (const query of compiled) {
    const { length } = gridFor(query.periodSeconds);
    if (length > maxDatapoints)
      throw invalid(`${query.id} asks for ${length} periods, expected at most ${maxDatapoints}`);
  }
  const results = evaluateQueries(compiled, gridFor, read, settings);
  const byId = new Map(compiled.map((query) => [query.id, query]));
  return queries.flatMap(({ Id }) => {
    const query = byId.get(Id);
    const value = results.get(Id)?.value;
    if (query === undefined || value === undefined || !query.returnData) return [];
    return seriesOf(query, value, gridFor(query.periodSeconds));
  });
}

function compile(queries: readonly MetricDataQuery[]): readonly CompiledQuery[] {
  try {
    const compiled = compileQueries(queries);
    const number = compiled.find(
      (query) => query.kind === 'math' && query.returnData && query.shape === 'scalar',
    );
    if (number !== undefined)
      throw invalid(`${number.id}: the expression gives a number, expected time series`);
    const idle = compiled.find((query) => !(query.periodSeconds > 0));
    if (idle !== undefined)
      throw invalid(`${idle.id}: the period must be positive, got ${idle.periodSeconds}`);
    return compiled;
  } catch (error) {
    throw error instanceof QueryError ? invalid(error.message) : error;
  }
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

function seriesOf(query: CompiledQuery, value: Value, grid: Grid): Series[] {
  const label = ({ label: own }: TimeSeries): string =>
    own === undefined ? query.label : `${query.label} ${own}`;
  if (value.kind === 'series') return [toSeries(query.id, query.label, value, grid)];
  return value.kind === 'list'
    ? value.members.map((each) => toSeries(query.id, label(each), each, grid))
    : [];
}

function toSeries(id: string, label: string, { points }: TimeSeries, grid: Grid): Series {
  const timestamps: number[] = [];
  const values: number[] = [];
  points.forEach((point, index) => {
    if (point === undefined) return;
    timestamps.push(bucketStart(grid, index));
    values.push(point);
  });
  return { id, label, timestamps, values };
}
