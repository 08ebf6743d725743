/** One alarm and where it stands. Only the board and what stands before its actions change it. */
import type { AlarmState } from '../events';
import type { AlarmDefinition } from './alarm-definition';
import type { CompositeDefinition } from './composite-definition';
import type { TriggeringChild } from './message';
import type { SuppressedBy, Suppression } from './suppressor';

export type Definition = AlarmDefinition | CompositeDefinition;

export interface Held<D extends Definition = Definition> {
  readonly definition: D;
  readonly configuredAt: number;
  state: AlarmState;
  reason: string;
  reasonData: string;
  updatedAt: number;
  /** Still warming up: it takes no actions. */
  warmingUp: boolean;
  /** What a suppressor does to it; nothing for an alarm without one. */
  suppression: Suppression;
}

/** A state as it was at one moment: events tell the new one and the one before. */
export interface StateSnapshot {
  readonly value: AlarmState;
  readonly reason: string;
  readonly reasonData: string;
  readonly at: number;
  readonly suppressedBy: SuppressedBy | undefined;
}

/** A change of state whose actions run now or later. */
export interface Occasion {
  readonly from: AlarmState;
  readonly state: StateSnapshot;
  /** The state before; where a suppressor held the actions back, the same state while it did. */
  readonly previous: StateSnapshot;
  /** For a composite alarm: the children that changed. */
  readonly children: readonly TriggeringChild[];
  /** The actions waited for the end of a mute window. */
  readonly afterMuteWindow: boolean;
}

/** Where the alarm stands now. */
export function snapshotOf(held: Held): StateSnapshot {
  return {
    value: held.state,
    reason: held.reason,
    reasonData: held.reasonData,
    at: held.updatedAt,
    suppressedBy: held.suppression.by,
  };
}

/** AWS's words for it. */
export function suppressedReason(by: SuppressedBy): string {
  return `Actions suppressed by ${by}`;
}
