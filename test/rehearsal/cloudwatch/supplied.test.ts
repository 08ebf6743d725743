/** What only AWS can compute, given as data. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from '../../../rehearsal/alarms/playback';
import type { Arrival, Playback } from '../../../rehearsal/alarms/types';
import { suppliedIn, suppliedMetric } from '../../../rehearsal/cloudwatch/supplied';
import type { MetricIdentity } from '../../../rehearsal/cloudwatch/types';
import { type Resource, rehearsalPlace } from '../../../rehearsal/resources';
import { dimensions, metricAlarm, start } from './fixture';

const minute = 60_000;

function minutes(metric: MetricIdentity, values: readonly (number | undefined)[]): Arrival[] {
  return values.flatMap((value, index) => {
    const at = start + index * minute;
    if (value === undefined) return [];
    return [
      {
        arrivedAt: at,
        datum: { ...metric, at, values: [value], storageResolutionSeconds: 60 },
      } satisfies Arrival,
    ];
  });
}

function run(resource: Resource, arrivals: readonly Arrival[], lengthMinutes: number): Playback {
  return play({
    resources: [resource],
    place: rehearsalPlace,
    source: [...arrivals].sort((left, right) => left.arrivedAt - right.arrivedAt),
    start,
    end: start + lengthMinutes * minute,
    supplied: suppliedIn(arrivals.map(({ datum }) => datum)),
  });
}

const told = ({ alarms }: Playback): string[] =>
  alarms[0]?.transitions.map(({ at, to }) => `${(at - start) / minute} ${to}`) ?? [];

function anomaly(properties: Record<string, unknown> = {}): Resource {
  const { AlarmName, AlarmActions } = metricAlarm('odd').properties;
  return {
    ...metricAlarm('odd'),
    properties: {
      AlarmName,
      AlarmActions,
      EvaluationPeriods: 1,
      ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold',
      ThresholdMetricId: 'ad1',
      Metrics: [
        {
          Id: 'm1',
          ReturnData: true,
          MetricStat: {
            Metric: { Namespace: 'App', MetricName: 'Load', Dimensions: [] },
            Period: 60,
            Stat: 'Average',
          },
        },
        { Id: 'ad1', ReturnData: true, Expression: 'ANOMALY_DETECTION_BAND(m1, 2)' },
      ],
      ...properties,
    },
  };
}

const load: MetricIdentity = { namespace: 'App', name: 'Load', dimensions: {} };
const lower = suppliedMetric('odd', 'ad1', 'lower');
const upper = suppliedMetric('odd', 'ad1', 'upper');

describe('an alarm on an anomaly band', () => {
  const values = minutes(load, [50, 95, 5, 50, 95]);

  it('is refused by name when nobody supplies the band', () => {
    assert.throws(
      () => run(anomaly(), values, 5),
      /Metrics\[ad1\]: not evaluated locally: ANOMALY_DETECTION_BAND, which needs a model that AWS trains; supply the series/,
    );
  });

  it('fires on both sides of a band that is supplied', () => {
    const band = [...minutes(lower, [10, 10, 10, 10, 10]), ...minutes(upper, [90, 90, 90, 90, 90])];
    const playback = run(anomaly(), [...values, ...band], 5);
    assert.deepEqual(told(playback), ['1 OK', '2 ALARM', '4 OK', '5 ALARM']);
    assert.match(
      playback.alarms[0]?.transitions[1]?.reason ?? '',
      /95\.0 \(.*\)\] was less than the lower thresholds \[10\.0\] or greater than the upper thresholds \[90\.0\]/,
    );
    assert.match(playback.alarms[0]?.actions[0]?.message ?? '', /"ThresholdMetricId":"ad1"/);
  });

  it('looks at one side alone where the operator says so', () => {
    const band = [...minutes(lower, [10, 10, 10, 10, 10]), ...minutes(upper, [90, 90, 90, 90, 90])];
    const above = anomaly({ ComparisonOperator: 'GreaterThanUpperThreshold' });
    const below = anomaly({ ComparisonOperator: 'LessThanLowerThreshold' });
    assert.deepEqual(told(run(above, [...values, ...band], 5)), ['1 OK', '2 ALARM', '3 OK', '5 ALARM']);
    assert.deepEqual(told(run(below, [...values, ...band], 5)), ['1 OK', '3 ALARM', '4 OK']);
  });

  it('takes a point without its band for missing', () => {
    const band = [...minutes(lower, [10, undefined, 10]), ...minutes(upper, [90, 90, 90])];
    assert.deepEqual(told(run(anomaly({ TreatMissingData: 'notBreaching' }), [...values, ...band], 2)), [
      '1 OK',
    ]);
  });

  it('is refused without its threshold metric, or with a plain threshold beside it', () => {
    const band = [...minutes(lower, [10]), ...minutes(upper, [90])];
    assert.throws(
      () => run(anomaly({ Threshold: 5 }), band, 1),
      /Threshold: an alarm has a Threshold or a ThresholdMetricId, got both/,
    );
    assert.throws(
      () => run(anomaly({ ThresholdMetricId: 'm1' }), band, 1),
      /ThresholdMetricId: the query m1 is no ANOMALY_DETECTION_BAND/,
    );
    assert.throws(
      () => run(anomaly({ ComparisonOperator: 'GreaterThanThreshold' }), band, 1),
      /ComparisonOperator: a band needs/,
    );
  });
});

describe('an alarm on a Metrics Insights query', () => {
  const { AlarmName, AlarmActions } = metricAlarm('fleet').properties;
  const fleet: Resource = {
    ...metricAlarm('fleet'),
    properties: {
      AlarmName,
      AlarmActions,
      EvaluationPeriods: 1,
      Threshold: 80,
      ComparisonOperator: 'GreaterThanThreshold',
      Metrics: [
        {
          Id: 'q1',
          Period: 60,
          ReturnData: true,
          Expression: 'SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/EC2", InstanceId)',
        },
      ],
    },
  };

  it('is refused by name, or judged on the series that is supplied', () => {
    assert.throws(() => run(fleet, [], 1), /Metrics\[q1\]: not evaluated locally: a Metrics Insights query/);
    const supplied = minutes(suppliedMetric('fleet', 'q1'), [10, 90, 10]);
    assert.deepEqual(told(run(fleet, supplied, 3)), ['1 OK', '2 ALARM', '3 OK']);
  });
});

describe('metrics of DynamoDB', () => {
  const table = metricAlarm('throttled', {
    Namespace: 'AWS/DynamoDB',
    Period: 60,
    Threshold: 0,
    Statistic: 'Sum',
    ComparisonOperator: 'GreaterThanThreshold',
  });
  const metric = { namespace: 'AWS/DynamoDB', name: 'Up', dimensions };
  const silent = (properties: Record<string, unknown>, settings = {}): string[] =>
    told(
      play({
        resources: [{ ...table, properties: { ...table.properties, ...properties } }],
        place: rehearsalPlace,
        source: minutes(metric, [1]),
        start,
        end: start + 8 * minute,
        settings,
      }),
    );

  it('keep their state while data is missing, unless the alarm says otherwise', () => {
    assert.deepEqual(silent({}), ['1 ALARM']);
    assert.deepEqual(silent({ TreatMissingData: 'notBreaching' }), ['1 ALARM', '4 OK']);
  });

  it('keep it whatever the alarm says where the API reference is believed', () => {
    assert.deepEqual(silent({ TreatMissingData: 'notBreaching' }, { dynamoDbMissingData: 'ignore-always' }), [
      '1 ALARM',
    ]);
  });
});
