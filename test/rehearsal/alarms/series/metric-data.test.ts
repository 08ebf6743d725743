import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { play } from '../../../../rehearsal/alarms/playback';
import { addMetricData } from '../../../../rehearsal/alarms/series/metric-data';
import {
  readMetricDataPage,
  readMetricDataQueries,
} from '../../../../rehearsal/alarms/series/metric-data-schema';
import { generateSeries } from '../../../../rehearsal/alarms/series/notation/generate';
import { openMetricData } from '../../../../rehearsal/alarms/series/open';
import { samplesOfPeriod } from '../../../../rehearsal/alarms/series/period-samples';
import { createSampleTable } from '../../../../rehearsal/alarms/series/sample-table';
import { SeriesError } from '../../../../rehearsal/alarms/series/series-error';
import type { SeriesSource } from '../../../../rehearsal/alarms/types';
import { rehearsalPlace } from '../../../../rehearsal/resources';
import { metricAlarm } from '../../cloudwatch/fixture';
import { datum, described, latency, minute, monday, sourceOf, statistic, storeOf } from './fixture';

const Metric = { Namespace: 'App', MetricName: 'Latency', Dimensions: [{ Name: 'service', Value: 'a' }] };
const query = (Id: string, Stat: string, Period = 60, more = {}) => ({
  Id,
  MetricStat: { Metric, Period, Stat, ...more },
});
const times = ['2026-01-05T00:00:00+00:00', '2026-01-05T00:01:00Z'];
const result = (Id: string, Values: number[], Timestamps: (string | number)[] = times) => ({
  Id,
  Label: 'x',
  Timestamps,
  Values,
  StatusCode: 'Complete',
});
const open = (queries: unknown[], results: unknown[]) =>
  openMetricData({ MetricDataQueries: queries, MetricDataResults: results, Messages: [] }, 'a.json');

describe('the output of get-metric-data', () => {
  it('is one sample a period, known when the period is over, newest first or last', () => {
    const { source, recorded, notices } = open(
      [query('s', 'Sum', 300, { Unit: 'Count' })],
      [result('s', [2, 1], [1767571500, '2026-01-05T00:00:00Z'])],
    );
    assert.deepEqual(described(source), [
      '0+299.999s: App Latency {service=a} 1 Count',
      '5+299.999s: App Latency {service=a} 2 Count',
    ]);
    assert.deepEqual(recorded, [{ metric: latency, periodSeconds: 300, statistics: ['Sum'] }]);
    assert.deepEqual(source.span, { start: monday, end: monday + 600_000 });
    assert.deepEqual(notices, []);
  });

  it('comes in pages and files, with the queries in one of their own, and says when one is missing', () => {
    const table = createSampleTable();
    const pages = [result('s', [1], [times[0] ?? '']), result('s', [2], [times[1] ?? ''])].map((each) =>
      readMetricDataPage(
        { MetricDataResults: [{ ...each, StatusCode: 'PartialData' }], NextToken: 'more' },
        'p.json',
      ),
    );
    const queries = readMetricDataQueries([query('s', 'Maximum')], 'q.json');
    const { notices } = addMetricData(pages, queries, table);
    assert.deepEqual(notices, ['every page names a next one: the last one is missing']);
    assert.equal(table.sampleCount(), 2);
  });

  it('counts a point once where files overlap', () => {
    const { source } = open([query('s', 'Sum')], [result('s', [1, 2]), result('s', [5], [times[1] ?? ''])]);
    assert.deepEqual(statistic(storeOf(source), 'Sum', 2), [1, 5]);
  });

  it('puts the statistics of one metric together', () => {
    const { source } = open(
      [query('n', 'SampleCount'), query('s', 'Sum'), query('a', 'Minimum'), query('b', 'Maximum')],
      [result('n', [4, 0]), result('s', [10, 0]), result('a', [1, 0]), result('b', [5, 0])],
    );
    assert.deepEqual(
      [...source.arrivals()].map((arrival) => arrival.datum.statisticValues),
      [{ sampleCount: 4, sum: 10, minimum: 1, maximum: 5 }],
    );
  });

  it('leaves expressions and coarser periods out, and says so', () => {
    const { source, notices } = open(
      [query('s', 'Sum'), query('l', 'Sum', 300), { Id: 'e', Expression: 's/2' }],
      [result('s', [1, 2]), result('l', [3], [times[0] ?? '']), result('e', [1, 2])],
    );
    assert.deepEqual(statistic(storeOf(source), 'Sum', 2), [1, 2]);
    assert.deepEqual(notices, [
      'e is an expression and no metric: left out, alarms compute their own',
      'App Latency {service=a} over 300 s is left out: there is a shorter period',
    ]);
  });

  it('is refused by name where it says too little or failed', () => {
    const refused = (run: () => unknown, message: RegExp): void =>
      assert.throws(run, (error) => error instanceof SeriesError && message.test(error.message));
    refused(
      () => open([], [result('s', [1, 2])]),
      /^a\.json: result 's': the metric is unknown.*--queries FILE/,
    );
    refused(() => open([query('s', 'Sum')], [result('s', [1])]), /2 Timestamps and 1 Values/);
    refused(
      () => open([query('s', 'Sum')], [{ ...result('s', []), StatusCode: 'Forbidden' }]),
      /StatusCode Forbidden/,
    );
    refused(
      () => open([query('s', 'Sum'), query('b', 'Maximum')], [result('s', [1, 2]), result('b', [1, 2])]),
      /ask for SampleCount too/,
    );
    refused(
      () => open([query('s', 'Sum')], [result('s', [1], [1767571500000])]),
      /MetricDataResults\[0\]\.Timestamps\[0\].*1767571500000.*seconds since 1970/,
    );
    refused(() => readMetricDataQueries({ a: 1 }, 'q.json'), /^q\.json: the document/);
  });
});

describe('samples made of statistics', () => {
  const names = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum', 'p1', 'p50', 'p95', 'p99.9'];

  const remade = (samples: readonly number[], chosen: readonly string[]): [string, number[], number[]][] => {
    const asked = [...new Set(['SampleCount', 'Sum', 'Minimum', 'Maximum', ...chosen])];
    const original = storeOf(
      sourceOf(samples.map((value) => ({ arrivedAt: monday, datum: datum(monday, [value]) }))),
    );
    const queries = asked.map((Stat, index) => query(`q${index}`, Stat));
    const results = asked.map((Stat, index) =>
      result(`q${index}`, statistic(original, Stat, 1), [times[0] ?? '']),
    );
    const copy = storeOf(open(queries, results).source);
    return asked.map((Stat) => [Stat, statistic(copy, Stat, 1), statistic(original, Stat, 1)]);
  };
  const samples = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 300 });
  const chosen = fc.subarray(names, { minLength: 1 });

  it('have the statistics of the samples that were recorded, exactly where those have an exact sum', () => {
    fc.assert(
      fc.property(samples, chosen, (values, some) => {
        for (const [Stat, got, expected] of remade(
          values.map((each) => each / 8),
          some,
        ))
          assert.deepEqual(got, expected, Stat);
      }),
      { numRuns: 100 },
    );
  });

  it('have them to the last digits where sums are rounded', () => {
    fc.assert(
      fc.property(samples, chosen, (values, some) => {
        for (const [Stat, [got = Number.NaN], [expected = 0]] of remade(
          values.map((each) => each / 10),
          some,
        ))
          assert.ok(Math.abs(got - expected) <= 1e-14 * expected, `${Stat}: ${got} for ${expected}`);
      }),
      { numRuns: 100 },
    );
  });

  it('do not cross a threshold by rounding: 5 errors in 100 requests are 5', () => {
    const few = samplesOfPeriod({
      sampleCount: 100,
      sum: 5,
      minimum: 0,
      maximum: 1,
      percentiles: new Map([[50, 0]]),
    });
    assert.equal(
      few?.values.reduce((sum, value, index) => sum + value * (few.counts[index] ?? 0), 0),
      5,
    );
  });

  it('are one where one statistic is all there is, and many where several have no count', () => {
    const none = new Map<number, number>();
    assert.deepEqual(samplesOfPeriod({ sum: 7, percentiles: none }), { values: [7], counts: [1] });
    assert.deepEqual(samplesOfPeriod({ percentiles: new Map([[99, 3]]) }), { values: [3], counts: [1] });
    assert.deepEqual(samplesOfPeriod({ sampleCount: 3, percentiles: none }), { values: [0], counts: [3] });
    assert.deepEqual(samplesOfPeriod({ sampleCount: 0, sum: 0, percentiles: none }), {
      values: [],
      counts: [],
    });
    assert.deepEqual(samplesOfPeriod({ sum: 7, maximum: 2, percentiles: none }), undefined);
    const spread = samplesOfPeriod({
      average: 20,
      percentiles: new Map([
        [50, 10],
        [99, 90],
      ]),
    });
    const total =
      spread?.values.reduce((sum, value, index) => sum + value * (spread.counts[index] ?? 0), 0) ?? 0;
    assert.ok(Math.abs(total / 10_000 - 20) < 1e-6);
  });
});

describe('alarms on recorded statistics', () => {
  it('move at the moments at which they move on the samples', () => {
    const alarm = metricAlarm('high', {
      ...{ Namespace: 'App', MetricName: 'Latency', Dimensions: Metric.Dimensions },
      ...{ Statistic: 'Average', Period: 60, EvaluationPeriods: 3, DatapointsToAlarm: 2, Threshold: 50 },
      ComparisonOperator: 'GreaterThanThreshold',
    });
    const end = monday + 60 * minute;
    const transitions = (source: SeriesSource): string[] =>
      play({
        resources: [alarm],
        place: rehearsalPlace,
        source: source.arrivals(),
        start: monday,
        end,
      }).alarms.flatMap((each) =>
        each.transitions.map(({ at, to, value }) => `${(at - monday) / minute} ${to} ${value}`),
      );
    const samples = generateSeries(
      { ...latency, values: '(40~9x40 60~9x40 _x30)x3', stepMs: 10_000, storageResolutionSeconds: 1 },
      monday,
    );
    const store = storeOf(samples);
    const Period = 60;
    const queries = ['SampleCount', 'Sum', 'Minimum', 'Maximum'].map((Stat) =>
      query(Stat.toLowerCase(), Stat, Period),
    );
    const range = { start: monday, end };
    const results = store.getMetricData(queries, range).map(({ id, timestamps, values }) =>
      result(
        id,
        [...values],
        timestamps.map((at) => at / 1000),
      ),
    );
    const expected = transitions(samples);
    assert.ok(expected.length >= 6, expected.join(', '));
    assert.deepEqual(transitions(open(queries, results).source), expected);
    assert.deepEqual(
      transitions(
        open(
          [query('a', 'Average')],
          store.getMetricData([query('a', 'Average')], range).map(({ id, timestamps, values }) =>
            result(
              id,
              [...values],
              timestamps.map((at) => at / 1000),
            ),
          ),
        ).source,
      ),
      expected,
    );
  });
});
