import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetricDataQuery } from '../../../rehearsal/cloudwatch/types';
import { bench, dimensions, start } from './fixture';

const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

function query(
  Id: string,
  MetricName: string,
  more: Partial<MetricDataQuery> = {},
  Period = 60,
): MetricDataQuery {
  return {
    Id,
    MetricStat: { Metric: { Namespace: 'App', MetricName, Dimensions }, Period, Stat: 'Sum' },
    ...more,
  };
}

function filled() {
  const rig = bench([]);
  rig.run(150, (second) => {
    if (second < 60 || second >= 120) rig.put('Count', 2);
    if (second === 5) rig.put('Errors', 3);
  });
  return rig.cloudwatch;
}

const range = { start: start + 30_000, end: start + 150_000 };

describe('getMetricData', () => {
  it('answers whole periods of the wall clock, oldest first, without empty ones', () => {
    assert.deepEqual(filled().getMetricData([query('m1', 'Count')], range), [
      { id: 'm1', label: 'Count', timestamps: [start, start + 120_000], values: [120, 60] },
    ]);
  });

  it('computes expressions, and answers only what returns data', () => {
    const queries = [
      { Id: 'e1', Expression: '100 * m2 / m1', Label: 'error rate' },
      query('m1', 'Count', { ReturnData: false }),
      query('m2', 'Errors', { ReturnData: false }),
    ];
    assert.deepEqual(filled().getMetricData(queries, range), [
      { id: 'e1', label: 'error rate', timestamps: [start, start + 120_000], values: [2.5, 0] },
    ]);
  });

  it('lets expressions build on expressions, whatever their order', () => {
    const queries = [
      { Id: 'e2', Expression: 'e1 * 2' },
      { Id: 'e1', Expression: 'm1 + 1', ReturnData: false },
      query('m1', 'Count', { ReturnData: false }),
    ];
    assert.deepEqual(filled().getMetricData(queries, range)[0]?.values, [242, 122]);
  });

  it('answers a list as one series a member, labelled by both', () => {
    const queries = [
      { Id: 'e1', Expression: 'FILL(METRICS(), 0)', Label: 'filled' },
      query('m1', 'Count', { ReturnData: false }),
      query('m2', 'Errors', { ReturnData: false }),
    ];
    assert.deepEqual(
      filled()
        .getMetricData(queries, range)
        .map(({ label, values }) => [label, values]),
      [
        ['filled Count', [120, 0, 60]],
        ['filled Errors', [3, 0, 0]],
      ],
    );
  });

  it('takes different periods side by side but not in one expression', () => {
    const queries = [query('m1', 'Count'), query('m2', 'Count', {}, 30)];
    const [whole, half] = filled().getMetricData(queries, range);
    assert.deepEqual([whole?.values.length, half?.values.length], [2, 2]);
    assert.throws(
      () => filled().getMetricData([...queries, { Id: 'e1', Expression: 'm1 + m2' }], range),
      /e1: its metrics have different periods \(60, 30 s\)/,
    );
  });

  it('answers what cannot be evaluated with a validation error that names it', () => {
    const refusals: readonly [MetricDataQuery[], RegExp][] = [
      [[{ Id: 'e1', Expression: '1 +' }], /^ValidationError: e1: unexpected end, expected a value, at 4$/],
      [[{ Id: 'e1', Expression: 'SUM(m1)' }, query('m1', 'Count')], /e1: the expression gives a number/],
      [[query('M1', 'Count')], /the id must begin with a lower-case letter/],
      [[query('m1', 'Count'), query('m1', 'Errors')], /two queries have this id/],
      [[query('m1', 'Count', {}, 0)], /the period must be positive/],
      [[{ Id: 'e1' }], /has neither an Expression nor a MetricStat/],
    ];
    for (const [queries, expected] of refusals) {
      assert.throws(
        () => filled().getMetricData(queries, range),
        (error) => expected.test(String(error)),
      );
    }
    assert.throws(
      () => filled().getMetricData([query('m1', 'Count', {}, 1)], { start: 0, end: start }),
      /periods/,
    );
    assert.throws(() => filled().getMetricData([], { start, end: start }), /before the end time/);
  });
});
