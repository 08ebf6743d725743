/** The alarms of the endpoint's hand-made CloudWatch: one on a metric, one on math, one composite. */
import type { AlarmRecord } from '../../../rehearsal/cloudwatch/types';
import { topicArn } from '../parts';

/** Whole seconds, so that dates compare whatever precision a protocol keeps. */
export const alarmAt = 1_790_000_000_000;
export const alarmArn = (name: string): string => `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`;

const alarmProperties = {
  AlarmDescription: 'errors < 5 % & "quoted"',
  MetricName: 'PredictionErrors',
  Namespace: 'Vigia',
  Statistic: 'Sum',
  Dimensions: [{ Name: 'service', Value: 'inference' }],
  Period: '10',
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
  AlarmActions: [topicArn('alerts')],
};

const mathProperties = {
  EvaluationPeriods: 1,
  Threshold: 0.05,
  ComparisonOperator: 'GreaterThanThreshold',
  Metrics: [
    { Id: 'rate', Expression: 'errors/count', Label: 'error rate', ReturnData: true },
    {
      Id: 'errors',
      ReturnData: false,
      MetricStat: {
        Metric: { Namespace: 'Vigia', MetricName: 'PredictionErrors', Dimensions: [] },
        Period: 60,
        Stat: 'Sum',
      },
    },
  ],
};

function record(kind: AlarmRecord['kind'], name: string, properties: Record<string, unknown>): AlarmRecord {
  return {
    kind,
    name,
    arn: alarmArn(name),
    properties,
    state: 'OK',
    stateReason: 'Threshold Crossed: 1 datapoint [1.0] was not greater than the threshold (5.0).',
    stateReasonData: '{"version":"1.0"}',
    stateUpdatedAt: alarmAt,
    configuredAt: alarmAt,
  };
}

export const alarmRecords: readonly AlarmRecord[] = [
  record('metric', 'error-rate', alarmProperties),
  record('metric', 'error-ratio', mathProperties),
  {
    ...record('composite', 'all', {
      AlarmRule: 'ALARM(error-rate) OR ALARM(error-ratio)',
      ActionsSuppressor: 'error-ratio',
      ActionsSuppressorWaitPeriod: '60',
      ActionsSuppressorExtensionPeriod: 90,
    }),
    suppressedBy: 'WaitPeriod',
    suppressedReason: 'Actions suppressed by WaitPeriod',
  },
];
