/** What a file of alarm tests may say. Strict: a key that means nothing is a mistake, not a comment. */
import { z } from 'zod';
import type { EvaluationSettings } from '../../cloudwatch/settings';
import { expectation } from './expectation-schema';
import { keyed } from './problems';
import { chosenBy, duration, notation, signedDuration, span } from './scalars';

/** Fixed, so that a test means the same every day: a Monday, because daily and weekly shapes begin there. */
export const defaultStart = Date.UTC(2026, 0, 5);

const minuteMs = 60_000;
const wholeMinute =
  'expected a whole minute as 2026-01-05T00:00:00Z, because CloudWatch evaluates alarms by the minute';

const moment = z.string(wholeMinute).transform((text, context) => {
  const at = Date.parse(text);
  if (Number.isFinite(at) && at % minuteMs === 0) return at;
  context.addIssue(wholeMinute);
  return z.NEVER;
});
/** CloudWatch keeps no data from before 1970; the other end leaves room for every test in what a date can be. */
const lastStart = Date.UTC(9000, 0, 1);
const start = moment.refine(
  (at) => at >= 0 && at <= lastStart,
  'expected a moment between the years 1970 and 9000',
);

/** Numbers and truth values are text in CloudWatch; lists and nothing at all would be nonsense there. */
const dimensionValue = z
  .union([z.string(), z.number(), z.boolean()], 'expected a value as checkout')
  .transform(String);

/** Says that no alarm is meant to read it: else a series that none reads is taken for a mistake. */
const unread = z.boolean().optional();

const identity = {
  namespace: z.string('expected a namespace as AWS/Lambda').min(1),
  metric: z.string('expected the name of a metric').min(1),
  dimensions: z
    .record(z.string(), dimensionValue, 'expected names and values as { Service: checkout }')
    .default({}),
  unit: z.string().optional(),
  resolution: z.union([z.literal(1), z.literal(60)], 'expected 1 or 60, in seconds').default(60),
};

const sampling = {
  values: notation,
  /** How often each value was measured in its step. */
  count: z.int('expected a whole number').min(1).optional(),
  /** How much later than its time each sample arrives. */
  delay: duration.optional(),
  /** When the first value is; before the start of the test where it is negative. */
  start: signedDuration.optional(),
  /** Of the noise. */
  seed: z.int('expected a whole number').optional(),
};

const namedSeries = keyed({ ...identity, ...sampling, step: span, unread });
const inputSeries = keyed({ input: z.string().min(1), ...sampling, step: span.optional() });
const fileSeries = keyed({
  file: z.string().min(1),
  /** For the formats that leave them open: the namespace or mapping of Prometheus data, the queries of get-metric-data. */
  namespace: z.string().optional(),
  mapping: z.string().optional(),
  queries: z.string().optional(),
  unread,
});
const suppliedSeries = keyed({
  supply: z.string().min(1),
  step: span.optional(),
  start: signedDuration.optional(),
  values: notation.optional(),
  band: keyed({ lower: notation, upper: notation }).optional(),
}).refine(
  ({ values, band }) => (values === undefined) !== (band === undefined),
  'expected either values or band',
);

export type NamedSeries = z.output<typeof namedSeries>;
export type InputSeries = z.output<typeof inputSeries>;
export type FileSeries = z.output<typeof fileSeries>;
export type SuppliedSeries = z.output<typeof suppliedSeries>;
export type SeriesEntry = NamedSeries | InputSeries | FileSeries | SuppliedSeries;

/** Told apart by the key that each must have, so that a mistake is explained for the kind that was meant. */
const series = chosenBy<SeriesEntry>((has) => {
  if (has('input')) return inputSeries;
  if (has('supply')) return suppliedSeries;
  if (has('file')) return fileSeries;
  return has('metric') || has('namespace') ? namedSeries : undefined;
}, 'expected namespace and metric, or input, or supply, or file');

/** One schema for each setting that exists: a new one is not forgotten here. */
const settingSchemas = {
  evaluationRangeExtraPeriods: z.int().min(0),
  evaluationDelaySeconds: z.number().min(0),
  hourlyEvaluationMinute: z.int().min(0).max(59),
  percentileInterpolation: z.enum(['nearest-rank', 'linear']),
  lowSampleCountKeepsState: z.enum(['any-judged', 'every-judged']),
  bothSidesMissing: z.enum(['missing', 'zero']),
  missingFalseBranch: z.enum(['zero', 'missing']),
  trimmedBoundarySample: z.enum(['share', 'whole']),
  standardDeviation: z.enum(['population', 'sample']),
  dynamoDbMissingData: z.enum(['ignore-by-default', 'ignore-always']),
} satisfies Record<keyof EvaluationSettings, z.ZodType>;

const settings = keyed(settingSchemas)
  .partial()
  .transform((value) => value as Partial<EvaluationSettings>);

const test = keyed({
  name: z.string('expected a name').min(1),
  /** How long it is played; to the end of the longest series when absent. */
  for: span.optional(),
  series: z.array(series, 'expected a list of series').default([]),
  expect: z.array(expectation, 'expected a list of expectations').min(1, 'expected at least one expectation'),
});

export const testFile = keyed({
  /** Beside this file; what the command line names comes first. */
  template: z.string().min(1).optional(),
  start: start.optional(),
  settings: settings.default({}),
  tests: z.array(test, 'expected a list of tests').min(1, 'expected at least one test'),
}).superRefine(({ tests }, context) => {
  const names = tests.map(({ name }) => name);
  names.forEach((name, index) => {
    if (names.indexOf(name) === index) return;
    const path = ['tests', index, 'name'];
    context.addIssue({ code: 'custom', path, message: 'expected another name, two tests have this one' });
  });
});

export type TestFile = z.output<typeof testFile>;
export type AlarmTest = z.output<typeof test>;
