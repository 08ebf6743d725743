/** Composite alarms at run time: evaluated once at the start, then whenever a child has changed. */
import type { AlarmState, Emit } from '../events';
import type { AlarmBoard, Held } from './alarm-board';
import type { CompositeDefinition } from './composite-definition';
import { evaluateRule } from './composite-rule';
import { longTimestamp, offsetTimestamp, writeJson } from './java-text';
import type { TriggeringChild } from './message';

export interface CompositesOptions {
  /** Children before those that name them. */
  readonly composites: readonly Held<CompositeDefinition>[];
  readonly byName: ReadonlyMap<string, Held>;
  readonly board: AlarmBoard;
  readonly emit: Emit;
}

export interface Composites {
  /** The evaluation that follows creation: of all composite alarms. True when this was it; later calls do nothing. */
  start(): boolean;
  /** Evaluates what has one of these alarms for a child, and so on upwards. */
  follow(changed: ReadonlySet<string>): void;
}

export function createComposites({ composites, byName, board, emit }: CompositesOptions): Composites {
  let started = false;
  const childrenOf = (composite: Held<CompositeDefinition>): Held[] =>
    [...composite.definition.children.values()].flatMap((name) => byName.get(name) ?? []);
  const evaluate = (
    composite: Held<CompositeDefinition>,
    children: readonly TriggeringChild[],
    reasonFor: (state: AlarmState) => string,
  ): boolean => {
    const { rule, children: names } = composite.definition;
    const stateOf = (written: string): AlarmState =>
      byName.get(names.get(written) ?? written)?.state ?? 'INSUFFICIENT_DATA';
    const to = evaluateRule(rule, stateOf) ? 'ALARM' : 'OK';
    return board.change(composite, {
      to,
      reason: reasonFor(to),
      reasonData: reasonDataOf(children),
      children,
    });
  };
  return {
    start: () => {
      if (started) return false;
      started = true;
      for (const composite of composites) {
        const { arn, name, mixesOperators } = composite.definition;
        if (mixesOperators) emit({ kind: 'notice', subject: name, text: mixedText });
        evaluate(
          composite,
          childrenOf(composite).map(toTrigger),
          (state) => `${arn} was created and its alarm rule evaluates to ${state}`,
        );
      }
      return true;
    },
    follow: (changed) => {
      const moved = new Set(changed);
      for (const composite of composites) {
        const children = childrenOf(composite).filter((child) => moved.has(child.definition.name));
        // AWS names one child; with several in one tick it is the last.
        const last = children.map(toTrigger).at(-1);
        if (last === undefined) continue;
        const reason = `${last.arn} transitioned to ${last.state} at ${longTimestamp(last.at)}`;
        if (evaluate(composite, children.map(toTrigger), () => reason)) moved.add(composite.definition.name);
      }
    },
  };
}

const mixedText =
  'the rule has AND and OR side by side; AWS publishes no precedence, AND was taken to bind first; add parentheses';

function toTrigger(held: Held): TriggeringChild {
  return { arn: held.definition.arn, state: held.state, at: held.updatedAt };
}

function reasonDataOf(children: readonly TriggeringChild[]): string {
  return writeJson({
    triggeringAlarms: children.map(({ arn, state, at }) => ({
      arn,
      state: { value: state, timestamp: offsetTimestamp(at) },
    })),
  });
}
