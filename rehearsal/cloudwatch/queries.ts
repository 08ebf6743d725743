/** A list of metric and math queries, checked once and then evaluated on any grid: what alarms and GetMetricData share. */
import type { Datapoints, Grid } from './buckets';
import { identityKey, identityOf } from './identity';
import { ExpressionError, type Node, nodesOf } from './math/ast';
import { evaluateExpression, shapeOf } from './math/evaluate';
import { parseExpression } from './math/parse';
import { isPointwise } from './math/pointwise';
import { type Shape, series, type TimeSeries, type Value } from './math/values';
import type { EvaluationSettings } from './settings';
import { readStatistic, type Statistic } from './statistics';
import { bandFunction, needsAws, type Supplied, suppliedMetric } from './supplied';
import type { MetricDataQuery, MetricIdentity } from './types';

export interface MetricQuery {
  readonly kind: 'metric';
  readonly id: string;
  readonly label: string;
  readonly returnData: boolean;
  readonly periodSeconds: number;
  readonly metric: MetricIdentity;
  readonly key: string;
  readonly statistic: Statistic;
  readonly unit: string | undefined;
}

export interface MathQuery {
  readonly kind: 'math';
  readonly id: string;
  readonly label: string;
  readonly returnData: boolean;
  readonly periodSeconds: number;
  readonly expression: Node;
  readonly shape: Shape;
  /** Ids that must be evaluated first. */
  readonly inputs: readonly string[];
  /** It asks for METRICS(), the list of them. */
  readonly usesMetrics: boolean;
  /** No point of it depends on what is at other timestamps of its inputs. */
  readonly pointwise: boolean;
}

/** The band of an anomaly detector, as two series that were supplied. */
export interface BandQuery {
  readonly kind: 'band';
  readonly id: string;
  readonly label: string;
  readonly returnData: boolean;
  readonly periodSeconds: number;
  readonly lower: MetricQuery;
  readonly upper: MetricQuery;
}

export type CompiledQuery = MetricQuery | MathQuery | BandQuery;

/** The alarm whose queries these are, and what was supplied for it. */
export interface Owner {
  readonly alarm: string;
  readonly supplied: Supplied;
}

/** A query that cannot be evaluated; `queryId` says which. */
export class QueryError extends Error {
  constructor(
    readonly queryId: string,
    readonly problem: string,
    readonly remedy = 'rewrite it or leave this alarm out',
  ) {
    super(`${queryId}: ${problem}`);
    this.name = 'QueryError';
  }
}

/** AWS's rule for ids. */
const idPattern = /^[a-z][a-zA-Z0-9_]{0,254}$/;
const maxExpressionLength = 2048;
/** An expression of numbers alone has no period of its own. */
const periodWithoutMetricSeconds = 60;

/** The queries in an order in which each follows its inputs. Throws QueryError. */
export function compileQueries(queries: readonly MetricDataQuery[], owner?: Owner): readonly CompiledQuery[] {
  const byId = new Map<string, MetricDataQuery>();
  for (const query of queries) {
    if (!idPattern.test(query.Id))
      throw new QueryError(query.Id, 'the id must begin with a lower-case letter');
    if (byId.has(query.Id)) throw new QueryError(query.Id, 'two queries have this id');
    byId.set(query.Id, query);
  }
  const compiled = new Map<string, CompiledQuery>();
  const underWay = new Set<string>();
  const compile = (query: MetricDataQuery): void => {
    if (compiled.has(query.Id)) return;
    if (underWay.has(query.Id)) throw new QueryError(query.Id, 'the expression refers to itself');
    underWay.add(query.Id);
    if (query.MetricStat !== undefined) {
      compiled.set(query.Id, compileMetric(query, query.MetricStat));
      return;
    }
    const supplied = compileSupplied(query, owner);
    if (supplied !== undefined) {
      compiled.set(query.Id, supplied);
      return;
    }
    const expression = parse(query);
    const inputs = inputsOf(expression, queries);
    for (const id of inputs) {
      const input = byId.get(id);
      if (input !== undefined) compile(input);
    }
    compiled.set(query.Id, compileMath(query, expression, inputs, compiled));
  };
  for (const query of queries) compile(query);
  return [...compiled.values()];
}

function compileMetric(
  query: MetricDataQuery,
  stat: NonNullable<MetricDataQuery['MetricStat']>,
): MetricQuery {
  if (query.Expression !== undefined)
    throw new QueryError(query.Id, 'has both an Expression and a MetricStat');
  const reading = readStatistic(stat.Stat);
  if (!reading.ok) throw new QueryError(query.Id, reading.problem);
  const metric = identityOf(stat.Metric);
  return {
    kind: 'metric',
    id: query.Id,
    label: query.Label ?? metric.name,
    returnData: query.ReturnData ?? true,
    periodSeconds: stat.Period,
    metric,
    key: identityKey(metric),
    statistic: reading.statistic,
    unit: stat.Unit,
  };
}

function parse(query: MetricDataQuery): Node {
  const text = query.Expression;
  if (text === undefined) throw new QueryError(query.Id, 'has neither an Expression nor a MetricStat');
  if (text.length > maxExpressionLength)
    throw new QueryError(query.Id, 'the expression is longer than 2048 characters');
  return within(query.Id, () => parseExpression(text));
}

/** A query that only AWS can answer, as the series that were supplied for it. */
function compileSupplied(query: MetricDataQuery, owner: Owner | undefined): CompiledQuery | undefined {
  const { Id: id, Expression: text } = query;
  if (text === undefined) return undefined;
  const need = needsAws(text) ?? needsAws(parse(query));
  if (need === undefined) return undefined;
  if (owner?.supplied.has(owner.alarm, id) !== true) {
    throw new QueryError(
      id,
      `not evaluated locally: ${need}`,
      'supply the series that it would give, or leave this alarm out',
    );
  }
  const series = (band?: 'lower' | 'upper'): MetricQuery =>
    suppliedQuery(query, suppliedMetric(owner.alarm, id, band));
  if (!need.startsWith(bandFunction)) return series();
  const { label, returnData, periodSeconds } = series();
  return {
    kind: 'band',
    id,
    label,
    returnData,
    periodSeconds,
    lower: series('lower'),
    upper: series('upper'),
  };
}

/** A supplied series has one value a period; where there are more, their average stands for them. */
function suppliedQuery(query: MetricDataQuery, metric: MetricIdentity): MetricQuery {
  return {
    kind: 'metric',
    id: query.Id,
    label: query.Label ?? query.Id,
    returnData: query.ReturnData ?? true,
    periodSeconds: query.Period ?? periodWithoutMetricSeconds,
    metric,
    key: identityKey(metric),
    statistic: { kind: 'basic', name: 'Average' },
    unit: undefined,
  };
}

function within<T>(queryId: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ExpressionError) throw new QueryError(queryId, error.message);
    throw error;
  }
}

/** The ids that the expression names, and those that METRICS() stands for. */
function inputsOf(expression: Node, queries: readonly MetricDataQuery[]): string[] {
  const ids = new Set<string>();
  for (const node of nodesOf(expression)) {
    if (node.kind === 'id') ids.add(node.id);
    if (node.kind !== 'call' || node.name !== 'METRICS') continue;
    const part = node.args[0]?.kind === 'text' ? node.args[0].text : '';
    for (const query of queries)
      if (query.MetricStat !== undefined && query.Id.includes(part)) ids.add(query.Id);
  }
  return [...ids];
}

function compileMath(
  query: MetricDataQuery,
  expression: Node,
  inputs: readonly string[],
  compiled: ReadonlyMap<string, CompiledQuery>,
): MathQuery {
  const shapeOfId = (id: string): Shape | undefined => {
    const input = compiled.get(id);
    if (input?.kind === 'band') return 'band';
    return input?.kind === 'math' ? input.shape : input && 'series';
  };
  const shape = within(query.Id, () => shapeOf(expression, shapeOfId));
  const periods = new Set(inputs.flatMap((id) => compiled.get(id)?.periodSeconds ?? []));
  if (periods.size > 1) {
    throw new QueryError(query.Id, `its metrics have different periods (${[...periods].join(', ')} s)`);
  }
  const [period] = periods;
  return {
    kind: 'math',
    id: query.Id,
    label: query.Label ?? query.Id,
    returnData: query.ReturnData ?? true,
    periodSeconds: period ?? query.Period ?? periodWithoutMetricSeconds,
    expression,
    shape,
    inputs,
    usesMetrics: [...nodesOf(expression)].some((node) => node.kind === 'call' && node.name === 'METRICS'),
    pointwise: isPointwise(expression, shapeOfId),
  };
}

/** Reads the datapoints of one metric query on a grid. */
export type ReadMetric = (query: MetricQuery, grid: Grid) => Datapoints;

/** A value, and for a plain metric how many samples each of its points rests on. */
export interface Evaluated {
  readonly value: Value;
  readonly sampleCounts?: readonly number[];
}

/** Every query's value by id. `queries` come from `compileQueries`, so that inputs precede what needs them. */
export function evaluateQueries(
  queries: readonly CompiledQuery[],
  gridFor: (periodSeconds: number) => Grid,
  read: ReadMetric,
  settings: EvaluationSettings,
): ReadonlyMap<string, Evaluated> {
  const results = new Map<string, Evaluated>();
  for (const query of queries) {
    const grid = gridFor(query.periodSeconds);
    if (query.kind === 'band') {
      const members = [query.lower, query.upper].map((side) => series(read(side, grid).points, side.label));
      results.set(query.id, { value: { kind: 'list', members } });
      continue;
    }
    if (query.kind === 'metric') {
      const { points, sampleCounts } = read(query, grid);
      results.set(query.id, { value: series(points, query.label), sampleCounts });
      continue;
    }
    const context = {
      grid,
      settings,
      metrics: query.usesMetrics ? metricsOf(queries, query, results) : noMetrics,
    };
    results.set(query.id, {
      value: evaluateExpression(query.expression, (id) => results.get(id)?.value, context),
    });
  }
  return results;
}

const noMetrics: { id: string; value: TimeSeries }[] = [];

function metricsOf(
  queries: readonly CompiledQuery[],
  query: MathQuery,
  results: ReadonlyMap<string, Evaluated>,
): { id: string; value: TimeSeries }[] {
  return queries.flatMap(({ kind, id }) => {
    const value = kind === 'metric' && query.inputs.includes(id) ? results.get(id)?.value : undefined;
    return value?.kind === 'series' ? [{ id, value }] : [];
  });
}
