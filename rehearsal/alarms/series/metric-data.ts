/**
 * The output of `aws cloudwatch get-metric-data` as samples. It holds statistics of periods, and it names no metric: the
 * queries that were asked do. A point arrives when its period is over, as no alarm could have known it before.
 */
import { describeMetric, identityKey, identityOf } from '../../cloudwatch/identity';
import { readStatistic } from '../../cloudwatch/statistics';
import type { MetricIdentity } from '../../cloudwatch/types';
import type { MetricDataPage, MetricDataQueries, MetricStat } from './metric-data-schema';
import { type PeriodStatistics, samplesOfPeriod, statisticSetOf } from './period-samples';
import type { RecordedMetric } from './recorded';
import type { SampleTable } from './sample-table';
import { SeriesError, shown } from './series-error';

/** What the pages hold beside their samples. */
export interface MetricDataReading {
  readonly recorded: readonly RecordedMetric[];
  readonly notices: readonly string[];
}

/** One metric at one period: its statistics by the start of the period. */
interface Recording {
  readonly metric: MetricIdentity;
  readonly unit: string | undefined;
  readonly periodSeconds: number;
  readonly names: Set<string>;
  readonly periods: Map<number, PeriodStatistics>;
}

/**
 * Stores the points of all pages: pages and files of one question belong together. A point that comes twice counts as
 * it was read last. @throws SeriesError
 */
export function addMetricData(
  pages: readonly MetricDataPage[],
  queries: MetricDataQueries,
  table: SampleTable,
): MetricDataReading {
  const recordings = new Map<string, Recording>();
  const leftOut = new Set<string>();
  for (const { file, page } of pages) {
    const asked = new Map([...queries, ...(page.MetricDataQueries ?? [])].map((each) => [each.Id, each]));
    for (const { Id, Timestamps, Values, StatusCode } of page.MetricDataResults) {
      const query = asked.get(Id);
      if (query === undefined) throw unknownId(file, Id);
      if (StatusCode === 'InternalError' || StatusCode === 'Forbidden') throw failed(file, Id, StatusCode);
      if (Timestamps.length !== Values.length) throw uneven(file, Id, Timestamps.length, Values.length);
      if (query.MetricStat === undefined) leftOut.add(Id);
      else addPoints(recordingOf(recordings, query.MetricStat), query.MetricStat.Stat, Timestamps, Values);
    }
  }
  const kept = shortestPeriods([...recordings.values()]);
  for (const recording of kept.recordings) store(recording, table);
  const notices = [...leftOut].map(
    (id) => `${id} is an expression and no metric: left out, alarms compute their own`,
  );
  if (pages.length > 0 && pages.every(({ page }) => typeof page.NextToken === 'string'))
    notices.push('every page names a next one: the last one is missing');
  return {
    recorded: kept.recordings.map(({ metric, periodSeconds, names }) => ({
      metric,
      periodSeconds,
      statistics: [...names],
    })),
    notices: [...notices, ...kept.notices],
  };
}

function recordingOf(recordings: Map<string, Recording>, { Metric, Period, Unit }: MetricStat): Recording {
  const metric = identityOf(Metric);
  const key = `${Period} ${Unit ?? ''} ${identityKey(metric)}`;
  const found = recordings.get(key) ?? {
    metric,
    unit: Unit,
    periodSeconds: Period,
    names: new Set<string>(),
    periods: new Map<number, PeriodStatistics>(),
  };
  recordings.set(key, found);
  return found;
}

const memberOfStatistic = {
  SampleCount: 'sampleCount',
  Sum: 'sum',
  Average: 'average',
  Minimum: 'minimum',
  Maximum: 'maximum',
} as const;

function addPoints(
  { names, periods }: Recording,
  statistic: string,
  timestamps: readonly number[],
  values: readonly number[],
): void {
  names.add(statistic);
  const basic = Object.entries(memberOfStatistic).find(([name]) => name === statistic)?.[1];
  const reading = readStatistic(statistic);
  // Trimmed means and their like are a value of their own: taken as the middle of the samples.
  const percent = reading.ok && reading.statistic.kind === 'percentile' ? reading.statistic.percent : 50;
  timestamps.forEach((at, index) => {
    const value = values[index] ?? 0;
    let period = periods.get(at);
    if (period === undefined) {
      period = { percentiles: new Map() };
      periods.set(at, period);
    }
    if (basic === undefined) period.percentiles.set(percent, value);
    else period[basic] = value;
  });
}

/** The same metric at two periods would count twice; the finer one can stand for the coarser. */
function shortestPeriods(recordings: readonly Recording[]): { recordings: Recording[]; notices: string[] } {
  const keyOf = ({ metric, unit }: Recording): string => `${unit ?? ''} ${identityKey(metric)}`;
  const shortest = new Map<string, Recording>();
  for (const each of recordings) {
    const found = shortest.get(keyOf(each));
    if (found === undefined || each.periodSeconds < found.periodSeconds) shortest.set(keyOf(each), each);
  }
  const notices = recordings
    .filter((each) => shortest.get(keyOf(each)) !== each)
    .map(
      ({ metric, periodSeconds }) =>
        `${describeMetric(metric)} over ${periodSeconds} s is left out: there is a shorter period`,
    );
  return { recordings: [...shortest.values()], notices };
}

function store({ metric, unit, periodSeconds, names, periods }: Recording, table: SampleTable): void {
  const periodMs = periodSeconds * 1000;
  const column = table.column(
    { ...metric, unit, storageResolutionSeconds: periodSeconds < 60 ? 1 : 60 },
    periodMs,
  );
  for (const [at, period] of periods) {
    // The last millisecond of the period: what arrives with a tick is not seen in that tick.
    const arrivedAt = at + periodMs - 1;
    const set = statisticSetOf(period);
    if (set !== undefined) {
      if (set.sampleCount > 0) column.addSet(at, set, arrivedAt);
      continue;
    }
    const samples = samplesOfPeriod(period);
    if (samples === undefined) throw uncounted(metric, names);
    samples.values.forEach((value, index) => {
      column.add(at, value, samples.counts[index] ?? 1, arrivedAt);
    });
  }
}

function unknownId(file: string, id: string): SeriesError {
  return new SeriesError(`${file}: result ${shown(id)}`, {
    what: 'the metric is unknown',
    got: 'an id that no query has',
    expected: 'the MetricDataQueries that were asked',
    action: 'give them with --queries FILE, or as MetricDataQueries beside MetricDataResults',
  });
}

function failed(file: string, id: string, status: string): SeriesError {
  return new SeriesError(`${file}: result ${shown(id)}`, {
    what: 'CloudWatch did not answer the query',
    got: `StatusCode ${status}`,
    expected: 'Complete or PartialData',
    action: 'ask again',
  });
}

function uneven(file: string, id: string, timestamps: number, values: number): SeriesError {
  return new SeriesError(`${file}: result ${shown(id)}`, {
    what: 'times and values do not match',
    got: `${timestamps} Timestamps and ${values} Values`,
    expected: 'as many of each',
    action: 'give the output as it was written',
  });
}

function uncounted(metric: MetricIdentity, names: ReadonlySet<string>): SeriesError {
  return new SeriesError(describeMetric(metric), {
    what: 'the number of samples is unknown',
    got: [...names].join(', '),
    expected: 'SampleCount, or Average, beside Sum and other statistics',
    action: 'ask for SampleCount too',
  });
}
