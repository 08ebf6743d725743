import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { connectCloudWatch, fromCloudWatch } from '../../../../bin/from-cloudwatch';
import { UsageError } from '../../../../bin/usage-error';
import { planQueries } from '../../../../rehearsal/alarms/series/metric-queries';
import { openMetricData } from '../../../../rehearsal/alarms/series/open';
import { inexactUses, type MetricUse } from '../../../../rehearsal/alarms/series/recorded';
import type { CloudWatch } from '../../../../rehearsal/cloudwatch/types';
import { startEndpoint } from '../../../../rehearsal/endpoint/endpoint';
import type { Endpoint, EndpointServices } from '../../../../rehearsal/endpoint/types';
import { manualClock } from '../../manual-clock';
import { datum, latency, minute, monday, sourceOf, statistic, storeOf } from './fixture';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const day = 24 * 60 * minute;
const use = (statistic: string, more: Partial<MetricUse> = {}): MetricUse => ({
  alarm: 'high',
  metric: latency,
  periodSeconds: 60,
  statistic,
  minds: undefined,
  ...more,
});
const connect = (url: string): CloudWatchClient =>
  connectCloudWatch({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'REHEARSAL', secretAccessKey: 'rehearsal' },
    maxAttempts: 1,
  });

describe('the questions to CloudWatch', () => {
  const plan = (uses: MetricUse[], ageMs = 0) =>
    planQueries(uses, { start: monday + 1, end: monday + 61_000 }, monday + ageMs);
  const asked = (uses: MetricUse[], ageMs = 0): string[] =>
    plan(uses, ageMs).queries.map(({ Id, MetricStat }) =>
      `${Id} ${MetricStat?.Metric.MetricName} ${MetricStat?.Stat} ${MetricStat?.Period} ${MetricStat?.Unit ?? ''}`.trim(),
    );

  it('ask each metric once, for all that tells it, at a period that serves every alarm', () => {
    const other = { ...latency, name: 'Errors' };
    assert.deepEqual(
      asked([
        use('Average', { periodSeconds: 300 }),
        use('p99', { periodSeconds: 120 }),
        use('Sum', { metric: other, unit: 'Count' }),
      ]),
      [
        ...['SampleCount', 'Sum', 'Minimum', 'Maximum', 'p99'].map(
          (name, index) => `m0s${index} Latency ${name} 60`,
        ),
        ...['SampleCount', 'Sum', 'Minimum', 'Maximum'].map(
          (name, index) => `m1s${index} Errors ${name} 60 Count`,
        ),
      ],
    );
    assert.deepEqual(asked([use('Sum', { metric: { ...latency, namespace: ':supplied' } })]), []);
  });

  it('ask no more finely than the data is kept at its age, and say so', () => {
    assert.deepEqual(plan([use('Sum', { periodSeconds: 10 })]).queries[0]?.MetricStat?.Period, 10);
    for (const [ageMs, period] of [
      [day, 60],
      [20 * day, 300],
      [80 * day, 3600],
    ] as const) {
      const { queries, notices, range } = plan([use('Sum', { periodSeconds: 10 })], ageMs);
      assert.equal(queries[0]?.MetricStat?.Period, period);
      assert.match(notices[0] ?? '', /reads 10 s, got/);
      assert.equal(range.start % (period * 1000), 0);
      assert.ok(range.end >= monday + 61_000);
    }
  });
});

describe('data out of CloudWatch', () => {
  let endpoint: Endpoint;
  let client: CloudWatchClient;
  let cloudwatch: CloudWatch;
  before(async () => {
    const samples = Array.from({ length: 300 }, (_, index) => ({
      arrivedAt: monday,
      datum: datum(monday + index * 1000, [(index * 37) % 101], { unit: 'Milliseconds' }),
    }));
    cloudwatch = storeOf(sourceOf(samples));
    endpoint = await startEndpoint({ port: 0 });
    // Nothing but metrics is asked for.
    const services: Partial<EndpointServices> = { cloudwatch, clock: manualClock(monday), newId: () => 'id' };
    endpoint.serve(services as EndpointServices);
    client = connect(endpoint.url);
  });
  after(async () => {
    client.destroy();
    await endpoint.stop();
  });

  it('has every statistic that the alarms read', async () => {
    const statistics = ['Average', 'Sum', 'SampleCount', 'Minimum', 'Maximum', 'p50', 'p95'];
    const uses = statistics.map((name) => use(name, { unit: 'Milliseconds' }));
    const { document, notices } = await fromCloudWatch(
      uses,
      { start: monday, end: monday + 5 * minute },
      monday,
      client,
    );
    assert.deepEqual(notices, []);
    const { source, recorded } = openMetricData(JSON.parse(JSON.stringify(document)), 'CloudWatch');
    assert.deepEqual(inexactUses(recorded, uses), []);
    const copy = storeOf(source);
    for (const name of statistics)
      assert.deepEqual(statistic(copy, name, 5), statistic(cloudwatch, name, 5), name);
    assert.equal(statistic(copy, 'Sum', 5).length, 5);
    assert.deepEqual([...source.arrivals()][0]?.datum.unit, 'Milliseconds');
  });

  it('is told where CloudWatch cannot be asked, without a stack trace', async () => {
    const gone = connect('http://127.0.0.1:1');
    await assert.rejects(
      fromCloudWatch([use('Sum')], { start: monday, end: monday + minute }, monday, gone),
      (error) =>
        error instanceof UsageError &&
        /^--from-cloudwatch: CloudWatch cannot be asked, got .*ECONNREFUSED.*AWS_PROFILE/.test(error.message),
    );
    await assert.rejects(
      fromCloudWatch([use('Sum')], { start: monday, end: monday }, monday, client),
      UsageError,
    );
    gone.destroy();
  });
});

describe('more than one page and one request', () => {
  let server: Server;
  let client: CloudWatchClient;
  const asked: { ids: string[]; token: string | undefined }[] = [];
  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const input: { MetricDataQueries: { Id: string }[]; NextToken?: string } = JSON.parse(
          Buffer.concat(chunks).toString(),
        );
        asked.push({ ids: input.MetricDataQueries.map(({ Id }) => Id), token: input.NextToken });
        const page = Number(input.NextToken ?? 0);
        const MetricDataResults = input.MetricDataQueries.map(({ Id }) => ({
          Id,
          Timestamps: [(monday + page * minute) / 1000],
          Values: [page + 1],
          StatusCode: page === 2 ? 'Complete' : 'PartialData',
        }));
        const answer = { MetricDataResults, ...(page === 2 ? {} : { NextToken: `${page + 1}` }) };
        response.setHeader('content-type', 'application/x-amz-json-1.0');
        response.end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  after(() => {
    client.destroy();
    server.close();
    server.closeAllConnections();
  });

  it('are asked for one after the other, and read as one', async () => {
    const uses = Array.from({ length: 130 }, (_, index) =>
      use('Sum', { metric: { ...latency, name: `m${index}` } }),
    );
    const { document } = await fromCloudWatch(
      uses,
      { start: monday, end: monday + 3 * minute },
      monday,
      client,
    );
    assert.deepEqual(
      asked.map(({ ids, token }) => [ids.length, token]),
      [500, 20].flatMap((length) => [undefined, '1', '2'].map((token) => [length, token])),
    );
    const { source } = openMetricData(document, 'CloudWatch');
    assert.equal(source.metrics().length, 130);
    assert.deepEqual(statistic(storeOf(source), 'Sum', 3, { ...latency, name: 'm129' }), [1, 2, 3]);
  });
});
