/**
 * Every metric Vigía reads, declared once with the part that emits it.
 * Identity in CloudWatch is namespace + name + the exact dimension set, so dimensions are an allow-list here:
 * service and stage survive a replaced host, an instance id does not.
 */
import { keyed } from './keyed';

/** CloudWatch's own unit words; only those in use. */
export type MetricUnit = 'Milliseconds' | 'Count' | 'Percent' | 'None';

export type Emitter = 'service' | 'agent' | 'aws';

export interface Metric {
  readonly name: string;
  readonly namespace: string;
  readonly unit: MetricUnit;
  /** 1 = stored at one-second resolution, which is what lets an alarm have a 10-second period. */
  readonly resolutionSeconds: 1 | 60;
  readonly dimensions: readonly DimensionName[];
  readonly emitter: Emitter;
  readonly about: string;
  /** Most combinations of dimension values that one service writes, each of them billed as a metric; one when absent. */
  readonly mostSeries?: number;
}

export type DimensionName =
  | 'Service'
  | 'Stage'
  | 'Feature'
  | 'path'
  | 'InstanceId'
  | 'FunctionName'
  | 'QueueName';

/** One namespace per emitter, so that a permission to write one never covers another. */
export const namespaces = {
  inference: 'Vigia/Inference',
  host: 'Vigia/Host',
} as const;

const byService = ['Service', 'Stage'] as const;

const service = (name: string, unit: MetricUnit, about: string): Metric => ({
  name,
  namespace: namespaces.inference,
  unit,
  resolutionSeconds: 1,
  dimensions: byService,
  emitter: 'service',
  about,
});

const agent = (
  name: string,
  unit: MetricUnit,
  about: string,
  dimensions: readonly DimensionName[] = byService,
): Metric => ({
  name,
  namespace: namespaces.host,
  unit,
  resolutionSeconds: 60,
  dimensions,
  emitter: 'agent',
  about,
});

const aws = (
  namespace: string,
  name: string,
  unit: MetricUnit,
  dimensions: readonly DimensionName[],
  about: string,
): Metric => ({ name, namespace, unit, resolutionSeconds: 60, dimensions, emitter: 'aws', about });

/** What is written once a minute or once an hour: finer storage would hold the same number many times. */
const slowly = (name: string, unit: MetricUnit, about: string): Metric => ({
  ...service(name, unit, about),
  resolutionSeconds: 60,
});

/**
 * Features that get a series of their own: those that moved most. CloudWatch bills a series by the hours in which it is
 * written, so three at a time cost three metrics, whichever features they are.
 */
export const worstFeatures = 3;

/** What the inference service writes, by key. The service's recorder is typed by these keys. */
export const serviceMetrics = keyed({
  predictionLatency: service('PredictionLatency', 'Milliseconds', 'Time from a whole request to its answer.'),
  predictionCount: service('PredictionCount', 'Count', 'Predictions asked for, answered well or not.'),
  predictionErrors: service(
    'PredictionErrors',
    'Count',
    'Predictions that the model failed to give, whether or not something else was answered instead.',
  ),
  modelConfidence: service('ModelConfidence', 'None', 'Probability of the predicted class, 0 to 1.'),
  lowConfidencePredictions: service(
    'LowConfidencePredictions',
    'Count',
    'Predictions whose confidence is below the configured floor.',
  ),
  degradedPredictions: service(
    'DegradedPredictions',
    'Count',
    'Predictions that were answered from the cache or the fallback instead of the model.',
  ),
  modelLoaded: service(
    'ModelLoaded',
    'Count',
    '1 while a model is loaded and answers its own probe, else 0.',
  ),
  serviceUp: service(
    'ServiceUp',
    'Count',
    'Heartbeat: 1 in each flush in which the service answered itself, absent in any other.',
  ),
  systemHealth: service('SystemHealth', 'Percent', 'Share of the deep health checks that pass.'),
  telemetryLost: service(
    'TelemetryLost',
    'Count',
    'Lines of log and metrics missing from their files: dropped since the last flush, or waiting since a write failed.',
  ),
  driftLevel: slowly(
    'DriftLevel',
    'None',
    'What to do about drift: 0 nothing, 1 monitor, 2 investigate, 3 retrain; absent while it cannot be told.',
  ),
  driftedFeatures: slowly('DriftedFeatures', 'Count', 'Features that have drifted from the baseline.'),
  worstPsi: slowly('WorstPsi', 'None', 'Largest population stability index of a feature.'),
  featurePsi: {
    ...slowly(
      'FeaturePsi',
      'None',
      `Population stability index of a feature; of the ${worstFeatures} largest, once a window.`,
    ),
    dimensions: [...byService, 'Feature'],
    mostSeries: worstFeatures,
  },
  accuracy: slowly('Accuracy', 'Percent', 'Share of late labels that were predicted, when there are enough.'),
  accuracyDrop: slowly(
    'AccuracyDrop',
    'None',
    'Accuracy below that of the validation, in percentage points; 0 when it is above.',
  ),
});

/** What the CloudWatch agent collects on the host. Names are `<plugin>_<measurement>`, the agent's own form. */
export const agentMetrics = keyed({
  cpuIdle: agent('cpu_usage_idle', 'Percent', 'Processor time spent idle, all cores.'),
  cpuIowait: agent('cpu_usage_iowait', 'Percent', 'Processor time spent waiting for disks, all cores.'),
  cpuUser: agent('cpu_usage_user', 'Percent', 'Processor time spent in programs, all cores.'),
  cpuSystem: agent('cpu_usage_system', 'Percent', 'Processor time spent in the kernel, all cores.'),
  memUsed: agent('mem_used_percent', 'Percent', 'Memory in use.'),
  diskUsed: agent('disk_used_percent', 'Percent', 'Space in use on one mounted path.', [
    'Service',
    'Stage',
    'path',
  ]),
  diskIoTime: agent('diskio_io_time', 'Milliseconds', 'Time the disks were busy.'),
  tcpEstablished: agent('netstat_tcp_established', 'Count', 'Open TCP connections.'),
  tcpTimeWait: agent('netstat_tcp_time_wait', 'Count', 'TCP connections waiting to be forgotten.'),
});

/** What AWS publishes by itself. */
export const awsMetrics = keyed({
  statusCheckFailed: aws(
    'AWS/EC2',
    'StatusCheckFailed',
    'Count',
    ['InstanceId'],
    'Either EC2 status check failed.',
  ),
  remediationErrors: aws(
    'AWS/Lambda',
    'Errors',
    'Count',
    ['FunctionName'],
    'Invocations that ended in an error.',
  ),
  remediationInvocations: aws(
    'AWS/Lambda',
    'Invocations',
    'Count',
    ['FunctionName'],
    'Times the function ran.',
  ),
  deadLetters: aws(
    'AWS/SQS',
    'ApproximateNumberOfMessagesVisible',
    'Count',
    ['QueueName'],
    'Messages nobody could handle.',
  ),
});

export const metrics = Object.freeze({ ...serviceMetrics, ...agentMetrics, ...awsMetrics });

export type ServiceMetricKey = keyof typeof serviceMetrics;
export type MetricKey = keyof typeof metrics;
