/** CloudWatch's operations on alarms and dashboards. */
import { z } from 'zod';
import { AwsError } from '../aws-error';
import type { AlarmRecord } from '../cloudwatch/types';
import type { AlarmState } from '../events';
import type { Resource } from '../resources';
import { type Context, listOf, number, type Operations, operation, page, text, timestamp } from './operation';

const state = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);
const alarmType = z.enum(['MetricAlarm', 'CompositeAlarm']);

const actionMembers = ['AlarmDescription', 'OKActions', 'AlarmActions', 'InsufficientDataActions'];
const metricMembers = [
  ...actionMembers,
  'MetricName',
  'Namespace',
  'Statistic',
  'ExtendedStatistic',
  'Unit',
  'ComparisonOperator',
  'TreatMissingData',
  'EvaluateLowSampleCountPercentile',
  'ThresholdMetricId',
];
const numericMembers = ['Period', 'EvaluationPeriods', 'DatapointsToAlarm', 'Threshold'];
const compositeMembers = [...actionMembers, 'AlarmRule', 'ActionsSuppressor'];
const compositeNumbers = ['ActionsSuppressorWaitPeriod', 'ActionsSuppressorExtensionPeriod'];

/** An alarm as DescribeAlarms writes it. */
function describe(alarm: AlarmRecord): object {
  const { properties } = alarm;
  const has = (name: string): boolean => properties[name] !== undefined;
  const take = (names: readonly string[]): [string, unknown][] =>
    names.filter(has).map((name) => [name, properties[name]]);
  const isMetric = alarm.kind === 'metric';
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
    ActionsEnabled: properties.ActionsEnabled !== false,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    ...Object.fromEntries(take(isMetric ? metricMembers : compositeMembers)),
    ...Object.fromEntries(
      (isMetric ? numericMembers : compositeNumbers)
        .filter(has)
        .map((name) => [name, Number(properties[name])]),
    ),
    ...(isMetric ? { Dimensions: properties.Dimensions ?? [] } : {}),
    ...(isMetric && has('Metrics') ? { Metrics: properties.Metrics } : {}),
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    ...(alarm.stateReasonData === '' ? {} : { StateReasonData: alarm.stateReasonData }),
    ActionsSuppressedBy: alarm.suppressedBy,
    ActionsSuppressedReason: alarm.suppressedReason,
    StateUpdatedTimestamp: new Date(alarm.stateUpdatedAt),
    StateTransitionedTimestamp: new Date(alarm.stateUpdatedAt),
  };
}

const describeAlarms = operation(
  z.object({
    AlarmNames: listOf(text).default([]),
    AlarmNamePrefix: text.optional(),
    // Without it AWS shows metric alarms only, composite ones or not.
    AlarmTypes: listOf(alarmType).default(['MetricAlarm']),
    StateValue: state.optional(),
    ActionPrefix: text.optional(),
    MaxRecords: number.default(50),
    NextToken: text.optional(),
  }),
  (input, { services }) => {
    const types = input.AlarmTypes.length === 0 ? ['MetricAlarm'] : input.AlarmTypes;
    const actionsOf = ({ properties }: AlarmRecord): unknown[] =>
      ['OKActions', 'AlarmActions', 'InsufficientDataActions'].flatMap((name) => properties[name] ?? []);
    const found = services.cloudwatch
      .alarms()
      .filter(
        (alarm) =>
          types.includes(alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm') &&
          (input.AlarmNames.length === 0 || input.AlarmNames.includes(alarm.name)) &&
          alarm.name.startsWith(input.AlarmNamePrefix ?? '') &&
          (input.StateValue === undefined || alarm.state === input.StateValue) &&
          (input.ActionPrefix === undefined ||
            actionsOf(alarm).some((arn) => String(arn).startsWith(input.ActionPrefix ?? ''))),
      );
    const { items, nextToken } = page(found, input.MaxRecords, input.NextToken);
    return {
      MetricAlarms: items.filter((alarm) => alarm.kind === 'metric').map(describe),
      CompositeAlarms: items.filter((alarm) => alarm.kind === 'composite').map(describe),
      NextToken: nextToken,
    };
  },
);

const describeAlarmHistory = operation(
  z.object({
    AlarmName: text.optional(),
    HistoryItemType: text.optional(),
    StartDate: timestamp.optional(),
    EndDate: timestamp.optional(),
    ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
    MaxRecords: number.default(100),
    NextToken: text.optional(),
  }),
  (input, { services }) => {
    const { StartDate = 0, EndDate = Number.POSITIVE_INFINITY } = input;
    const kinds = new Map(services.cloudwatch.alarms().map((alarm) => [alarm.name, alarm.kind]));
    const found = services.cloudwatch
      .history(input.AlarmName)
      .filter(
        ({ at, type }) =>
          at >= StartDate &&
          at <= EndDate &&
          (input.HistoryItemType === undefined || type === input.HistoryItemType),
      )
      .sort((a, b) => (input.ScanBy === 'TimestampAscending' ? a.at - b.at : b.at - a.at));
    const { items, nextToken } = page(found, input.MaxRecords, input.NextToken);
    return {
      AlarmHistoryItems: items.map((item) => ({
        AlarmName: item.alarmName,
        AlarmType: kinds.get(item.alarmName) === 'composite' ? 'CompositeAlarm' : 'MetricAlarm',
        Timestamp: new Date(item.at),
        HistoryItemType: item.type,
        HistorySummary: item.summary,
      })),
      NextToken: nextToken,
    };
  },
);

const setAlarmState = operation(
  z.object({ AlarmName: text, StateValue: state, StateReason: text, StateReasonData: text.optional() }),
  ({ AlarmName, StateValue, StateReason }, { services }) => {
    if (!services.cloudwatch.alarms().some((alarm) => alarm.name === AlarmName)) {
      throw new AwsError('ResourceNotFound', `there is no alarm named ${AlarmName}`, 404);
    }
    services.cloudwatch.setAlarmState(AlarmName, StateValue as AlarmState, StateReason);
    return {};
  },
);

function dashboards({ services }: Context): { resource: Resource; body: string; arn: string }[] {
  const { partition, accountId } = services.place;
  return services.resources
    .filter((resource) => resource.type === 'AWS::CloudWatch::Dashboard')
    .map((resource) => ({
      resource,
      body: String(resource.properties.DashboardBody),
      arn: `arn:${partition}:cloudwatch::${accountId}:dashboard/${resource.id}`,
    }));
}

const listDashboards = operation(
  z.object({ DashboardNamePrefix: text.default('') }),
  ({ DashboardNamePrefix }, context) => ({
    DashboardEntries: dashboards(context)
      .filter(({ resource }) => resource.id.startsWith(DashboardNamePrefix))
      .map(({ resource, body, arn }) => ({
        DashboardName: resource.id,
        DashboardArn: arn,
        LastModified: new Date(context.startedAt),
        Size: Buffer.byteLength(body),
      })),
  }),
);

const getDashboard = operation(z.object({ DashboardName: text }), ({ DashboardName }, context) => {
  const found = dashboards(context).find(({ resource }) => resource.id === DashboardName);
  if (found === undefined) {
    throw new AwsError('ResourceNotFound', `Dashboard ${DashboardName} does not exist`, 404);
  }
  return { DashboardArn: found.arn, DashboardBody: found.body, DashboardName };
});

export const alarmOperations: Operations = {
  DescribeAlarms: describeAlarms,
  DescribeAlarmHistory: describeAlarmHistory,
  SetAlarmState: setAlarmState,
  ListDashboards: listDashboards,
  GetDashboard: getDashboard,
};
