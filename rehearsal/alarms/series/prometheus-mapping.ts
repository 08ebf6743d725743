/** Which CloudWatch metric a Prometheus series is: a small file of rules says, and where no rule fits, its own name and labels. */
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { units } from '../../cloudwatch/units';
import type { SeriesIdentity } from './sample-column';
import { SeriesError, shown } from './series-error';

const rule = z.strictObject({
  /** The metric's name; any when absent, since functions of PromQL drop it. */
  prometheus: z.string().optional(),
  /** Labels that the series must have. */
  where: z.record(z.string(), z.string()).default({}),
  namespace: z.string().min(1).optional(),
  /** The name when absent. */
  metric: z.string().min(1).optional(),
  /** `{label}` stands for the value of a label. All labels when absent. */
  dimensions: z.record(z.string(), z.string()).optional(),
  /** Labels that become no dimension where `dimensions` is absent. */
  without: z.array(z.string()).default([]),
  unit: z.enum(units).optional(),
  resolution: z.union([z.literal(1), z.literal(60)], 'expected 1 or 60, in seconds').default(60),
});

const mappingFile = z.strictObject({
  /** Of series for which no rule names another one. */
  namespace: z.string().min(1).optional(),
  /** The first rule that fits a series holds for it. */
  metrics: z.array(rule).default([]),
});

export type PrometheusMapping = z.output<typeof mappingFile>;
type Rule = PrometheusMapping['metrics'][number];

/** Every series under its own name, in one namespace. */
export function plainMapping(namespace: string | undefined): PrometheusMapping {
  return { namespace, metrics: [] };
}

/** Reads a mapping file, YAML or JSON. @throws SeriesError */
export function parsePrometheusMapping(text: string, file: string): PrometheusMapping {
  const parsed = mappingFile.safeParse(parseYaml(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : undefined;
  throw new SeriesError(`${file}: ${(issue?.path ?? []).map(String).join('.') || 'the mapping'}`, {
    what: 'not usable',
    got: unknown === undefined ? 'another value' : `unknown key ${unknown}`,
    expected:
      unknown === undefined
        ? (issue?.message ?? 'another value').replace(/^.*?expected /, '')
        : 'namespace, metrics, and in each of these prometheus, where, namespace, metric, dimensions, without, unit, resolution',
    action: 'correct the mapping',
  });
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const [problem = ''] = error.message.split('\n');
    throw new SeriesError(file, {
      what: 'no mapping',
      got: problem.replace(/:$/, ''),
      expected: 'YAML or JSON',
      action: 'correct the file',
    });
  }
}

/** The metric of a series with these labels. @throws SeriesError where namespace, name or a label is lacking */
export function mapLabels(
  labels: Readonly<Record<string, string>>,
  mapping: PrometheusMapping,
  file: string,
): SeriesIdentity {
  const { __name__: ownName, ...others } = labels;
  const fitting = mapping.metrics.find(
    ({ prometheus, where }) =>
      (prometheus === undefined || prometheus === ownName) &&
      Object.entries(where).every(([label, value]) => labels[label] === value),
  );
  const complain = (what: string, expected: string): SeriesError =>
    new SeriesError(`${file}: series ${describeLabels(labels)}`, {
      what,
      got: 'none',
      expected,
      action: 'say so in a mapping, given with --mapping FILE',
    });
  const namespace = fitting?.namespace ?? mapping.namespace;
  if (namespace === undefined) throw complain('the namespace is not known', '--namespace NAME or a mapping');
  const name = fitting?.metric ?? ownName;
  if (name === undefined) throw complain('the series has no name', 'a rule with metric');
  return {
    namespace,
    name,
    dimensions: fitting === undefined ? present(others) : dimensionsBy(fitting, others, complain),
    unit: fitting?.unit,
    storageResolutionSeconds: fitting?.resolution ?? 60,
  };
}

function dimensionsBy(
  { dimensions, without }: Rule,
  labels: Readonly<Record<string, string>>,
  complain: (what: string, expected: string) => SeriesError,
): Record<string, string> {
  if (dimensions === undefined)
    return present(Object.fromEntries(Object.entries(labels).filter(([label]) => !without.includes(label))));
  const filled = (template: string): string =>
    template.replaceAll(/\{([a-zA-Z_][a-zA-Z0-9_]*)\}/g, (_, label: string) => {
      const value = labels[label];
      if (value === undefined || value === '')
        throw complain(`the series lacks the label ${label}`, `a value for {${label}}`);
      return value;
    });
  return Object.fromEntries(Object.entries(dimensions).map(([name, template]) => [name, filled(template)]));
}

/** A label without a value is, to Prometheus, no label. */
function present(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}

/** A series as Prometheus writes it, cut where it is too long to be read. */
export function describeLabels({ __name__: name = '', ...labels }: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return shown(`${name}{${pairs.join(', ')}}`).slice(1, -1);
}
