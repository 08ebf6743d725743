/** The durable record of one service in one stage: plain JSON, advanced only by `incident.ts`, one conditional write at a time. */
import type { AlarmKey, Severity } from '../../lib/catalog/alarms';
import type { RemedyKey } from '../../lib/catalog/remedies';
import type { Urgency } from './contract';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/**
 * Pages and tickets live side by side, one open incident in each lane: a disk that fills for days must not
 * keep a page from being repaired, and must not be folded into its mails.
 */
export type Lane = Severity;
export const lanes: readonly Lane[] = ['page', 'ticket'];

/** Numbers behind one alarm at one moment; null is unknown and is written so. */
export interface Reading {
  readonly at: number;
  readonly latest: number | null;
  /** Middle of the values before the trouble, where there were enough of them. */
  readonly usual: number | null;
  readonly limit: number | null;
  /** Newest last. */
  readonly recent: readonly number[];
  /** End of the newest known value's period, however long ago; null without any value. */
  readonly knownUntil: number | null;
}

export type FoundBy = 'message' | 're-check';

export interface JoinedAlarm {
  readonly key: AlarmKey;
  readonly raisedAt: number;
  readonly foundBy: FoundBy;
  readonly reading: Reading | null;
}

/** What Systems Manager says of a command that it will not change any more. */
export type EndStatus = 'Success' | 'Failed' | 'TimedOut' | 'Cancelled' | 'NoHost';

export interface CommandOutcome {
  readonly status: EndStatus;
  readonly exitCode: number | null;
  /** Last lines of what the command printed. */
  readonly output: string;
  readonly endedAt: number | null;
}

export type ActionPhase =
  | { readonly kind: 'sending' }
  | { readonly kind: 'running'; readonly commandId: string; readonly sentAt: number }
  | {
      readonly kind: 'ended';
      readonly commandId: string;
      readonly sentAt: number;
      readonly endedAt: number;
      readonly outcome: CommandOutcome;
    }
  | { readonly kind: 'refused'; readonly error: string }
  /** Sent or not, ended or not: nobody can say. Never sent again. */
  | { readonly kind: 'unknown'; readonly commandId: string | null; readonly why: string };

export interface Action {
  readonly id: string;
  readonly attempt: number;
  readonly remedy: RemedyKey;
  readonly intendedAt: number;
  /** From then on, silence about the command's end is asked about. */
  readonly giveUpAt: number;
  readonly verifySeconds: number;
  readonly maxAttempts: number;
  readonly phase: ActionPhase;
}

export type GuardName =
  | 'mode'
  | 'symptom'
  | 'deploying'
  | 'ladder'
  | 'lock'
  | 'cooldown'
  | 'attemptCap'
  | 'dailyCap';

export interface GuardVerdict {
  readonly guard: GuardName;
  readonly verdict: 'allow' | 'dry-run' | 'refuse';
  readonly value: string;
  readonly reason: string;
}

/** Why a person was asked. */
export type Escalation =
  | { readonly kind: 'no-remedy' }
  | { readonly kind: 'dry-run'; readonly remedy: RemedyKey }
  | { readonly kind: 'refused'; readonly guards: readonly GuardVerdict[] }
  | { readonly kind: 'not-sent'; readonly error: string }
  | { readonly kind: 'cannot-tell'; readonly what: 'symptom' | 'sent' | 'ended'; readonly why: string }
  /** What has a remedy recovered; what has none is still on. */
  | { readonly kind: 'remains' };

export type Status =
  | { readonly state: 'opened' }
  | { readonly state: 'acting' }
  | { readonly state: 'verifying'; readonly deadline: number }
  | { readonly state: 'escalated'; readonly at: number; readonly escalation: Escalation }
  | { readonly state: 'closed'; readonly at: number; readonly reason: string };

export type IncidentState = Status['state'];

export type Verdict = 'fixed' | 'not fixed' | 'cannot tell';

export type Entry = { readonly at: number } & (
  | {
      readonly kind: 'transition';
      readonly from: IncidentState | 'none';
      readonly to: IncidentState;
      readonly reason: string;
    }
  | {
      readonly kind: 'alarm';
      readonly alarm: AlarmKey;
      readonly state: AlarmState;
      readonly changedAt: number;
      readonly foundBy: FoundBy;
    }
  | ({ readonly kind: 'guard'; readonly attempt: number } & GuardVerdict)
  | {
      readonly kind: 'action';
      readonly action: string;
      readonly phase: ActionPhase['kind'];
      readonly detail: string;
    }
  | { readonly kind: 'verification'; readonly verdict: Verdict; readonly detail: string }
  | { readonly kind: 'mail'; readonly mail: MailKind; readonly subject: string; readonly held: boolean }
);

export interface Incident {
  readonly id: string;
  readonly lane: Lane;
  readonly openedAt: number;
  readonly status: Status;
  readonly alarms: readonly JoinedAlarm[];
  readonly actions: readonly Action[];
  readonly entries: readonly Entry[];
  /** The last mail promised another one; that one may not be held back. */
  readonly promised: boolean;
}

export type MailKind = 'fixing' | 'fixed' | 'needs-you' | 'dry-run';

/** One publish, as text for each protocol; `attributes` let a subscriber take pages alone. */
export interface Mail {
  readonly topic: Lane;
  readonly subject: string;
  readonly email: string;
  readonly sms: string;
  readonly default: string;
  readonly attributes: {
    readonly kind: MailKind;
    readonly urgency: Urgency;
    readonly incident: string;
    readonly service: string;
    readonly env: string;
  };
}

export interface OutboxMail extends Mail {
  readonly id: string;
  /** When somebody last set out to publish it; 0 when that is known to have failed. */
  readonly triedAt: number;
}

/** What guards must remember of an action after its incident is over. */
export interface PastAction {
  readonly id: string;
  readonly incident: string;
  /** Absent in records from before tickets had remedies. */
  readonly lane?: Lane;
  readonly at: number;
  readonly commandId: string | null;
  readonly ended: boolean;
  /** While its end is unknown nothing else runs before this moment; the command cannot live longer. */
  readonly lockedUntil: number;
}

/** A deployment whose command runs, as its own events told. */
export interface Deployment {
  readonly commandId: string;
  readonly release: string | null;
  readonly startedAt: number;
  /** Its steps cannot last longer; after that its end counts as told. */
  readonly until: number;
}

export interface Releases {
  readonly deploying: readonly Deployment[];
  /** The last release that was switched to and kept; null once it was rolled back, or when none is known. */
  readonly switched: {
    readonly release: string | null;
    readonly startedAt: number;
    readonly at: number;
  } | null;
  /** Deployments whose end is known, so that a late message begins none of them again. */
  readonly ended: readonly string[];
}

export interface IncidentRecord {
  readonly format: 1;
  readonly incidentsSoFar: number;
  readonly mailsSoFar: number;
  readonly open: Readonly<Record<Lane, Incident | null>>;
  /** Newest message of each alarm; an older or equal one changes nothing. */
  readonly alarms: Readonly<
    Partial<Record<AlarmKey, { readonly state: AlarmState; readonly changedAt: number }>>
  >;
  readonly actions: readonly PastAction[];
  readonly releases: Releases;
  readonly outbox: readonly OutboxMail[];
  /** When mails were written in the last hour, for the storm rule. */
  readonly mailTimes: readonly number[];
  /** What people were asked in the last hour, so that the same question is not put again and again. */
  readonly asked: readonly { readonly at: number; readonly matter: string }[];
  /** Subjects held back by the storm rule; the next mail names them. */
  readonly held: readonly string[];
  /** Ended incidents that are not yet stored under their own id. */
  readonly toArchive: readonly Incident[];
}

/** The record of a scope in which nothing has happened yet. */
export function emptyRecord(): IncidentRecord {
  return {
    format: 1,
    incidentsSoFar: 0,
    mailsSoFar: 0,
    open: { page: null, ticket: null },
    alarms: {},
    actions: [],
    releases: { deploying: [], switched: null, ended: [] },
    outbox: [],
    mailTimes: [],
    asked: [],
    held: [],
    toArchive: [],
  };
}

/** The record as the one string the table holds. */
export function encodeRecord(record: IncidentRecord): string {
  return JSON.stringify(record);
}

/** The record behind a stored string; one written by another format is refused, never guessed at. */
export function decodeRecord(body: string): IncidentRecord {
  const value = JSON.parse(body) as { format?: unknown } | null;
  if (value?.format !== 1) {
    throw new Error(
      `incident record: unknown format, got ${JSON.stringify(value?.format)}, expected 1; deploy the version that wrote it`,
    );
  }
  // A record from before a list was kept has seen nothing of that list.
  return { ...emptyRecord(), ...value } as IncidentRecord;
}
