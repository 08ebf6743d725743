/** What PutMetricData accepts. */
import type { Datum } from './types';

/** AWS's documented limits. */
const maxUniqueValues = 150;
const maxDimensions = 30;
const maxMagnitude = 2 ** 360;

/** Why PutMetricData would refuse the datum, or undefined when it would take it. */
export function datumProblem(datum: Datum): string | undefined {
  if (datum.name === '') return 'the metric has no name';
  if (datum.namespace === '' || datum.namespace.startsWith(':'))
    return `the namespace is "${datum.namespace}"`;
  if (!Number.isFinite(datum.at)) return `the timestamp is ${datum.at}`;
  if (Object.keys(datum.dimensions).length > maxDimensions)
    return `there are more than ${maxDimensions} dimensions`;
  if (datum.values.length === 0) return 'there is no value';
  if (datum.values.length > maxUniqueValues) return `there are more than ${maxUniqueValues} values`;
  if (datum.counts !== undefined && datum.counts.length !== datum.values.length) {
    return `there are ${datum.values.length} values and ${datum.counts.length} counts`;
  }
  const value = datum.values.find((each) => !Number.isFinite(each) || Math.abs(each) > maxMagnitude);
  if (value !== undefined) return `the value is ${value}`;
  const count = datum.counts?.find((each) => !Number.isFinite(each) || each < 0);
  return count === undefined ? undefined : `the count is ${count}`;
}
