/** Takes metrics out of a log line in CloudWatch's embedded metric format, by the published schema. */
import type { Datum, StatisticSet } from '../cloudwatch/types';
import { units } from '../cloudwatch/units';

export type Extraction =
  /** Not an EMF line: an ordinary log event. */
  | { readonly kind: 'none' }
  | { readonly kind: 'parsing-error'; readonly reason: string }
  /** Some directives may have failed while others gave data. */
  | { readonly kind: 'metrics'; readonly data: readonly Datum[]; readonly errors: readonly string[] };

/** The published limits. */
const limits = {
  metricsPerDirective: 100,
  valuesPerMetric: 100,
  dimensionsPerSet: 30,
  dimensionValueLength: 1024,
};
/** Log events may be fourteen days old and two hours early. */
const oldestMs = 14 * 24 * 3_600_000;
const earliestMs = 2 * 3_600_000;

const knownUnits: ReadonlySet<string> = new Set(units);

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

class Invalid extends Error {}

function dimensionsOf(root: Json, set: unknown): Record<string, string> {
  if (!Array.isArray(set)) throw new Invalid('a DimensionSet must be an array of names');
  if (set.length > limits.dimensionsPerSet) throw new Invalid('a DimensionSet has more than 30 names');
  return Object.fromEntries(
    set.map((key: unknown) => {
      const value = root[String(key)];
      if (typeof value !== 'string')
        throw new Invalid(`dimension ${String(key)} is not a string at the root`);
      if (value === '' || value.length > limits.dimensionValueLength) {
        throw new Invalid(`dimension ${String(key)} must have 1 to 1024 characters`);
      }
      return [String(key), value];
    }),
  );
}

type Measured = Pick<Datum, 'values' | 'counts' | 'statisticValues'>;

const areNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'number' && Number.isFinite(one));

/** The published schema has numbers and arrays; the agent's own exporter also writes sets, so AWS takes them. */
function measured(name: string, value: unknown): Measured {
  if (typeof value === 'number' && Number.isFinite(value)) return { values: [value] };
  if (areNumbers(value)) {
    if (value.length > limits.valuesPerMetric) throw new Invalid(`metric ${name} has more than 100 values`);
    return { values: value };
  }
  if (isObject(value) && areNumbers(value.Values) && areNumbers(value.Counts)) {
    return { values: value.Values, counts: value.Counts };
  }
  if (isObject(value) && areNumbers([value.Max, value.Min, value.Sum, value.Count])) {
    const { Max, Min, Sum, Count } = value as Record<'Max' | 'Min' | 'Sum' | 'Count', number>;
    const statisticValues: StatisticSet = { sampleCount: Count, sum: Sum, minimum: Min, maximum: Max };
    return { values: [], statisticValues };
  }
  throw new Invalid(`metric ${name} is not a number or an array of numbers at the root`);
}

function metricOf(root: Json, definition: unknown): Omit<Datum, 'namespace' | 'dimensions' | 'at'> {
  if (!isObject(definition) || typeof definition.Name !== 'string' || definition.Name === '') {
    throw new Invalid('a metric definition has no Name');
  }
  const { Name, Unit, StorageResolution } = definition;
  if (Unit !== undefined && !knownUnits.has(String(Unit)))
    throw new Invalid(`metric ${Name} has the unknown unit ${Unit}`);
  if (StorageResolution !== undefined && StorageResolution !== 1 && StorageResolution !== 60) {
    throw new Invalid(`metric ${Name} has a StorageResolution other than 1 and 60`);
  }
  return {
    name: Name,
    ...(Unit === undefined ? {} : { unit: String(Unit) }),
    storageResolutionSeconds: StorageResolution === 1 ? 1 : 60,
    ...measured(Name, root[Name]),
  };
}

function directive(root: Json, raw: unknown, at: number): Datum[] {
  if (!isObject(raw)) throw new Invalid('a MetricDirective must be an object');
  const { Namespace, Dimensions, Metrics } = raw;
  if (typeof Namespace !== 'string' || !/^[0-9A-Za-z.\-_/#: ]{1,255}$/.test(Namespace)) {
    throw new Invalid('a MetricDirective has no valid Namespace');
  }
  if (!Array.isArray(Dimensions) || Dimensions.length === 0) {
    throw new Invalid('Dimensions must hold at least one DimensionSet');
  }
  if (!Array.isArray(Metrics) || Metrics.length > limits.metricsPerDirective) {
    throw new Invalid('Metrics must be an array of at most 100 definitions');
  }
  const sets = Dimensions.map((set) => dimensionsOf(root, set));
  return Metrics.flatMap((definition) => {
    const metric = metricOf(root, definition);
    return sets.map((dimensions) => ({ namespace: Namespace, dimensions, at, ...metric }));
  });
}

/** Reads one log message; `now` judges its timestamp. */
export function extractMetrics(message: string, now: number): Extraction {
  if (!message.includes('"_aws"')) return { kind: 'none' };
  let root: unknown;
  try {
    root = JSON.parse(message);
  } catch (error) {
    // A text that merely mentions _aws is no EMF; one that begins as an object was meant to be.
    if (!message.trimStart().startsWith('{')) return { kind: 'none' };
    return { kind: 'parsing-error', reason: (error as Error).message };
  }
  if (!isObject(root) || !isObject(root._aws)) return { kind: 'none' };
  const { Timestamp, CloudWatchMetrics } = root._aws;
  const errors: string[] = [];
  if (!Number.isInteger(Timestamp)) errors.push('_aws.Timestamp must be an integer of milliseconds');
  const at = Number(Timestamp);
  if (at < now - oldestMs || at > now + earliestMs) errors.push('_aws.Timestamp is too old or too far ahead');
  if (!Array.isArray(CloudWatchMetrics)) errors.push('_aws.CloudWatchMetrics must be an array');
  if (errors.length > 0 || !Array.isArray(CloudWatchMetrics)) return { kind: 'metrics', data: [], errors };
  const data: Datum[] = [];
  for (const raw of CloudWatchMetrics) {
    try {
      data.push(...directive(root, raw, at));
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      errors.push(error.message);
    }
  }
  return { kind: 'metrics', data, errors };
}
