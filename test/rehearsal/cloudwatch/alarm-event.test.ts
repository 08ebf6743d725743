import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineAlarm } from '../../../rehearsal/cloudwatch/alarm-definition';
import { lambdaEvent, stateChangeEvent } from '../../../rehearsal/cloudwatch/alarm-event';
import { defineComposites } from '../../../rehearsal/cloudwatch/composite-definition';
import type { Occasion } from '../../../rehearsal/cloudwatch/held-alarm';
import type { Place } from '../../../rehearsal/resources';
import { compositeAlarm, mathAlarm, metricAlarm } from './fixture';

const place: Place = { accountId: '444455556666', region: 'us-east-1', partition: 'aws' };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const occasion: Occasion = {
  from: 'INSUFFICIENT_DATA',
  state: {
    value: 'ALARM',
    reason: 'test',
    reasonData: '',
    at: Date.UTC(2023, 7, 4, 12, 36, 15, 490),
    suppressedBy: undefined,
  },
  previous: {
    value: 'INSUFFICIENT_DATA',
    reason: 'Insufficient Data: 5 datapoints were unknown.',
    reasonData: '{"version":"1.0"}',
    at: Date.UTC(2023, 7, 4, 12, 31, 29, 595),
    suppressedBy: undefined,
  },
  children: [],
  afterMuteWindow: false,
};

const demo = metricAlarm('lambda-demo-metric-alarm', {
  AlarmDescription: 'Metric Alarm to test Lambda actions',
  Namespace: 'AWS/Logs',
  MetricName: 'CallCount',
  Dimensions: [{ Name: 'InstanceId', Value: 'i-12345678' }],
  Period: 60,
  Statistic: 'Average',
  Unit: 'Percent',
});

describe('the event that a Lambda function gets', () => {
  it('has the shape of the example in alarms-and-actions-Lambda', () => {
    const event = JSON.parse(lambdaEvent(defineAlarm(demo, place), place, occasion));
    const [{ id }] = event.alarmData.configuration.metrics;
    assert.match(id, uuid);
    assert.deepEqual(event, {
      source: 'aws.cloudwatch',
      alarmArn: 'arn:aws:cloudwatch:us-east-1:444455556666:alarm:lambda-demo-metric-alarm',
      accountId: '444455556666',
      time: '2023-08-04T12:36:15.490+0000',
      region: 'us-east-1',
      alarmData: {
        alarmName: 'lambda-demo-metric-alarm',
        state: { value: 'ALARM', reason: 'test', timestamp: '2023-08-04T12:36:15.490+0000' },
        previousState: {
          value: 'INSUFFICIENT_DATA',
          reason: 'Insufficient Data: 5 datapoints were unknown.',
          reasonData: '{"version":"1.0"}',
          timestamp: '2023-08-04T12:31:29.595+0000',
        },
        configuration: {
          description: 'Metric Alarm to test Lambda actions',
          metrics: [
            {
              id,
              metricStat: {
                metric: {
                  namespace: 'AWS/Logs',
                  name: 'CallCount',
                  dimensions: { InstanceId: 'i-12345678' },
                },
                period: 60,
                stat: 'Average',
                unit: 'Percent',
              },
              returnData: true,
            },
          ],
        },
      },
    });
  });

  it('gives the metric of one alarm the same id each time, and that of another alarm another', () => {
    const idOf = (name: string): string =>
      JSON.parse(lambdaEvent(defineAlarm(metricAlarm(name), place), place, occasion)).alarmData.configuration
        .metrics[0].id;
    assert.equal(idOf('a'), idOf('a'));
    assert.notEqual(idOf('a'), idOf('b'));
  });

  it('has what an alarm without dimensions, unit and description lacks left out', () => {
    const definition = defineAlarm(
      metricAlarm('a', { Dimensions: [], Statistic: undefined, ExtendedStatistic: 'p99' }),
      place,
    );
    const { configuration } = JSON.parse(lambdaEvent(definition, place, occasion)).alarmData;
    assert.deepEqual(Object.keys(configuration), ['metrics']);
    assert.deepEqual(configuration.metrics[0].metricStat, {
      metric: { namespace: 'App', name: 'Up', dimensions: {} },
      period: 10,
      stat: 'p99',
    });
  });

  it('lists the queries of a math alarm', () => {
    const resource = mathAlarm('errors', '100*m2', { m2: { metric: 'Errors' } });
    const { configuration } = JSON.parse(
      lambdaEvent(defineAlarm(resource, place), place, occasion),
    ).alarmData;
    assert.deepEqual(configuration.metrics, [
      { id: 'e1', expression: '100*m2', label: 'errors', returnData: true },
      {
        id: 'm2',
        metricStat: {
          metric: {
            namespace: 'App',
            name: 'Errors',
            dimensions: { Service: 'fraud-scorer', Stage: 'dev' },
          },
          period: 10,
          stat: 'Sum',
        },
        returnData: false,
      },
    ]);
  });
});

describe('the event that EventBridge gets', () => {
  it('has the shape of the composite example in cloudwatch-and-eventbridge', () => {
    const children = [metricAlarm('ServerCpuTooHigh'), metricAlarm('TotalNetworkTrafficTooHigh')];
    const [composite] = defineComposites(
      [
        compositeAlarm(
          'ServiceAggregatedAlarm',
          'ALARM(ServerCpuTooHigh) OR ALARM(TotalNetworkTrafficTooHigh)',
          {
            ActionsSuppressor: 'ServerCpuTooHigh',
            ActionsSuppressorWaitPeriod: 120,
            ActionsSuppressorExtensionPeriod: '180',
          },
        ),
      ],
      place,
      children.map((child) => defineAlarm(child, place)),
    );
    assert.ok(composite);
    const arn = 'arn:aws:cloudwatch:us-east-1:444455556666:alarm-mute-rule:testMute';
    const rule = { name: 'testMute', arn, targets: new Set<string>(), windowAt: () => undefined };
    const mute = { start: Date.UTC(2026, 0, 1, 10), end: Date.UTC(2026, 0, 1, 12), rule };
    const suppressed: Occasion = { ...occasion, state: { ...occasion.state, suppressedBy: 'WaitPeriod' } };
    assert.deepEqual(stateChangeEvent(composite, suppressed, mute), {
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: ['arn:aws:cloudwatch:us-east-1:444455556666:alarm:ServiceAggregatedAlarm'],
      detail: {
        alarmName: 'ServiceAggregatedAlarm',
        state: {
          value: 'ALARM',
          reason: 'test',
          timestamp: '2023-08-04T12:36:15.490+0000',
          actionsSuppressedBy: 'WaitPeriod',
          actionsSuppressedReason: 'Actions suppressed by WaitPeriod',
        },
        previousState: {
          value: 'INSUFFICIENT_DATA',
          reason: 'Insufficient Data: 5 datapoints were unknown.',
          reasonData: '{"version":"1.0"}',
          timestamp: '2023-08-04T12:31:29.595+0000',
        },
        configuration: {
          alarmRule: 'ALARM(ServerCpuTooHigh) OR ALARM(TotalNetworkTrafficTooHigh)',
          actionsSuppressor: 'ServerCpuTooHigh',
          actionsSuppressorWaitPeriod: 120,
          actionsSuppressorExtensionPeriod: 180,
        },
        muteDetail: {
          mutedByArn: arn,
          muteWindowStart: '2026-01-01T10:00:00.000+0000',
          muteWindowEnd: '2026-01-01T12:00:00.000+0000',
        },
      },
    });
  });

  it('has no member that is there without a value: a pattern would take it for existing', () => {
    const { detail } = stateChangeEvent(defineAlarm(demo, place), occasion, undefined);
    const visit = (value: unknown): void => {
      assert.notEqual(value, undefined);
      if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
    };
    visit(detail);
    assert.ok(!('muteDetail' in detail));
  });
});
