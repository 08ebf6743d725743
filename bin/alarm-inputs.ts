/** What backtest and explain read: the alarms of a template, and recorded data from files or from CloudWatch itself. */
import { warmUpMs } from '../rehearsal/alarms/backtest/range';
import { instantRangeWords, isPlausible, parseInstant } from '../rehearsal/alarms/series/instant';
import { type OpenedSeries, openMetricData, openSeries } from '../rehearsal/alarms/series/open';
import { inexactUses, metricUses } from '../rehearsal/alarms/series/recorded';
import type { AlarmTemplate } from '../rehearsal/alarms/template/read-alarm-templates';
import { systemClock } from '../rehearsal/clock';
import { defaultSettings } from '../rehearsal/cloudwatch/settings';
import { excerpt } from '../rehearsal/excerpt';
import { readNamedTemplates, type TemplateInputOptions } from './template-input';
import { standardTerminal } from './terminal';
import { UsageError } from './usage-error';

export interface AlarmInputOptions extends TemplateInputOptions {
  readonly series: readonly string[];
  /** The data of the alarms' metrics, asked of CloudWatch now. */
  readonly fromCloudwatch: boolean;
  /** A file with the queries that were asked, for output of get-metric-data. */
  readonly queries?: string | undefined;
  /** Namespace of Prometheus series, and the file that says which metric each is. */
  readonly namespace?: string | undefined;
  readonly mapping?: string | undefined;
  /** ISO 8601. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface AlarmInputs {
  readonly template: AlarmTemplate;
  readonly series: OpenedSeries;
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** What reading them found worth telling. */
  readonly remarks: readonly { readonly subject: string; readonly text: string }[];
}

/** Reads the data and the template. @throws UsageError TemplateError SeriesError ConfigError */
export async function readAlarmInputs(options: AlarmInputOptions): Promise<AlarmInputs> {
  const from = readTime('--from', options.from);
  const { series: files, fromCloudwatch } = options;
  const to = readTime('--to', options.to) ?? (fromCloudwatch ? settledUntil() : undefined);
  if (files.length > 0 === fromCloudwatch) {
    const got = fromCloudwatch ? 'both' : 'neither';
    throw new UsageError(
      `--series, --from-cloudwatch: where the data comes from, got ${got}, expected one of them; name files with --series, or ask CloudWatch`,
    );
  }
  const opened = fromCloudwatch ? undefined : await openFiles(options);
  // A recording names queues and hosts as the rehearsal does.
  const template = await readNamedTemplates(options, opened?.source.run !== undefined);
  const uses = metricUses(template.resources);
  const { series, asked } =
    opened === undefined ? await askCloudWatch({ template, from, to }) : { series: opened, asked: [] };
  const about = (subject: string, texts: readonly string[]): AlarmInputs['remarks'] =>
    texts.map((text) => ({ subject, text }));
  const remarks = [
    ...about('template', template.notes),
    ...about('data', [...asked, ...series.notices, ...inexactUses(series.recorded, uses)]),
  ];
  return { template, series, from, to, remarks };
}

/** Metrics of the last minutes are still arriving at CloudWatch; taken for missing they would raise alarms. */
const settlingMinutes = 2;

function settledUntil(): number {
  const minuteMs = 60_000;
  return (Math.floor(systemClock().now() / minuteMs) - settlingMinutes) * minuteMs;
}

/** ISO 8601 with a zone to milliseconds. */
export function readTime(option: string, text: string | undefined): number | undefined {
  const at = text === undefined ? undefined : parseInstant(text);
  if (text === undefined || (at !== undefined && isPlausible(at))) return at;
  if (at !== undefined)
    throw new UsageError(
      `${option}: no data is of this time, got '${excerpt(text)}', expected ${instantRangeWords}; correct the year`,
    );
  throw new UsageError(
    `${option}: no time, got '${excerpt(text)}', expected one like 2026-03-01T12:00:00Z; write it so, with its zone`,
  );
}

interface Wanted {
  readonly template: AlarmTemplate;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

function openFiles({ series, queries, namespace, mapping }: AlarmInputOptions): Promise<OpenedSeries> {
  return openSeries(series, {
    ...(queries === undefined ? {} : { queries }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(mapping === undefined ? {} : { mapping }),
  });
}

async function askCloudWatch({
  template,
  from,
  to,
}: Wanted): Promise<{ series: OpenedSeries; asked: readonly string[] }> {
  if (from === undefined) {
    throw new UsageError(
      '--from-cloudwatch: since when is open, got no --from, expected a time; add --from, and --to if it is not until two minutes ago',
    );
  }
  // The SDK takes longer to load than most backtests take.
  const { connectCloudWatch, fromCloudWatch }: typeof import('./from-cloudwatch') =
    require('./from-cloudwatch');
  const now = systemClock().now();
  const start = from - warmUpMs(template.resources, defaultSettings.evaluationRangeExtraPeriods);
  const uses = metricUses(template.resources);
  const answer = await fromCloudWatch(uses, { start, end: to ?? now }, now, connectCloudWatch());
  return { series: openMetricData(answer.document, '--from-cloudwatch'), asked: answer.notices };
}

/** Colours for a terminal that wants them. */
export function reportPaint(): (tone: 'bad' | 'good' | 'soft' | 'strong', text: string) => string {
  const { paint } = standardTerminal();
  return (tone, text) => (tone === 'strong' ? text : paint(tone === 'soft' ? 'dim' : tone, text));
}
