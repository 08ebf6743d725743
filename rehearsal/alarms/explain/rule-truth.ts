/** A composite alarm's rule with the truth of each of its parts, as lines from the whole down to the single alarms. */
import type { Rule } from '../../cloudwatch/composite-rule';
import { evaluateRule } from '../../cloudwatch/composite-rule';
import type { AlarmState } from '../../events';

export interface TruthLine {
  readonly depth: number;
  readonly isTrue: boolean;
  /** `AND`, `ALARM(errorRate)`. */
  readonly text: string;
  /** The alarms that a leaf is about, with the states they are in. */
  readonly alarms: readonly { readonly alarm: string; readonly state: AlarmState }[];
}

/** `nameOf` shortens what the rule writes. */
export function truthOf(
  rule: Rule,
  stateOf: (alarm: string) => AlarmState,
  nameOf: (alarm: string) => string,
  depth = 0,
): TruthLine[] {
  const line = (text: string, alarms: readonly string[] = []): TruthLine => ({
    depth,
    isTrue: evaluateRule(rule, stateOf),
    text,
    alarms: alarms.map((alarm) => ({ alarm: nameOf(alarm), state: stateOf(alarm) })),
  });
  const below = (inner: Rule): TruthLine[] => truthOf(inner, stateOf, nameOf, depth + 1);
  switch (rule.kind) {
    case 'constant':
      return [line(rule.value ? 'TRUE' : 'FALSE')];
    case 'state':
      return [line(`${rule.state}(${nameOf(rule.alarm)})`, [rule.alarm])];
    case 'not':
      return [line('NOT'), ...below(rule.operand)];
    case 'and':
    case 'or':
      return [line(rule.kind === 'and' ? 'AND' : 'OR'), ...rule.operands.flatMap(below)];
    case 'at-least': {
      const amount = `${rule.amount}${rule.percent ? '%' : ''}`;
      const state = `${rule.negated ? 'NOT ' : ''}${rule.state}`;
      return [line(`AT_LEAST(${amount}, ${state}) of ${rule.alarms.length}`, rule.alarms)];
    }
  }
}
