/** Everything the function does to the outside, as one interface: `aws.ts` is it in production, a fake in tests. */
import type { AlarmState, CommandOutcome, Incident, IncidentRecord, Mail } from './record';

export interface Versioned {
  readonly record: IncidentRecord;
  /** 0 when nothing is stored yet. */
  readonly version: number;
}

/** An alarm as DescribeAlarms shows it, with what is needed to read its numbers. */
export interface DescribedAlarm {
  readonly name: string;
  readonly state: AlarmState;
  readonly changedAt: number;
  readonly limit: number | null;
  readonly periodSeconds: number | null;
  /** The alarm's own metric or math, so that an overridden threshold or metric is respected; empty for composites. */
  readonly queries: readonly SignalQuery[];
}

/** One query of GetMetricData, in our own words. */
export interface SignalQuery {
  readonly id: string;
  readonly returnsData: boolean;
  readonly expression?: string;
  readonly periodSeconds?: number;
  readonly metric?: {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: readonly { readonly name: string; readonly value: string }[];
    readonly statistic: string;
    readonly unit?: string;
  };
}

export interface Point {
  readonly at: number;
  readonly value: number;
}

export interface CommandRequest {
  readonly document: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly target: { readonly tagKey: string; readonly tagValue: string };
  readonly timeoutSeconds: number;
  readonly comment: string;
}

export type SendResult =
  | { readonly kind: 'sent'; readonly commandId: string }
  /** The service answered no: certainly nothing runs. */
  | { readonly kind: 'refused'; readonly error: string }
  /** No answer: it may run or not. */
  | { readonly kind: 'unknown'; readonly error: string };

export interface DeadLetter {
  readonly body: string;
  readonly reason: string;
  readonly requestId: string;
}

export interface Ports {
  now(): number;
  /** Reads the scope's record, always the newest one. */
  load(): Promise<Versioned>;
  /**
   * Writes the record if it is still at `version`. `writer` names this one write, so that a write whose answer
   * was lost is recognised as our own and not taken for somebody else's.
   */
  save(record: IncidentRecord, version: number, writer: string): Promise<'saved' | 'conflict'>;
  /** Keeps an ended incident under its own id. Writing it twice is harmless. */
  archive(incident: Incident): Promise<void>;
  /** Alarms by name; one that does not exist is left out. */
  describeAlarms(names: readonly string[]): Promise<readonly DescribedAlarm[]>;
  /** Values of one alarm's signal, oldest first. */
  points(
    alarm: DescribedAlarm,
    range: { readonly start: number; readonly end: number },
  ): Promise<readonly Point[]>;
  sendCommand(request: CommandRequest): Promise<SendResult>;
  /** How a command ended; null while it runs or when nothing is known of it. */
  commandOutcome(commandId: string): Promise<CommandOutcome | null>;
  publish(mail: Mail): Promise<void>;
  deadLetter(letter: DeadLetter): Promise<void>;
}
