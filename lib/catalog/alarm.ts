/** The form of an alarm: what has to be said of each. */
import type { MetricKey } from './metrics';
import type { CureKey } from './remedies';

export type Severity = 'page' | 'ticket';
export type Statistic = 'Average' | 'Sum' | 'Minimum' | 'Maximum' | 'SampleCount' | `p${number}`;

/** How the number is put into words: "error rate 62 %, limit 5 %". */
export interface Reading {
  readonly noun: string;
  readonly unit: string;
  readonly decimals: number;
  /** Where the number itself says nothing to a tired reader ("heartbeat 0"): the words to use instead. */
  readonly words?: { readonly bad: string; readonly good: string };
}

export interface MetricSignal {
  readonly kind: 'metric';
  readonly metric: MetricKey;
  readonly statistic: Statistic;
}

/** Metric math over a few metrics of one period. `expression` refers to the keys of `inputs`. */
export interface MathSignal {
  readonly kind: 'math';
  readonly expression: string;
  readonly label: string;
  readonly inputs: Readonly<Record<string, { readonly metric: MetricKey; readonly statistic: Statistic }>>;
}

export interface Alarm {
  readonly summary: string;
  readonly signal: MetricSignal | MathSignal;
  readonly periodSeconds: 10 | 60;
  readonly breaches: { readonly above: number } | { readonly below: number };
  readonly because: string;
  readonly datapoints: { readonly toAlarm: number; readonly outOf: number };
  /** Fewer samples than this in a period are no evidence; `{minimumSamples}` in an expression becomes it. */
  readonly minimumSamples?: number;
  readonly whenMissing: {
    readonly treat: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
    readonly because: string;
  };
  /** A new alarm says nothing until it has seen data, or until this long has passed. */
  readonly warmUpMinutes?: number;
  readonly severity: Severity;
  /** One remedy, or a ladder of them. */
  readonly remedy: CureKey | null;
  /** `direct` alarms go straight to people: they watch the remediation itself and must not depend on it. */
  readonly route: 'remediation' | 'direct';
  /** The stack that owns the alarm, because its dimensions name a resource of that stack. */
  readonly owner: 'observation' | 'host' | 'remediation';
  readonly reading: Reading;
}
