/** A small template for tests of the tests: two alarms on metrics, one on both, a topic that somebody reads. */
import type { AlarmBook } from '../../../../rehearsal/alarms/scenario/alarm-book';
import { readAlarmBook } from '../../../../rehearsal/alarms/scenario/alarm-book';
import { readTestFile } from '../../../../rehearsal/alarms/scenario/read';
import { type FileResult, runFile } from '../../../../rehearsal/alarms/scenario/run';
import type { SeriesSource } from '../../../../rehearsal/alarms/types';
import { type Resource, rehearsalPlace } from '../../../../rehearsal/resources';

const topic = 'arn:aws:sns:us-east-1:000000000000:shop-page';

function resource(type: string, logicalId: string, properties: Readonly<Record<string, unknown>>): Resource {
  return { stack: 'shop', logicalId, type, id: String(properties.AlarmName ?? logicalId), properties };
}

const common = { Namespace: 'Shop', Period: 60, AlarmActions: [topic] };

/** More than 10 failed orders in two of three minutes. */
export const ordersFail = resource('AWS::CloudWatch::Alarm', 'OrdersFail', {
  ...common,
  AlarmName: 'shop-ordersFail',
  MetricName: 'FailedOrders',
  Dimensions: [{ Name: 'Site', Value: 'eu' }],
  Unit: 'Count',
  Statistic: 'Sum',
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 10,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  TreatMissingData: 'notBreaching',
});

/** The queue grows: a difference of two metrics. */
export const queueGrows = resource('AWS::CloudWatch::Alarm', 'QueueGrows', {
  AlarmName: 'shop-queueGrows',
  AlarmActions: [topic],
  Metrics: [
    { Id: 'growth', Expression: 'sent - taken' },
    ...['sent', 'taken'].map((id) => ({
      Id: id,
      ReturnData: false,
      MetricStat: { Metric: { Namespace: 'Shop', MetricName: id }, Period: 10, Stat: 'Sum' },
    })),
  ],
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 0,
  EvaluationPeriods: 3,
});

export const everything = resource('AWS::CloudWatch::CompositeAlarm', 'Everything', {
  AlarmName: 'shop-everything',
  AlarmRule: 'ALARM("shop-ordersFail") AND ALARM("shop-queueGrows")',
  AlarmActions: [topic],
});

const subscription = resource('AWS::SNS::Subscription', 'Mail', {
  TopicArn: topic,
  Protocol: 'email',
  Endpoint: 'oncall@example.com',
});

export const shop: readonly Resource[] = [ordersFail, queueGrows, everything, subscription];

export const shopBook = (resources: readonly Resource[] = shop): AlarmBook =>
  readAlarmBook(resources, rehearsalPlace);

export const noFiles = {
  file: (): SeriesSource => {
    throw new Error('no series file was expected');
  },
};

/** Runs the text of a test file as `shop.yaml`. */
export function runText(
  text: string,
  {
    resources = shop,
    keepEvaluations = false,
  }: { resources?: readonly Resource[]; keepEvaluations?: boolean } = {},
): FileResult {
  const book = shopBook(resources);
  return runFile(readTestFile('shop.yaml', text), { book, readers: noFiles, keepEvaluations, now: () => 0 });
}

/** What the failures of the only test say, as `what alarm@offset: expected | got`. */
export function failuresOf(text: string, resources?: readonly Resource[]): string[] {
  const [test] = runText(text, resources === undefined ? {} : { resources }).tests;
  return (test?.failures ?? []).map(
    ({ what, alarm, at, expected, got }) =>
      `${what} ${alarm ?? '-'}@${(at - (test?.span.start ?? 0)) / 1000}s: ${expected} | ${got}`,
  );
}

/** A file with one test: its series on the orders, and what it expects. */
export function orders(values: string, ...expect: readonly string[]): string {
  return [
    'tests:',
    '  - name: orders',
    '    series:',
    `      - { input: ordersFail, values: ${values} }`,
    '    expect:',
    ...expect.map((line) => `      - ${line}`),
  ].join('\n');
}
