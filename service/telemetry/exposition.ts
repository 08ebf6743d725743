/** The counters as text for Prometheus: its own format and OpenMetrics, from one list of families. */

/** OpenMetrics alone has exemplars, units and an end mark. */
export type Format = 'prometheus' | 'openmetrics';

export const contentTypes: Readonly<Record<Format, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** A bucket of a histogram: how many values lie at or below its bound. */
export interface Bucket {
  /** Infinity for the last one. */
  readonly bound: number;
  readonly count: number;
  readonly exemplar?: { readonly labels: Labels; readonly value: number; readonly atSeconds: number };
}

/** `name` is the family's, without the suffixes that its samples carry; a unit is the last word of the name. */
export type Family = { readonly name: string; readonly help: string; readonly unit?: string } & (
  | { readonly type: 'counter' | 'gauge' | 'info'; readonly samples: readonly Sample[] }
  | { readonly type: 'histogram'; readonly buckets: readonly Bucket[]; readonly sum: number }
);

/** The whole text. Families keep their order, and all samples of one stand together. */
export function renderExposition(families: readonly Family[], format: Format): string {
  const blocks = families.map((family) => `${headOf(family, format)}${samplesOf(family, format)}`);
  return `${blocks.join('')}${format === 'openmetrics' ? '# EOF\n' : ''}`;
}

/** The suffix that samples of a family carry in both formats. */
const suffixes: Readonly<Record<Family['type'], string>> = {
  counter: '_total',
  gauge: '',
  info: '_info',
  histogram: '',
};

function headOf({ name, help, unit, type }: Family, format: Format): string {
  if (format === 'openmetrics') {
    const unitLine = unit === undefined ? '' : `# UNIT ${name} ${unit}\n`;
    return `# TYPE ${name} ${type}\n${unitLine}# HELP ${name} ${escapeHelp(help)}\n`;
  }
  // The older format names what the samples are called, and knows no type for facts.
  const sampled = `${name}${suffixes[type]}`;
  return `# HELP ${sampled} ${escapeHelp(help)}\n# TYPE ${sampled} ${type === 'info' ? 'gauge' : type}\n`;
}

function samplesOf(family: Family, format: Format): string {
  if (family.type !== 'histogram') {
    const name = `${family.name}${suffixes[family.type]}`;
    return family.samples
      .map(({ labels, value }) => `${name}${labelText(labels)} ${numberText(value)}\n`)
      .join('');
  }
  const { name, buckets, sum } = family;
  const lines = buckets.map((bucket) => {
    const labels = labelText({ le: boundText(bucket.bound, format) });
    return `${name}_bucket${labels} ${bucket.count}${exemplarText(bucket, format)}\n`;
  });
  const count = buckets.at(-1)?.count ?? 0;
  return `${lines.join('')}${name}_sum ${numberText(sum)}\n${name}_count ${count}\n`;
}

function exemplarText({ exemplar }: Bucket, format: Format): string {
  if (exemplar === undefined || format === 'prometheus') return '';
  const { labels, value, atSeconds } = exemplar;
  return ` # ${labelText(labels)} ${numberText(value)} ${atSeconds}`;
}

/** OpenMetrics wants 1.0 and not 1, so that a series keeps its name whatever wrote it. */
function boundText(bound: number, format: Format): string {
  if (bound === Number.POSITIVE_INFINITY) return '+Inf';
  return format === 'openmetrics' && Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join()}}`;
}

const escapeLabel = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** No help text has a quote, so both formats escape it alike. */
const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
