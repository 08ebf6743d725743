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
      'EvaluationPeriods',
      'ExtendedStatistic',
      'MetricName',
      'Metrics',
      'Namespace',
      'Period',
      'Statistic',
      'Threshold',
      'TreatMissingData',
      'Unit',
      'WarmUpConfiguration',
    ],
    ignored,
    refused: {
      ActionConfiguration: actionConfiguration,
      EvaluationCriteria: 'PromQL is not evaluated',
      EvaluationInterval: 'it belongs to PromQL, which is not evaluated',
      EvaluationWindow: 'wall-clock windows are not evaluated, only sliding ones',
      ThresholdMetricId: 'anomaly detection needs a model that only AWS has',
    },
  },
  'AWS::CloudWatch::CompositeAlarm': {
    honoured: [...common, 'AlarmRule'],
    ignored,
    refused: {
      ActionConfiguration: actionConfiguration,
      ActionsSuppressor: 'actions are not suppressed',
      ActionsSuppressorExtensionPeriod: 'actions are not suppressed',
      ActionsSuppressorWaitPeriod: 'actions are not suppressed',
    },
  },
} as const satisfies Readonly<Record<string, PropertyCapabilities>>;
