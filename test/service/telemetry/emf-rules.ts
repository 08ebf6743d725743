/** The embedded metric format as AWS documents it, checked line by line; written from the specification alone. */

const units = new Set(['Milliseconds', 'Count', 'Percent', 'None']);

/** One metric in one line: what CloudWatch would extract. */
export interface Extracted {
  readonly timestamp: number;
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly resolution: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

type Json = Record<string, unknown>;

/** Everything in the text, or an error that names the broken rule. */
export function extract(text: string): Extracted[] {
  must(text === '' || text.endsWith('\n'), 'the text ends with a line end');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => extractLine(line));
}

function extractLine(line: string): Extracted[] {
  must(Buffer.byteLength(line) <= 256 * 1024, 'a log event stays under the older limit of 256 KB');
  const root = object(JSON.parse(line), 'the line');
  const meta = object(root._aws, '_aws');
  const timestamp = meta.Timestamp;
  must(Number.isInteger(timestamp), '_aws.Timestamp is an integer');
  const directives = array(meta.CloudWatchMetrics, '_aws.CloudWatchMetrics');
  must(directives.length > 0, 'there is a directive');
  return directives.flatMap((directive) =>
    extractDirective(object(directive, 'directive'), root, timestamp as number),
  );
}

function extractDirective(directive: Json, root: Json, timestamp: number): Extracted[] {
  const namespace = text(directive.Namespace, 'Namespace', 255);
  const sets = array(directive.Dimensions, 'Dimensions');
  must(sets.length > 0, 'there is at least one dimension set');
  const definitions = array(directive.Metrics, 'Metrics');
  must(definitions.length > 0 && definitions.length <= 100, 'there are 1 to 100 metrics');
  return sets.flatMap((set) => {
    const keys = array(set, 'a dimension set').map((key) => text(key, 'a dimension key', 250));
    must(keys.length <= 30, 'a dimension set has at most 30 keys');
    const dimensions = Object.fromEntries(
      keys.map((key) => [key, text(root[key], `dimension ${key}`, 1024)]),
    );
    return definitions.map((item) =>
      extractMetric(object(item, 'a metric'), root, { timestamp, namespace, dimensions }),
    );
  });
}

function extractMetric(
  definition: Json,
  root: Json,
  about: Pick<Extracted, 'timestamp' | 'namespace' | 'dimensions'>,
): Extracted {
  const name = text(definition.Name, 'Name', 255);
  const unit = text(definition.Unit ?? 'None', 'Unit', 50);
  must(units.has(unit), `unit ${unit} is one of CloudWatch's that the service uses`);
  const resolution = definition.StorageResolution ?? 60;
  must(resolution === 1 || resolution === 60, 'StorageResolution is 1 or 60');
  const target = root[name];
  const values = Array.isArray(target) ? target : [target];
  must(values.length > 0 && values.length <= 100, `${name} has 1 to 100 values`);
  must(
    values.every((value) => typeof value === 'number' && Number.isFinite(value)),
    `${name} is a number or numbers`,
  );
  return { ...about, name, unit, resolution: resolution as number, values: values as number[] };
}

/** Sum of all values of one metric. */
export function sumOf(extracted: readonly Extracted[], name: string): number {
  return valuesOf(extracted, name).reduce((sum, value) => sum + value, 0);
}

export function valuesOf(extracted: readonly Extracted[], name: string): number[] {
  return extracted.filter((metric) => metric.name === name).flatMap(({ values }) => values);
}

function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Error(`not valid EMF, expected that ${rule}`);
}

function object(value: unknown, what: string): Json {
  must(typeof value === 'object' && value !== null && !Array.isArray(value), `${what} is an object`);
  return value as Json;
}

function array(value: unknown, what: string): readonly unknown[] {
  must(Array.isArray(value), `${what} is an array`);
  return value;
}

function text(value: unknown, what: string, maxLength: number): string {
  must(typeof value === 'string', `${what} is a string`);
  must(value.length > 0 && value.length <= maxLength, `${what} has 1 to ${maxLength} characters`);
  return value;
}
