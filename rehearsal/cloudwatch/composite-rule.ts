/** The rule of a composite alarm: text to tree, tree to truth. */
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

export interface ParsedRule {
  readonly rule: Rule;
  /** AND and OR side by side without parentheses: AWS publishes no precedence. */
  readonly mixesOperators: boolean;
}

/** What is wrong with a rule; `at` counts from 1. */
export class RuleError extends Error {
  constructor(
    problem: string,
    readonly at: number,
  ) {
    super(`${problem} at ${at}`);
    this.name = 'RuleError';
  }
}

const states: readonly AlarmState[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

/** Reads a rule; NOT binds before AND, AND before OR. Throws RuleError. */
export function parseRule(text: string): ParsedRule {
  const reader = new RuleReader(text);
  const rule = parseOr(reader);
  reader.expectEnd();
  return { rule, mixesOperators: reader.mixesOperators };
}

class RuleReader {
  mixesOperators = false;
  private position = 0;

  constructor(private readonly text: string) {}

  /** Takes what the pattern matches after blanks. The pattern must be sticky. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    const blanks = /\s*/y;
    blanks.lastIndex = this.position;
    this.position += blanks.exec(this.text)?.[0].length ?? 0;
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.position += found[0].length;
    return found;
  }

  expect(pattern: RegExp, expected: string): RegExpExecArray {
    const found = this.take(pattern);
    if (found === undefined) throw this.unexpected(expected);
    return found;
  }

  expectEnd(): void {
    this.take(/(?=.)/y);
    if (this.position < this.text.length) throw this.unexpected('AND, OR or the end');
  }

  unexpected(expected: string): RuleError {
    const character = this.text[this.position];
    const found = character === undefined ? 'unexpected end' : `unexpected "${character}"`;
    return new RuleError(`${found}, expected ${expected},`, this.position + 1);
  }
}

function parseOr(reader: RuleReader): Rule {
  const operands = [parseAnd(reader)];
  while (reader.take(/OR\b/y)) operands.push(parseAnd(reader));
  const [only, ...others] = operands;
  if (only !== undefined && others.length === 0) return only.rule;
  if (operands.some((operand) => operand.bareAnd)) reader.mixesOperators = true;
  return { kind: 'or', operands: operands.map((operand) => operand.rule) };
}

function parseAnd(reader: RuleReader): { rule: Rule; bareAnd: boolean } {
  const first = parseNot(reader);
  const operands = [first];
  while (reader.take(/AND\b/y)) operands.push(parseNot(reader));
  if (operands.length === 1) return { rule: first, bareAnd: false };
  return { rule: { kind: 'and', operands }, bareAnd: true };
}

function parseNot(reader: RuleReader): Rule {
  if (reader.take(/NOT\b/y)) return { kind: 'not', operand: parseNot(reader) };
  if (reader.take(/\(/y)) {
    const inner = parseOr(reader);
    reader.expect(/\)/y, '")"');
    return inner;
  }
  const constant = reader.take(/(TRUE|FALSE)\b/y);
  if (constant !== undefined) return { kind: 'constant', value: constant[1] === 'TRUE' };
  if (reader.take(/AT_LEAST\b/y)) return parseAtLeast(reader);
  const state = parseState(reader);
  reader.expect(/\(/y, '"("');
  const alarm = parseAlarm(reader);
  reader.expect(/\)/y, '")"');
  return { kind: 'state', state, alarm };
}

function parseState(reader: RuleReader): AlarmState {
  const word = reader.expect(
    /(ALARM|OK|INSUFFICIENT_DATA)\b/y,
    'ALARM, OK, INSUFFICIENT_DATA, NOT, TRUE or FALSE',
  )[1];
  return states.find((state) => state === word) ?? 'ALARM';
}

/** A name or ARN; bare ones hold no blanks, parentheses or commas, quoted ones escape `"` with a backslash. */
function parseAlarm(reader: RuleReader): string {
  const quoted = reader.take(/"((?:[^"\\]|\\.)*)"/y);
  if (quoted !== undefined) return (quoted[1] ?? '').replaceAll(/\\(.)/g, '$1');
  return reader.expect(/[^\s(),"]+/y, 'an alarm')[0];
}

function parseAtLeast(reader: RuleReader): Rule {
  reader.expect(/\(/y, '"("');
  const [, amount, percent] = reader.expect(/(\d+)(%?)/y, 'a number or a percentage');
  reader.expect(/,/y, '","');
  const negated = reader.take(/NOT\b/y) !== undefined;
  const state = parseState(reader);
  reader.expect(/,/y, '","');
  reader.expect(/\(/y, '"("');
  const alarms = [parseAlarm(reader)];
  while (reader.take(/,/y)) alarms.push(parseAlarm(reader));
  reader.expect(/\)/y, '")"');
  reader.expect(/\)/y, '")"');
  return { kind: 'at-least', amount: Number(amount), percent: percent === '%', state, negated, alarms };
}

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
