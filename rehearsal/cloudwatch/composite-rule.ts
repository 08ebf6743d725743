/** The rule of a composite alarm as a tree: its truth, the alarms it names, and its text. */
import type { AlarmState } from '../events';

export type Rule =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'state'; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: 'not'; readonly operand: Rule }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Rule[] }
  | {
      readonly kind: 'at-least';
      readonly amount: number;
      readonly percent: boolean;
      readonly state: AlarmState;
      readonly negated: boolean;
      readonly alarms: readonly string[];
    };

/** Is the rule true for these states? */
export function evaluateRule(rule: Rule, stateOf: (alarm: string) => AlarmState): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value;
    case 'state':
      return stateOf(rule.alarm) === rule.state;
    case 'not':
      return !evaluateRule(rule.operand, stateOf);
    case 'and':
      return rule.operands.every((operand) => evaluateRule(operand, stateOf));
    case 'or':
      return rule.operands.some((operand) => evaluateRule(operand, stateOf));
    case 'at-least': {
      const count = rule.alarms.filter((alarm) => (stateOf(alarm) === rule.state) !== rule.negated).length;
      return rule.percent ? count * 100 >= rule.amount * rule.alarms.length : count >= rule.amount;
    }
  }
}

/** Every alarm that the rule names, once each, as it is written there. */
export function alarmsOf(rule: Rule): string[] {
  const collect = (inner: Rule): readonly string[] => {
    switch (inner.kind) {
      case 'constant':
        return [];
      case 'state':
        return [inner.alarm];
      case 'not':
        return collect(inner.operand);
      case 'and':
      case 'or':
        return inner.operands.flatMap(collect);
      case 'at-least':
        return inner.alarms;
    }
  };
  return [...new Set(collect(rule))];
}

/** The rule as text that reads back as the same tree, whatever the precedence: every AND, OR and NOT has its parentheses. */
export function printRule(rule: Rule): string {
  switch (rule.kind) {
    case 'constant':
      return rule.value ? 'TRUE' : 'FALSE';
    case 'state':
      return `${rule.state}(${quoted(rule.alarm)})`;
    case 'not':
      return `NOT ${grouped(rule.operand)}`;
    case 'and':
    case 'or':
      return rule.operands.map(grouped).join(rule.kind === 'and' ? ' AND ' : ' OR ');
    case 'at-least': {
      const amount = `${rule.amount}${rule.percent ? '%' : ''}`;
      const state = `${rule.negated ? 'NOT ' : ''}${rule.state}`;
      return `AT_LEAST(${amount}, ${state}, (${rule.alarms.map(quoted).join(', ')}))`;
    }
  }
}

function grouped(rule: Rule): string {
  return rule.kind === 'and' || rule.kind === 'or' ? `(${printRule(rule)})` : printRule(rule);
}

function quoted(alarm: string): string {
  return `"${alarm.replaceAll(/["\\]/g, '\\$&')}"`;
}
