/** What may happen to a record, and what the record may ask for: the two closed lists between decisions and effects. */
import type { AlarmKey } from '../../lib/catalog/alarms';
import type { RemedyKey } from '../../lib/catalog/remedies';
import type { AlarmState, CommandOutcome, EndStatus, Incident, Lane, Reading } from './record';

/** One alarm's change, as its message told it. */
export interface AlarmChange {
  readonly key: AlarmKey;
  readonly state: AlarmState;
  readonly changedAt: number;
}

/** What a Lambda event says, once read. */
export type Input =
  | { readonly kind: 'alarm'; readonly change: AlarmChange }
  | {
      readonly kind: 'command';
      readonly commandId: string;
      readonly status: Exclude<EndStatus, 'NoHost'>;
      readonly endedAt: number | null;
      /** The command has put an earlier release back. */
      readonly rolledBack?: boolean;
    }
  | {
      readonly kind: 'deployment';
      readonly commandId: string;
      readonly release: string | null;
      readonly status: DeploymentStatus;
      readonly at: number | null;
    }
  | { readonly kind: 'recheck' };

export type DeploymentStatus = 'InProgress' | Exclude<EndStatus, 'NoHost'>;

/** An alarm as CloudWatch itself shows it now. */
export interface Symptom {
  readonly state: AlarmState;
  readonly changedAt: number;
}

export type Symptoms =
  | { readonly kind: 'seen'; readonly alarms: Readonly<Partial<Record<AlarmKey, Symptom>>> }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** What was asked of the outside just before deciding. */
export interface Seen {
  readonly symptoms: Symptoms;
  readonly readings: Readonly<Partial<Record<AlarmKey, Reading>>>;
}

export type IncidentEvent =
  | { readonly kind: 'alarm'; readonly change: AlarmChange; readonly seen: Seen }
  | { readonly kind: 'recheck'; readonly seen: Seen }
  | {
      readonly kind: 'command-ended';
      readonly commandId: string;
      readonly outcome: CommandOutcome;
      readonly rolledBack?: boolean;
      readonly seen: Seen;
    }
  | {
      readonly kind: 'deployment';
      readonly commandId: string;
      readonly release: string | null;
      readonly status: DeploymentStatus;
      readonly at: number;
      readonly seen: Seen;
    }
  /** The answer to `ask-command`; null when Systems Manager knows of no end. */
  | {
      readonly kind: 'command-asked';
      readonly commandId: string;
      readonly outcome: CommandOutcome | null;
      readonly seen: Seen;
    }
  | {
      readonly kind: 'command-sent';
      readonly action: string;
      readonly commandId: string;
      readonly seen: Seen;
    }
  | { readonly kind: 'command-refused'; readonly action: string; readonly error: string; readonly seen: Seen }
  | { readonly kind: 'command-unknown'; readonly action: string; readonly error: string; readonly seen: Seen }
  | { readonly kind: 'mail-sent'; readonly mail: string }
  | { readonly kind: 'mail-failed'; readonly mail: string }
  | { readonly kind: 'archived'; readonly incident: string }
  /** Takes up what an earlier invocation left in the outbox. */
  | { readonly kind: 'drain' };

export type Count = 'Actions' | 'Escalations' | 'Closed' | 'Refused';

export type Effect =
  | {
      readonly kind: 'send-command';
      readonly action: string;
      readonly incident: string;
      readonly remedy: RemedyKey;
      readonly timeoutSeconds: number;
    }
  | { readonly kind: 'ask-command'; readonly commandId: string }
  | { readonly kind: 'publish'; readonly mail: string }
  | { readonly kind: 'archive'; readonly incident: Incident }
  | {
      readonly kind: 'tell';
      readonly id: string;
      readonly lane: Lane;
      readonly from: string;
      readonly to: string;
      readonly reason: string;
    }
  | { readonly kind: 'count'; readonly count: Count }
  /** Nothing was done, and why: a line in the log, so that a lost message can be told from an ignored one. */
  | { readonly kind: 'ignored'; readonly reason: string };
