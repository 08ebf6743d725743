/** What passes between the parts that test alarms: samples in, the life of every alarm out. Times are milliseconds since the epoch. */
import type { Datum, MetricIdentity } from '../cloudwatch/types';
import type { AlarmState } from '../events';

/** One datum, and when CloudWatch gets it: with live recordings later than the time it is about. */
export interface Arrival {
  readonly arrivedAt: number;
  readonly datum: Datum;
}

/** Recorded or generated data, in order of arrival. It can be read more than once. */
export interface SeriesSource {
  /** When the first sample was taken, and when the period of the last one ends; undefined when there is none. */
  readonly span: { readonly start: number; readonly end: number } | undefined;
  arrivals(): Iterable<Arrival>;
  /** Every metric that there is data of, once. */
  metrics(): readonly MetricIdentity[];
  /** The run that a recording was taken of. */
  readonly run?: RecordedRun;
}

/** A state that somebody set by hand. */
export interface ForcedState {
  readonly at: number;
  readonly name: string;
  readonly state: AlarmState;
  readonly reason: string;
}

/** When the alarms of a rehearsal were evaluated, and which states were set by hand. */
export interface RecordedRun {
  readonly firstTick: number;
  readonly lastTick: number;
  readonly forced: readonly ForcedState[];
}

export interface Transition {
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly reasonData: string;
  /** The newest judged value, where there is one. */
  readonly value: number | undefined;
}

/** An action that CloudWatch ran. */
export interface ActionRun {
  readonly at: number;
  /** The target, as the template has it. */
  readonly arn: string;
  /** The state whose action it was. */
  readonly state: AlarmState;
  readonly subject: string;
  /** What SNS is sent; undefined for targets that are sent nothing. */
  readonly message: string;
}

/** Actions that CloudWatch held back, and by what. Whether they ran later shows in the actions. */
export interface ActionsWithheld {
  readonly at: number;
  readonly state: AlarmState;
  /** `mute rule NAME`, `suppressor NAME`, `wait period`, `extension period`, `ActionsEnabled`. */
  readonly by: string;
}

export interface AlarmPlayback {
  readonly name: string;
  readonly arn: string;
  readonly kind: 'metric' | 'composite';
  readonly logicalId: string;
  readonly initial: AlarmState;
  readonly transitions: readonly Transition[];
  readonly actions: readonly ActionRun[];
  readonly withheld: readonly ActionsWithheld[];
}

/** What a run found worth telling: data that comes near an alarm and never reaches it, a rule without parentheses. */
export interface Notice {
  readonly at: number;
  readonly subject: string;
  readonly text: string;
}

export interface Playback {
  /** When the alarms were created. */
  readonly start: number;
  /** The last moment at which they were evaluated, at the latest. */
  readonly end: number;
  /** Metric alarms, then composite alarms, children before those that name them. */
  readonly alarms: readonly AlarmPlayback[];
  readonly notices: readonly Notice[];
}
