/** Every moment at which a composite alarm or one of its children changed, or actions ran later: who changed, and what the rule was worth then. */
import { alarmsOf, type Rule } from '../../cloudwatch/composite-rule';
import type { AlarmState } from '../../events';
import type { ActionsWithheld, AlarmPlayback, Transition } from '../types';
import { type TruthLine, truthOf } from './rule-truth';

export interface CompositeMoment {
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  /** Children that changed at this moment. */
  readonly changes: readonly { readonly name: string; readonly from: AlarmState; readonly to: AlarmState }[];
  readonly truth: readonly TruthLine[];
  /** AWS's reason, where the composite alarm itself changed. */
  readonly reason: string | undefined;
  readonly withheld: readonly ActionsWithheld[];
  /** Targets of the actions that ran. */
  readonly actions: readonly string[];
}

/** In order of time. */
export function momentsOf(
  rule: Rule,
  own: AlarmPlayback,
  playbacks: readonly AlarmPlayback[],
): CompositeMoment[] {
  const byWritten = new Map(
    playbacks.flatMap((playback) => [[playback.name, playback] as const, [playback.arn, playback] as const]),
  );
  const written = alarmsOf(rule);
  const children = [...new Set(written.flatMap((name) => byWritten.get(name) ?? []))];
  // Actions that were held back run at moments of their own, or are held on by something else.
  const all = [
    ...[own, ...children].flatMap(({ transitions }) => transitions),
    ...own.withheld,
    ...own.actions,
  ];
  const times = [...new Set(all.map(({ at }) => at))];
  const nameOf = (name: string): string => byWritten.get(name)?.name ?? name;
  return times
    .sort((left, right) => left - right)
    .map((at) => {
      const stateOf = (name: string): AlarmState => {
        const child = byWritten.get(name);
        return child === undefined ? 'INSUFFICIENT_DATA' : stateAt(child, at);
      };
      const changed = transitionAt(own, at);
      const to = stateAt(own, at);
      return {
        at,
        from: changed?.from ?? to,
        to,
        changes: children.flatMap((child) => {
          const change = transitionAt(child, at);
          return change === undefined ? [] : [{ name: child.name, from: change.from, to: change.to }];
        }),
        truth: truthOf(rule, stateOf, nameOf),
        reason: changed?.reason,
        withheld: own.withheld.filter((held) => held.at === at),
        actions: own.actions.filter((action) => action.at === at).map(({ arn }) => arn),
      };
    });
}

/** After what happened at the moment itself. */
function stateAt({ initial, transitions }: AlarmPlayback, at: number): AlarmState {
  return transitions.findLast((transition) => transition.at <= at)?.to ?? initial;
}

function transitionAt({ transitions }: AlarmPlayback, at: number): Transition | undefined {
  return transitions.findLast((transition) => transition.at === at);
}
