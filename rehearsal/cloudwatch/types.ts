/** What CloudWatch is to the rest of the rehearsal. Times are milliseconds since the epoch unless a name says otherwise. */
import type { AlarmState } from '../events';
import type { SuppressedBy } from './suppressor';

export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Samples that were summed up before they were sent. */
export interface StatisticSet {
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** One PutMetricData datum: raw values with counts, or a statistic set. A single value is a list of one. */
export interface Datum extends MetricIdentity {
  readonly unit?: string;
  readonly storageResolutionSeconds: 1 | 60;
  readonly at: number;
  readonly values: readonly number[];
  /** How often each value came; 1 each when absent. */
  readonly counts?: readonly number[];
  /** In place of values, of which there are none then. */
  readonly statisticValues?: StatisticSet;
}

/** A MetricDataQuery as CloudFormation, the API and alarm messages all spell it. */
export interface MetricDataQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly Label?: string;
  readonly Period?: number;
  readonly ReturnData?: boolean;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: string;
    readonly Unit?: string;
  };
}

/** Points oldest first, at the start of their period. */
export interface Series {
  readonly id: string;
  readonly label: string;
  readonly timestamps: readonly number[];
  readonly values: readonly number[];
}

/** One alarm as DescribeAlarms shows it: its CloudFormation properties plus where it stands. */
export interface AlarmRecord {
  readonly kind: 'metric' | 'composite';
  readonly name: string;
  readonly arn: string;
  /** Resolved CloudFormation properties (MetricName, Metrics, Threshold, AlarmActions, ...). */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly state: AlarmState;
  readonly stateReason: string;
  readonly stateReasonData: string;
  readonly stateUpdatedAt: number;
  readonly configuredAt: number;
  /** What holds the actions of a composite alarm back, where something does. */
  readonly suppressedBy?: SuppressedBy;
  readonly suppressedReason?: string;
}

export interface AlarmHistoryItem {
  readonly alarmName: string;
  readonly at: number;
  readonly type: 'StateUpdate' | 'Action' | 'ConfigurationUpdate';
  readonly summary: string;
}

export interface CloudWatch {
  /** How often `evaluate` must be called so that every alarm keeps its cadence. */
  readonly tickSeconds: number;
  put(data: readonly Datum[]): void;
  listMetrics(filter?: {
    namespace?: string;
    name?: string;
    dimensions?: Readonly<Record<string, string | undefined>>;
  }): MetricIdentity[];
  /** Evaluates metric and math queries; each query with ReturnData not false yields a series. */
  getMetricData(queries: readonly MetricDataQuery[], range: { start: number; end: number }): Series[];
  alarms(): AlarmRecord[];
  history(alarmName?: string): AlarmHistoryItem[];
  setAlarmState(name: string, state: AlarmState, reason: string): void;
  /** Evaluates every alarm that is due at `at` (a multiple of `tickSeconds`); the composite alarms follow their children. */
  evaluate(at: number): void;
  /** Lets go of every timer: a period of a suppressor, the end of a mute window. */
  stop(): void;
}

/** Runs one alarm action: `target` is the ARN from the template, the rest what AWS would send. */
export type AlarmAct = (target: string, notification: AlarmNotification) => void;

export interface AlarmNotification {
  readonly alarmName: string;
  readonly alarmArn: string;
  /** The state whose action it is. */
  readonly state: AlarmState;
  readonly subject: string;
  /** What SNS is sent. */
  readonly message: string;
  /** What a Lambda function is invoked with; made when it is asked for. */
  readonly event: string;
}

/** An event for EventBridge before its envelope is filled in. */
export interface AlarmEvent {
  readonly source: 'aws.cloudwatch';
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources: readonly string[];
}
