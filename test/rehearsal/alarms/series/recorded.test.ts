import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inexactUses, type MetricUse, metricUses } from '../../../../rehearsal/alarms/series/recorded';
import { metricAlarm } from '../../cloudwatch/fixture';
import { latency } from './fixture';

const Metric = { Namespace: 'App', MetricName: 'Latency', Dimensions: [{ Name: 'service', Value: 'a' }] };

describe('what recorded statistics can serve', () => {
  const use = (statistic: string, periodSeconds = 60, minds?: 'sample count'): MetricUse => ({
    alarm: 'high',
    metric: latency,
    periodSeconds,
    statistic,
    minds,
  });
  const problems = (statistics: string[], wanted: MetricUse, periodSeconds = 60): string[] =>
    inexactUses([{ metric: latency, periodSeconds, statistics }], [wanted]);

  it('is the same statistic over the same period, and what adds up', () => {
    assert.deepEqual(problems(['Average'], use('Average')), []);
    assert.deepEqual(problems(['p99'], use('p99')), []);
    assert.deepEqual(problems(['Sum'], use('Sum', 300)), []);
    assert.deepEqual(problems(['Maximum'], use('Maximum', 120)), []);
    for (const statistic of ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'])
      assert.deepEqual(problems(['SampleCount', 'Sum', 'Minimum', 'Maximum'], use(statistic, 180)), []);
  });

  it('is nothing else, and each is told with its alarm', () => {
    assert.deepEqual(problems(['Sum'], use('Sum', 60), 300), [
      'high: Sum of App Latency {service=a} over 60 s cannot be computed from Sum over 300 s; record it with a period that fits',
    ]);
    assert.match(
      problems(['Average'], use('Average', 300))[0] ?? '',
      /is not what Average over 60 s give exactly/,
    );
    for (const wanted of [use('SampleCount'), use('p99'), use('Sum'), use('tm95')])
      assert.equal(problems(['Average', 'tm95'], wanted).length, 1, wanted.statistic);
    assert.match(problems(['p99'], use('p99', 60, 'sample count'))[0] ?? '', /record SampleCount too$/);
    assert.equal(problems(['p99'], use('p99', 300)).length, 1);
  });

  it('is not asked by alarms whose queries have not the form of queries', () => {
    const shapes = [
      { Dimensions: [null] },
      { Dimensions: { A: '1' } },
      { Dimensions: 'x' },
      { Metrics: [null] },
    ];
    const resources = shapes.map((shape) => metricAlarm('high', { Period: 60, ...shape }));
    assert.deepEqual(metricUses(resources), []);
  });

  it('is asked by the alarms of the template, single metrics and expressions alike', () => {
    const MetricStat = { Metric, Period: '60', Stat: 'p95', Unit: 'Seconds' };
    const uses = metricUses([
      metricAlarm('up', { Period: '300' }),
      metricAlarm('math', {
        Metrics: [
          { Id: 'e', Expression: 'm' },
          { Id: 'm', MetricStat },
        ],
        EvaluateLowSampleCountPercentile: 'ignore',
      }),
      { ...metricAlarm('other'), type: 'AWS::SNS::Topic' },
    ]);
    assert.deepEqual(
      uses.map(({ alarm, statistic, periodSeconds, unit, minds, metric }) => [
        alarm,
        metric.name,
        statistic,
        periodSeconds,
        unit,
        minds,
      ]),
      [
        ['up', 'Up', 'Minimum', 300, undefined, undefined],
        ['math', 'Latency', 'p95', 60, 'Seconds', 'sample count'],
      ],
    );
  });
});
