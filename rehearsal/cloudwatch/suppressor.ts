/** When a composite alarm with a suppressor takes its actions: what happened and what time it is, to what holds them now. */

/** What holds the actions back, as DescribeAlarms names it. */
export type SuppressedBy = 'Alarm' | 'WaitPeriod' | 'ExtensionPeriod';

export interface Suppression {
  readonly by: SuppressedBy | undefined;
  /** When the running period ends. */
  readonly until: number | undefined;
  /** A change of the composite alarm whose actions have not run. */
  readonly holds: boolean;
}

export type SuppressionInput =
  | { readonly kind: 'composite changed'; readonly suppressorInAlarm: boolean }
  | { readonly kind: 'suppressor entered ALARM' }
  | { readonly kind: 'suppressor left ALARM' }
  /** The moment that `until` named has come. */
  | { readonly kind: 'period ended' }
  /** A mute rule stood in front; now it is for the suppressor to say. */
  | { readonly kind: 'mute ended' };

export interface SuppressionPeriods {
  readonly waitMs: number;
  readonly extensionMs: number;
}

export interface SuppressionStep {
  readonly suppression: Suppression;
  /** The actions of the composite alarm's present state run now. */
  readonly runs: boolean;
}

/** Nothing is held. */
export const unsuppressed: Suppression = { by: undefined, until: undefined, holds: false };

/** One step of AWS's documented machine; a timer belongs to `until` as long as that stays the same. */
export function suppress(
  present: Suppression,
  input: SuppressionInput,
  now: number,
  { waitMs, extensionMs }: SuppressionPeriods,
): SuppressionStep {
  const keep = { suppression: present, runs: false };
  switch (input.kind) {
    case 'composite changed':
      // A running period is discarded; the change decides anew.
      if (input.suppressorInAlarm) return held('Alarm', true);
      return period('WaitPeriod', waitMs, true, now);
    case 'suppressor entered ALARM':
      return held('Alarm', present.holds);
    case 'suppressor left ALARM':
      return present.by === 'Alarm' ? period('ExtensionPeriod', extensionMs, present.holds, now) : keep;
    case 'period ended':
      if (present.until === undefined || now < present.until) return keep;
      return { suppression: unsuppressed, runs: present.holds };
    case 'mute ended':
      if (present.by === undefined) return { suppression: unsuppressed, runs: true };
      return { suppression: { ...present, holds: true }, runs: false };
  }
}

function held(by: SuppressedBy, holds: boolean): SuppressionStep {
  return { suppression: { by, until: undefined, holds }, runs: false };
}

/** A period of no length holds nothing. */
function period(by: SuppressedBy, lengthMs: number, holds: boolean, now: number): SuppressionStep {
  if (lengthMs === 0) return { suppression: unsuppressed, runs: holds };
  return { suppression: { by, until: now + lengthMs, holds }, runs: false };
}
