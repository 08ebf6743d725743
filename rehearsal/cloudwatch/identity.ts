/** Metric identity: namespace, name and the exact set of dimensions. Nothing is rolled up across dimensions. */
import type { MetricIdentity } from './types';

/** A text that two metrics share exactly when CloudWatch takes them for one; the order of dimensions is no part of it. */
export function identityKey(metric: MetricIdentity): string {
  const dimensions = Object.entries(metric.dimensions).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([metric.namespace, metric.name, dimensions]);
}

/** How a metric is written in messages to people. */
export function describeMetric(metric: MetricIdentity): string {
  const dimensions = Object.entries(metric.dimensions).map(([name, value]) => `${name}=${value}`);
  return `${metric.namespace} ${metric.name} {${dimensions.join(', ')}}`;
}
