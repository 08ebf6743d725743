/** The data of a template's alarms out of CloudWatch itself, in the form in which `aws cloudwatch get-metric-data` would give it. */
import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { planQueries, type TimeRange } from '../rehearsal/alarms/series/metric-queries';
import type { MetricUse } from '../rehearsal/alarms/series/recorded';
import type { MetricDataQuery } from '../rehearsal/cloudwatch/types';
import { UsageError } from './usage-error';

/** Queries and results in one document: `openSeries` reads it from a file, `openMetricData` as it is. */
export interface MetricDataDocument {
  readonly MetricDataQueries: readonly MetricDataQuery[];
  readonly MetricDataResults: readonly {
    readonly Id: string;
    readonly Label: string;
    readonly Timestamps: readonly string[];
    readonly Values: readonly number[];
    readonly StatusCode: string;
  }[];
}

export interface FromCloudWatch {
  readonly document: MetricDataDocument;
  /** What the answer cannot serve, one sentence each. */
  readonly notices: readonly string[];
}

/** AWS's documented limit of one request. */
const mostQueries = 500;

/** A client with the credentials and the region that every AWS tool on this machine would take. */
export function connectCloudWatch(config: CloudWatchClientConfig = {}): CloudWatchClient {
  return new CloudWatchClient(config);
}

/**
 * Asks CloudWatch for what the alarms read, every page of it.
 * @param now milliseconds since the epoch: the age of data decides how finely it is kept
 * @throws UsageError where CloudWatch cannot be asked
 */
export async function fromCloudWatch(
  uses: readonly MetricUse[],
  range: TimeRange,
  now: number,
  client: CloudWatchClient,
): Promise<FromCloudWatch> {
  if (!(range.start < range.end))
    throw new UsageError(
      `--from-cloudwatch: no time between, got ${written(range.start)} to ${written(range.end)}, ` +
        'expected a start before the end; correct --from and --to',
    );
  const question = planQueries(uses, range, now);
  const results: MetricDataDocument['MetricDataResults'][number][] = [];
  for (let first = 0; first < question.queries.length; first += mostQueries) {
    const batch = question.queries.slice(first, first + mostQueries);
    results.push(...(await ask(batch, question.range, client)));
  }
  return {
    document: { MetricDataQueries: question.queries, MetricDataResults: results },
    notices: question.notices,
  };
}

async function ask(
  batch: readonly MetricDataQuery[],
  range: TimeRange,
  client: CloudWatchClient,
): Promise<MetricDataDocument['MetricDataResults']> {
  const results: MetricDataDocument['MetricDataResults'][number][] = [];
  let token: string | undefined;
  do {
    const page = await send(batch, range, token, client);
    for (const {
      Id = '',
      Label = '',
      Timestamps = [],
      Values = [],
      StatusCode = 'Complete',
    } of page.MetricDataResults ?? []) {
      const times = Timestamps.map((time) => time.toISOString());
      results.push({ Id, Label, Timestamps: times, Values, StatusCode });
    }
    token = page.NextToken;
  } while (token !== undefined && token !== '');
  return results;
}

async function send(
  batch: readonly MetricDataQuery[],
  range: TimeRange,
  token: string | undefined,
  client: CloudWatchClient,
): Promise<GetMetricDataCommandOutput> {
  const command = new GetMetricDataCommand({
    MetricDataQueries: batch.map(({ Id, MetricStat }) => ({
      Id,
      MetricStat: MetricStat && {
        ...MetricStat,
        Metric: { ...MetricStat.Metric, Dimensions: [...(MetricStat.Metric.Dimensions ?? [])] },
        Unit: MetricStat.Unit as 'None' | undefined,
      },
    })),
    StartTime: new Date(range.start),
    EndTime: new Date(range.end),
    ScanBy: 'TimestampAscending',
    NextToken: token,
  });
  try {
    return await client.send(command);
  } catch (error) {
    throw refused(error);
  }
}

/** Every failure of the call is about the account, the region or the network, none about this program. */
function refused(error: unknown): UsageError {
  const { name = 'Error', message = String(error) } = error as Partial<Error>;
  const [line = ''] = message.split('\n');
  return new UsageError(
    `--from-cloudwatch: CloudWatch cannot be asked, got ${name}: ${line}, expected credentials that may call ` +
      'cloudwatch:GetMetricData, and a region; try aws sts get-caller-identity, or set AWS_PROFILE and AWS_REGION',
  );
}

function written(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString() : 'no time';
}
