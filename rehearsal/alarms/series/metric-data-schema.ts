/** What `aws cloudwatch get-metric-data` writes, and what it was asked: checked before anything is made of it. */
import { z } from 'zod';
import { instantRangeWords, isPlausible, parseInstant } from './instant';
import { SeriesError, shown } from './series-error';

/** As long as CloudWatch keeps data: 455 days. */
const longestPeriodSeconds = 455 * 86_400;

const query = z.object({
  Id: z.string(),
  Expression: z.string().optional(),
  MetricStat: z
    .object({
      Metric: z.object({
        Namespace: z.string(),
        MetricName: z.string(),
        Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
      }),
      Period: z.int().positive().max(longestPeriodSeconds),
      Stat: z.string(),
      Unit: z.string().optional(),
    })
    .optional(),
});

/** Seconds are the API's own form, and what JSON makes of them in the older command line. */
const timeWords = `expected ISO 8601 with a zone, or seconds since 1970, and ${instantRangeWords}`;
const time = z.union([z.string(), z.number()], timeWords).transform((given, context) => {
  const at = typeof given === 'number' ? Math.round(given * 1000) : parseInstant(given);
  if (at !== undefined && isPlausible(at)) return at;
  context.addIssue(timeWords);
  return z.NEVER;
});

const result = z.object({
  Id: z.string(),
  Label: z.string().optional(),
  Timestamps: z.array(time).default([]),
  Values: z.array(z.number()).default([]),
  StatusCode: z.enum(['Complete', 'PartialData', 'InternalError', 'Forbidden']).default('Complete'),
});

const metricDataQueries = z.union([
  z.array(query),
  z.object({ MetricDataQueries: z.array(query) }).transform(({ MetricDataQueries }) => MetricDataQueries),
]);

const page = z.object({
  MetricDataQueries: z.array(query).optional(),
  MetricDataResults: z.array(result),
  NextToken: z.string().nullish(),
});

export type MetricDataQueries = z.output<typeof metricDataQueries>;
export type MetricStat = NonNullable<MetricDataQueries[number]['MetricStat']>;

/** One page of the output, or the envelope that holds the queries as well. */
export interface MetricDataPage {
  readonly file: string;
  readonly page: z.output<typeof page>;
}

/** Checks one parsed file. @throws SeriesError naming the member */
export function readMetricDataPage(value: unknown, file: string): MetricDataPage {
  return { file, page: check(page, value, file) };
}

/** Checks the queries: a list, or an object with `MetricDataQueries`. @throws SeriesError naming the member */
export function readMetricDataQueries(value: unknown, file: string): MetricDataQueries {
  return check(metricDataQueries, value, file);
}

function check<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  throw new SeriesError(`${file}: ${path.join('').replace(/^\./, '') || 'the document'}`, {
    what: 'not as get-metric-data writes it',
    got: shown(JSON.stringify(issue?.path.reduce<unknown>(memberOf, value)) ?? 'nothing'),
    expected: (issue?.message ?? 'another value').replace(/^.*?expected /, ''),
    action: 'give the output of aws cloudwatch get-metric-data as it is',
  });
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
