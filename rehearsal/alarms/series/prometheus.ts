/** The answer of Prometheus to a range query as samples: each point is one. NaN, stale or infinite points are gaps. */
import { z } from 'zod';
import { instantRangeWords, isPlausible } from './instant';
import { describeLabels, mapLabels, type PrometheusMapping } from './prometheus-mapping';
import type { SampleTable } from './sample-table';
import { SeriesError, shown } from './series-error';

const labels = z.record(z.string(), z.string());
const point = z.tuple([z.number(), z.string()]);

const matrix = z.object({
  resultType: z.string(),
  result: z.array(
    z.object({ metric: labels, values: z.array(point).optional(), histograms: z.unknown().optional() }),
  ),
});

const answer = z.union([
  z.object({ status: z.literal('success'), data: matrix }).transform(({ data }) => data),
  matrix,
]);

/** What counts up for ever in Prometheus: CloudWatch would be given the increases. */
const cumulativeName = /_(total|sum|count|bucket)$/;

/**
 * Stores the points of one answer. @returns notices
 * @throws SeriesError for what is no range of numbers, and for series that the mapping cannot name
 */
export function addPrometheus(
  value: unknown,
  file: string,
  mapping: PrometheusMapping,
  table: SampleTable,
): string[] {
  const cumulative = new Set<string>();
  let gaps = 0;
  for (const { metric, values, histograms } of readMatrix(value, file).result) {
    if (histograms !== undefined) throw noHistograms(file, metric);
    const column = table.column(mapLabels(metric, mapping, file));
    const { __name__: name = '' } = metric;
    if (cumulativeName.test(name)) cumulative.add(name);
    for (const [index, [seconds, text]] of (values ?? []).entries()) {
      const at = Math.round(seconds * 1000);
      if (!isPlausible(at)) throw strangeTime(file, metric, index, seconds);
      const amount = readAmount(text, file, metric);
      if (amount === undefined) gaps += 1;
      else column.add(at, amount);
    }
  }
  const notices = [...cumulative].map(
    (name) => `${name} counts up for ever, and alarms expect what was added; ask for increase(${name}[1m])`,
  );
  return gaps === 0
    ? notices
    : [...notices, `${gaps} points are NaN or infinite: gaps, as CloudWatch takes neither`];
}

function readMatrix(value: unknown, file: string): z.output<typeof matrix> {
  const failed = z
    .object({ status: z.literal('error'), error: z.string().default('no reason') })
    .safeParse(value);
  if (failed.success)
    throw complaint(file, 'Prometheus refused the query', shown(failed.data.error), 'correct the query');
  const kind = z
    .union([
      z.object({ data: z.object({ resultType: z.string() }) }).transform(({ data }) => data),
      z.object({ resultType: z.string() }),
    ])
    .safeParse(value);
  if (kind.success && kind.data.resultType !== 'matrix')
    throw complaint(
      file,
      'no range of points',
      `resultType ${kind.data.resultType}`,
      'ask /api/v1/query_range',
    );
  const parsed = answer.safeParse(value);
  if (parsed.success) return parsed.data;
  throw complaint(
    file,
    'not as Prometheus writes it',
    'another structure',
    'give the answer of /api/v1/query_range as it is',
  );
}

/** Prometheus writes numbers as text; undefined is no number. */
function readAmount(
  text: string,
  file: string,
  metric: Readonly<Record<string, string>>,
): number | undefined {
  const amount = Number(text);
  if (Number.isFinite(amount) && text.trim() !== '') return amount;
  if (/^([+-]?Inf|NaN)$/.test(text)) return undefined;
  throw complaint(`${file}: series ${describeLabels(metric)}`, 'no number', shown(text), 'correct the value');
}

function strangeTime(
  file: string,
  metric: Readonly<Record<string, string>>,
  index: number,
  seconds: number,
): SeriesError {
  return new SeriesError(`${file}: series ${describeLabels(metric)}, values[${index}]`, {
    what: 'no data is of this time',
    got: `${seconds} seconds since 1970`,
    expected: instantRangeWords,
    action: 'give the answer of /api/v1/query_range as it is',
  });
}

function noHistograms(file: string, metric: Readonly<Record<string, string>>): SeriesError {
  return complaint(
    `${file}: series ${describeLabels(metric)}`,
    'a histogram is no number',
    'native histogram samples',
    'ask for a number, as histogram_quantile(0.95, ...)',
  );
}

function complaint(subject: string, what: string, got: string, action: string): SeriesError {
  return new SeriesError(subject, { what, got, expected: 'a matrix of numbers', action });
}
