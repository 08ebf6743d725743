/** What the rehearsal does with each property of an alarm: honours it, ignores it knowingly, or refuses it by name. */

export interface PropertyCapabilities {
  readonly honoured: readonly string[];
  /** Property to why nothing in a rehearsal depends on it. */
  readonly ignored: Readonly<Record<string, string>>;
  /** Property to what cannot be honoured. */
  readonly refused: Readonly<Record<string, string>>;
}

const common = [
  'ActionsEnabled',
  'AlarmActions',
  'AlarmDescription',
  'AlarmName',
  'InsufficientDataActions',
  'OKActions',
];

const ignored = { Tags: 'no message or evaluation depends on tags while tag propagation is refused' };

const actionConfiguration = 'alarm tags are not added to notifications';

export const cloudWatchCapabilities = {
  'AWS::CloudWatch::Alarm': {
    honoured: [
      ...common,
      'ComparisonOperator',
      'DatapointsToAlarm',
      'Dimensions',
      'EvaluateLowSampleCountPercentile',
      'EvaluationCriteria',
      'EvaluationInterval',
      'EvaluationPeriods',
      'EvaluationWindow',
      'ExtendedStatistic',
      'MetricName',
      'Metrics',
      'Namespace',
      'Period',
      'Statistic',
      'Threshold',
      'ThresholdMetricId',
      'TreatMissingData',
      'Unit',
      'WarmUpConfiguration',
    ],
    ignored,
    refused: { ActionConfiguration: actionConfiguration },
  },
  'AWS::CloudWatch::LogAlarm': {
    honoured: [
      ...common,
      'ComparisonOperator',
      'QueryResultsToAlarm',
      'QueryResultsToEvaluate',
      'ScheduledQueryConfiguration',
      'Threshold',
      'TreatMissingData',
      'WarmUpConfiguration',
    ],
    ignored: {
      ...ignored,
      ActionLogLineCount: 'no log lines are added to notifications',
      ActionLogLineRoleArn: 'no log lines are added to notifications',
    },
    refused: { ActionConfiguration: actionConfiguration },
  },
  'AWS::CloudWatch::CompositeAlarm': {
    honoured: [
      ...common,
      'ActionsSuppressor',
      'ActionsSuppressorExtensionPeriod',
      'ActionsSuppressorWaitPeriod',
      'AlarmRule',
    ],
    ignored,
    refused: { ActionConfiguration: actionConfiguration },
  },
  'AWS::CloudWatch::AlarmMuteRule': {
    honoured: ['ExpireDate', 'MuteTargets', 'Name', 'Rule', 'StartDate'],
    ignored: { Description: 'text for people', Tags: 'nothing selects mute rules by tag' },
    refused: {},
  },
} as const satisfies Readonly<Record<string, PropertyCapabilities>>;

/** An alarm on a PromQL query has little of what an alarm on a metric has. */
export const promQlCapabilities: PropertyCapabilities = {
  honoured: [...common, 'EvaluationCriteria', 'EvaluationInterval'],
  ignored,
  refused: { ActionConfiguration: actionConfiguration },
};
