/**
 * What only AWS can compute — a trained band, a query over its own stores — can be given as data instead: as a metric of a
 * namespace that no real metric can have. Then every way of bringing data in brings this in as well.
 */
import type { Node } from './math/ast';
import type { MetricIdentity } from './types';

/** AWS refuses namespaces that begin with a colon. */
export const suppliedNamespace = ':supplied';

/** Functions whose results come from models or services that exist in AWS alone, and what each needs. */
const functionsOfAws: Readonly<Record<string, string>> = {
  ANOMALY_DETECTION_BAND: 'a model that AWS trains',
  DB_PERF_INSIGHTS: 'Performance Insights',
  INSIGHT_RULE_METRIC: 'Contributor Insights',
  LAMBDA: 'a function of yours in AWS',
  SERVICE_QUOTA: 'Service Quotas',
};

export const bandFunction = 'ANOMALY_DETECTION_BAND';

/** Which series were supplied. */
export interface Supplied {
  has(alarm: string, queryId: string): boolean;
}

export const nothingSupplied: Supplied = { has: () => false };

/** Finds the supplied ones among all metrics of a source. */
export function suppliedIn(metrics: readonly MetricIdentity[]): Supplied {
  const keys = new Set(
    metrics
      .filter(({ namespace }) => namespace === suppliedNamespace)
      .map(({ name, dimensions }) => `${name}\n${dimensions.Query ?? ''}`),
  );
  return { has: (alarm, queryId) => keys.has(`${alarm}\n${queryId}`) };
}

/** The metric that stands for a query of an alarm, or for one side of its band. */
export function suppliedMetric(alarm: string, queryId: string, band?: 'lower' | 'upper'): MetricIdentity {
  const dimensions = { Query: queryId, ...(band === undefined ? {} : { Band: band }) };
  return { namespace: suppliedNamespace, name: alarm, dimensions };
}

/** What the query would need from AWS, in words; undefined when it can be computed here. */
export function needsAws(expression: string | Node): string | undefined {
  if (typeof expression === 'string') {
    return /^\s*SELECT\s/i.test(expression) ? 'a Metrics Insights query' : undefined;
  }
  if (expression.kind !== 'call') return undefined;
  const source = functionsOfAws[expression.name];
  return source === undefined ? undefined : `${expression.name}, which needs ${source}`;
}
