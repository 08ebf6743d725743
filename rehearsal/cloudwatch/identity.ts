/** Metric identity: namespace, name and the exact set of dimensions. Nothing is rolled up across dimensions. */
import type { MetricIdentity } from './types';

/** Keys made before. Samples of one series mostly share one object of dimensions, and sorting it again costs more than storing them. */
const made = new WeakMap<
  object,
  { readonly namespace: string; readonly name: string; readonly key: string }[]
>();

/** A text that two metrics share exactly when CloudWatch takes them for one; the order of dimensions is no part of it. */
export function identityKey({ namespace, name, dimensions }: MetricIdentity): string {
  const known = made.get(dimensions);
  if (known !== undefined) {
    for (const each of known) if (each.name === name && each.namespace === namespace) return each.key;
  }
  const sorted = Object.entries(dimensions).sort(([left], [right]) => (left < right ? -1 : 1));
  const key = JSON.stringify([namespace, name, sorted]);
  if (known === undefined) made.set(dimensions, [{ namespace, name, key }]);
  else known.push({ namespace, name, key });
  return key;
}

/** A metric as templates and the API spell it. */
export interface WrittenMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[] | undefined;
}

/** The identity of the metric that a template or a query names. */
export function identityOf({ Namespace, MetricName, Dimensions = [] }: WrittenMetric): MetricIdentity {
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  return { namespace: Namespace, name: MetricName, dimensions };
}

/** How a metric is written in messages to people. */
export function describeMetric(metric: MetricIdentity): string {
  const dimensions = Object.entries(metric.dimensions).map(([name, value]) => `${name}=${value}`);
  return `${metric.namespace} ${metric.name} {${dimensions.join(', ')}}`;
}
