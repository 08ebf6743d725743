/** Everything that happens in a rehearsal is one of these events; timeline, report, JSON and verdict are folds over them. */

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type RehearsalEvent = { readonly at: number } & (
  | { readonly kind: 'host'; readonly what: string; readonly detail?: string }
  | {
      readonly kind: 'fault';
      readonly what: 'start' | 'stop';
      readonly fault: string;
      readonly detail?: string;
    }
  | {
      readonly kind: 'alarm';
      readonly name: string;
      readonly from: AlarmState;
      readonly to: AlarmState;
      readonly reason: string;
      /** The newest judged value, where there is one. */
      readonly value?: number;
      readonly threshold?: number;
    }
  /** An action CloudWatch ran, or could not run: a topic without policy, a function without permission. */
  | {
      readonly kind: 'action';
      readonly alarm: string;
      readonly target: string;
      /** The state whose action it is. */
      readonly state: AlarmState;
      readonly subject: string;
      /** What SNS is sent. */
      readonly message: string;
      readonly error?: string;
    }
  /** Actions that CloudWatch held back, and by what; those that run later are told as actions then. */
  | {
      readonly kind: 'withheld';
      readonly alarm: string;
      readonly state: AlarmState;
      /** `mute rule NAME`, `suppressor NAME`, `wait period`, `extension period`, `ActionsEnabled`, `warm-up`. */
      readonly by: string;
    }
  | {
      readonly kind: 'mail';
      readonly to: string;
      readonly subject: string;
      readonly text: string;
      readonly topic: string;
      readonly error?: string;
    }
  | {
      readonly kind: 'lambda';
      readonly function: string;
      readonly requestId: string;
      readonly durationMs: number;
      readonly coldStart: boolean;
      /** What asked for it: sns, events, schedule, invoke, retry. */
      readonly source: string;
      readonly error?: string;
    }
  | {
      readonly kind: 'command';
      readonly id: string;
      readonly document: string;
      readonly status: 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';
      readonly exitCode?: number;
      readonly output?: string;
      /** What the step that failed said last. */
      readonly failure?: string;
      readonly durationMs?: number;
    }
  | {
      readonly kind: 'incident';
      readonly id: string;
      readonly from: string;
      readonly to: string;
      readonly reason: string;
    }
  | { readonly kind: 'dead-letter'; readonly queue: string; readonly reason: string; readonly body: string }
  /** Something that AWS would do silently and that a person must know to understand the run. */
  | { readonly kind: 'notice'; readonly subject: string; readonly text: string }
);

export type EventKind = RehearsalEvent['kind'];
export type EventOf<K extends EventKind> = Extract<RehearsalEvent, { kind: K }>;

/** An event before the log stamps its time. */
export type Unstamped<E = RehearsalEvent> = E extends unknown ? Omit<E, 'at'> : never;

export type Emit = (event: Unstamped) => void;

export interface EventLog {
  readonly events: readonly RehearsalEvent[];
  readonly emit: Emit;
  /** Calls `listener` for each later event; returns the unsubscribe. */
  subscribe(listener: (event: RehearsalEvent) => void): () => void;
}

/** An append-only list; listeners run in the order in which they came. */
export function createEventLog(now: () => number): EventLog {
  const events: RehearsalEvent[] = [];
  const listeners = new Set<(event: RehearsalEvent) => void>();
  return {
    events,
    emit: (event) => {
      const stamped = { at: now(), ...event } as RehearsalEvent;
      events.push(stamped);
      for (const listener of listeners) listener(stamped);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
