/** What PutMetricData accepts. */
import type { Datum, StatisticSet } from './types';

/** AWS's documented limits. */
const maxUniqueValues = 150;
const maxDimensions = 30;
const maxNameLength = 255;
const maxDimensionValueLength = 1024;
const maxMagnitude = 2 ** 360;

const printableAscii = /^[\x20-\x7e]*$/;

/** Why PutMetricData would refuse the datum, or undefined when it would take it. */
export function datumProblem(datum: Datum): string | undefined {
  return (
    identityProblem(datum) ??
    (Number.isFinite(datum.at) ? undefined : `the timestamp is ${datum.at}`) ??
    samplesProblem(datum)
  );
}

/** Dimensions that were found well. The samples of a series mostly share one object of them. */
const wellDimensions = new WeakSet<Datum['dimensions']>();

function identityProblem({ namespace, name, dimensions }: Datum): string | undefined {
  if (name === '') return 'the metric has no name';
  if (name.length > maxNameLength) return `the metric's name is longer than ${maxNameLength} characters`;
  if (namespace === '' || namespace.startsWith(':')) return `the namespace is "${namespace}"`;
  if (namespace.length > maxNameLength) return `the namespace is longer than ${maxNameLength} characters`;
  if (wellDimensions.has(dimensions)) return undefined;
  const all = Object.entries(dimensions);
  if (all.length > maxDimensions) return `there are more than ${maxDimensions} dimensions`;
  for (const [dimension, value] of all) {
    const problem = dimensionProblem(dimension, value);
    if (problem !== undefined) return problem;
  }
  wellDimensions.add(dimensions);
  return undefined;
}

function dimensionProblem(name: string, value: string): string | undefined {
  if (name.startsWith(':')) return `the dimension ${name} begins with a colon`;
  if (name.length > maxNameLength)
    return `the dimension ${name.slice(0, 20)}... has a name of more than ${maxNameLength} characters`;
  if (value.length > maxDimensionValueLength)
    return `the dimension ${name} has a value of more than ${maxDimensionValueLength} characters`;
  for (const text of [name, value]) {
    if (text.trim() === '') return `the dimension "${name}" has the value "${value}", expected no blank text`;
    if (!printableAscii.test(text)) return `the dimension ${name} has the value "${value}", expected ASCII`;
  }
  return undefined;
}

function samplesProblem({ values, counts, statisticValues }: Datum): string | undefined {
  if (statisticValues !== undefined) {
    return values.length > 0
      ? 'there are values and a statistic set, expected one of the two'
      : setProblem(statisticValues);
  }
  if (values.length === 0) return 'there is no value';
  if (values.length > maxUniqueValues) return `there are more than ${maxUniqueValues} values`;
  if (counts !== undefined && counts.length !== values.length) {
    return `there are ${values.length} values and ${counts.length} counts`;
  }
  const value = values.find(isBeyondLimits);
  if (value !== undefined) return `the value is ${value}`;
  const count = counts?.find((each) => !Number.isFinite(each) || each < 0);
  return count === undefined ? undefined : `the count is ${count}`;
}

/** AWS refuses sets without samples. A minimum above the maximum is the sender's mistake: no samples have such a set. */
function setProblem(set: StatisticSet): string | undefined {
  const { sampleCount, sum, minimum, maximum } = set;
  if (!(sampleCount > 0) || isBeyondLimits(sampleCount)) return `the sample count is ${sampleCount}`;
  for (const [name, value] of Object.entries({ sum, minimum, maximum })) {
    if (isBeyondLimits(value)) return `the ${name} is ${value}`;
  }
  return minimum > maximum ? `the minimum ${minimum} is above the maximum ${maximum}` : undefined;
}

function isBeyondLimits(value: number): boolean {
  return !Number.isFinite(value) || Math.abs(value) > maxMagnitude;
}
