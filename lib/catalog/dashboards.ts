/** The one dashboard on-call opens from a mail: what hurts first, then why, then the host. Plain data. */
import type { AlarmKey, Statistic } from './alarms';
import type { MetricKey } from './metrics';

export interface Line {
  readonly metric: MetricKey;
  readonly statistic: Statistic;
  readonly label: string;
}

export type Widget = { readonly title: string; readonly width: number; readonly height: number } & (
  | {
      readonly kind: 'graph';
      readonly lines: readonly Line[];
      readonly expression?: { readonly id: string; readonly math: string; readonly label: string };
      /** Draws this alarm's threshold into the graph. */
      readonly limitOf?: AlarmKey;
      readonly periodSeconds: number;
      readonly min?: number;
      readonly max?: number;
    }
  | {
      readonly kind: 'gauge';
      readonly line: Line;
      readonly min: number;
      readonly max: number;
      readonly limitOf: AlarmKey;
      readonly periodSeconds: number;
    }
  | { readonly kind: 'alarms' }
);

const line = (metric: MetricKey, statistic: Statistic, label: string): Line => ({ metric, statistic, label });

/** Rows of a 24-column grid, top to bottom. */
export const onCallDashboard: readonly (readonly Widget[])[] = [
  [{ kind: 'alarms', title: 'Alarms', width: 24, height: 3 }],
  [
    {
      kind: 'graph',
      title: 'Latency, ms',
      width: 8,
      height: 6,
      periodSeconds: 60,
      min: 0,
      lines: [line('predictionLatency', 'Average', 'average'), line('predictionLatency', 'p95', 'p95')],
      limitOf: 'latencyP95High',
    },
    {
      kind: 'graph',
      title: 'Error rate, percent',
      width: 8,
      height: 6,
      periodSeconds: 60,
      min: 0,
      lines: [line('predictionErrors', 'Sum', 'errors'), line('predictionCount', 'Sum', 'total')],
      expression: { id: 'rate', math: 'IF(total > 0, 100 * errors / total)', label: 'error rate' },
      limitOf: 'errorRateHigh',
    },
    {
      kind: 'graph',
      title: 'Predictions a minute',
      width: 8,
      height: 6,
      periodSeconds: 60,
      min: 0,
      lines: [
        line('predictionCount', 'Sum', 'predictions'),
        line('lowConfidencePredictions', 'Sum', 'low confidence'),
        line('degradedPredictions', 'Sum', 'degraded'),
      ],
    },
  ],
  [
    {
      kind: 'gauge',
      title: 'Model confidence',
      width: 6,
      height: 6,
      line: line('modelConfidence', 'Average', 'mean confidence'),
      min: 0,
      max: 1,
      limitOf: 'confidenceLow',
      periodSeconds: 300,
    },
    {
      kind: 'graph',
      title: 'Service: up, model, health',
      width: 10,
      height: 6,
      periodSeconds: 60,
      min: 0,
      lines: [
        line('serviceUp', 'Minimum', 'heartbeat'),
        line('modelLoaded', 'Minimum', 'model loaded'),
        line('systemHealth', 'Minimum', 'health, percent'),
        line('telemetryLost', 'Maximum', 'missing lines'),
      ],
    },
    {
      kind: 'graph',
      title: 'TCP connections',
      width: 8,
      height: 6,
      periodSeconds: 60,
      min: 0,
      lines: [line('tcpEstablished', 'Average', 'established'), line('tcpTimeWait', 'Average', 'time-wait')],
    },
  ],
  [
    {
      kind: 'graph',
      title: 'Drift: 1 monitor, 2 investigate, 3 retrain',
      width: 8,
      height: 6,
      periodSeconds: 300,
      min: 0,
      lines: [
        line('driftLevel', 'Maximum', 'what to do'),
        line('driftedFeatures', 'Maximum', 'drifted features'),
      ],
      limitOf: 'driftDetected',
    },
    {
      kind: 'graph',
      title: 'Largest PSI of a feature',
      width: 8,
      height: 6,
      periodSeconds: 300,
      min: 0,
      lines: [line('worstPsi', 'Maximum', 'largest PSI')],
    },
    {
      kind: 'graph',
      title: 'Accuracy by late labels, points below validation',
      width: 8,
      height: 6,
      periodSeconds: 300,
      min: 0,
      lines: [line('accuracyDrop', 'Maximum', 'below validation')],
      limitOf: 'accuracyLow',
    },
  ],
  [
    {
      kind: 'graph',
      title: 'Processor, percent',
      width: 8,
      height: 6,
      periodSeconds: 60,
      min: 0,
      max: 100,
      lines: [
        line('cpuUser', 'Average', 'user'),
        line('cpuSystem', 'Average', 'system'),
        line('cpuIowait', 'Average', 'waiting for disk'),
        line('cpuIdle', 'Average', 'idle'),
      ],
    },
    {
      kind: 'graph',
      title: 'Memory and disk, percent',
      width: 8,
      height: 6,
      periodSeconds: 60,
      min: 0,
      max: 100,
      lines: [line('memUsed', 'Average', 'memory'), line('diskUsed', 'Maximum', 'disk /')],
      limitOf: 'memoryHigh',
    },
    {
      kind: 'graph',
      title: 'Disk busy, ms',
      width: 8,
      height: 6,
      periodSeconds: 60,
      min: 0,
      lines: [line('diskIoTime', 'Average', 'busy time')],
    },
  ],
];

/** Name of the dashboard; mails link to it by this name. */
export function onCallDashboardName(scopeName: string): string {
  return `${scopeName}-on-call`;
}
