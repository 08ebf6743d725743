/** The AWS SDK's CloudWatch client, as the shipped bundle uses it, against the endpoint. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListDashboardsCommand,
  ListMetricStreamsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { alarmArn, alarmAt, clientOptions, type Stack, startStack, topicArn } from './stack';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

let stack: Stack;
let cloudwatch: CloudWatchClient;
before(async () => {
  stack = await startStack();
  cloudwatch = new CloudWatchClient(clientOptions(stack));
});
after(async () => {
  cloudwatch.destroy();
  await stack.stop();
});

it('CloudWatch: alarms come with dates, and composite ones only when asked for', async () => {
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
  assert.equal(CompositeAlarms.length, 0);
  assert.equal(MetricAlarms[0]?.AlarmArn, alarmArn('error-rate'));
  assert.equal(MetricAlarms[0]?.StateUpdatedTimestamp?.getTime(), alarmAt);
  assert.deepEqual(MetricAlarms[0]?.AlarmActions, [topicArn('alerts')]);
  const names = async (input: object) => {
    const found = await cloudwatch.send(new DescribeAlarmsCommand(input));
    return [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])].map((alarm) => alarm.AlarmName);
  };
  assert.deepEqual(await names({ AlarmNames: ['error-ratio'] }), ['error-ratio']);
  assert.deepEqual(await names({ AlarmNamePrefix: 'error-', StateValue: 'ALARM' }), []);
  assert.deepEqual(await names({ AlarmTypes: ['CompositeAlarm'] }), ['all']);
  const first = await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 1 }));
  assert.deepEqual(await names({ MaxRecords: 1, NextToken: first.NextToken }), ['error-ratio']);
});

it('CloudWatch: a composite alarm comes with its suppressor, and with what holds its actions back', async () => {
  const { CompositeAlarms = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm'] }),
  );
  const [alarm] = CompositeAlarms;
  assert.deepEqual(
    [
      alarm?.ActionsSuppressor,
      alarm?.ActionsSuppressorWaitPeriod,
      alarm?.ActionsSuppressorExtensionPeriod,
      alarm?.ActionsSuppressedBy,
      alarm?.ActionsSuppressedReason,
    ],
    ['error-ratio', 60, 90, 'WaitPeriod', 'Actions suppressed by WaitPeriod'],
  );
});

it('CloudWatch: history, forced states and dashboards', async () => {
  const { AlarmHistoryItems } = await cloudwatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'error-rate' }),
  );
  assert.equal(AlarmHistoryItems?.[0]?.HistorySummary, 'Alarm updated from OK to ALARM');
  await cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: 'all', StateValue: 'ALARM', StateReason: 'by hand' }),
  );
  assert.deepEqual(stack.cloudwatch.forced, [{ name: 'all', state: 'ALARM', reason: 'by hand' }]);
  await assert.rejects(
    cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: 'x' })),
    { name: 'ResourceNotFound' },
  );
  const { DashboardEntries } = await cloudwatch.send(new ListDashboardsCommand({}));
  assert.equal(DashboardEntries?.[0]?.DashboardName, 'on-call');
  const { DashboardBody } = await cloudwatch.send(new GetDashboardCommand({ DashboardName: 'on-call' }));
  assert.equal(DashboardBody, '{"widgets":[]}');
});

it('CloudWatch: metrics are asked for and answered', async () => {
  const range = { StartTime: new Date(alarmAt), EndTime: new Date(alarmAt + 3_600_000) };
  const { MetricDataResults } = await cloudwatch.send(
    new GetMetricDataCommand({
      ...range,
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [{ Id: 'e1', Expression: 'm1*2', Label: 'twice' }],
    }),
  );
  assert.deepEqual(MetricDataResults?.[0]?.Values, [1.5, 2.25]);
  assert.equal(MetricDataResults?.[0]?.Timestamps?.[1]?.getTime(), alarmAt + 60_000);
  assert.deepEqual(stack.cloudwatch.asked.at(-1), {
    queries: [{ Id: 'e1', Expression: 'm1*2', Label: 'twice' }],
    range: { start: alarmAt, end: alarmAt + 3_600_000 },
  });
  const statistics = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      ...range,
      Namespace: 'Vigia',
      MetricName: 'PredictionLatency',
      Period: 60,
      Statistics: ['Average'],
      ExtendedStatistics: ['p95'],
    }),
  );
  assert.deepEqual(
    statistics.Datapoints?.map((point) => [point.Average, point.ExtendedStatistics?.p95]),
    [
      [1.5, 2.5],
      [2.25, 3.25],
    ],
  );
  const { Metrics } = await cloudwatch.send(new ListMetricsCommand({ MetricName: 'PredictionLatency' }));
  assert.deepEqual(Metrics?.[0]?.Dimensions, [{ Name: 'service', Value: 'inference' }]);
});

it('CloudWatch: a large PutMetricData, which comes compressed, is stored with every form of value', async () => {
  const MetricData = Array.from({ length: 200 }, (_, index) => ({
    MetricName: `Metric${index}`,
    Dimensions: [{ Name: 'service', Value: 'a service with a name that is long enough to fill the body' }],
    Timestamp: new Date(alarmAt),
    Value: index,
    Unit: 'Count' as const,
  }));
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Vigia', MetricData }));
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: 'Vigia',
      MetricData: [
        {
          MetricName: 'Spread',
          Values: [1, 2],
          Counts: [3, 4],
          StorageResolution: 1,
          Timestamp: new Date(alarmAt),
        },
        {
          MetricName: 'Set',
          StatisticValues: { SampleCount: 2, Sum: 5, Minimum: 1, Maximum: 4 },
          Timestamp: new Date(alarmAt),
        },
      ],
    }),
  );
  const stored = (name: string) => stack.cloudwatch.stored.find((datum) => datum.name === name);
  assert.deepEqual(stored('Metric199')?.values, [199]);
  assert.equal(stored('Metric199')?.at, alarmAt);
  assert.deepEqual(
    [stored('Spread')?.values, stored('Spread')?.counts, stored('Spread')?.storageResolutionSeconds],
    [[1, 2], [3, 4], 1],
  );
  assert.deepEqual(
    [stored('Set')?.values, stored('Set')?.statisticValues],
    [[], { sampleCount: 2, sum: 5, minimum: 1, maximum: 4 }],
  );
});

it('CloudWatch: a datum with a value and a statistic set is refused', async () => {
  const MetricData = [
    {
      MetricName: 'Both',
      Value: 3,
      StatisticValues: { SampleCount: 2, Sum: 5, Minimum: 1, Maximum: 4 },
    },
  ];
  await assert.rejects(
    cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Vigia', MetricData })),
    /mutually exclusive/,
  );
});

it('what is not rehearsed is an error that names it, in the protocol of the call', async () => {
  await assert.rejects(cloudwatch.send(new ListMetricStreamsCommand({})), {
    name: 'NotImplemented',
    message: 'not rehearsed: CloudWatch.ListMetricStreams; see npx vigia rehearse --capabilities',
  });
});
