/** Reads the text of a composite alarm's rule. Whatever is no rule that AWS would take is refused with its position. */
import type { AlarmState } from '../events';
import type { Rule } from './composite-rule';

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

/** AWS's documented limit of a rule's length. */
const maxLength = 10_240;
/** AWS's documented limit: "child alarms, TRUE or FALSE statements, and parentheses". A pair of parentheses is taken for one. */
const maxElements = 500;
const states: readonly AlarmState[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

/** Reads a rule; NOT binds before AND, AND before OR. Throws RuleError. */
export function parseRule(text: string): ParsedRule {
  if (text.length > maxLength) {
    throw new RuleError(
      `the rule has ${text.length} characters, expected at most ${maxLength},`,
      maxLength + 1,
    );
  }
  const reader = new RuleReader(text);
  const rule = parseOr(reader);
  reader.expectEnd();
  return { rule, mixesOperators: reader.mixesOperators };
}

class RuleReader {
  mixesOperators = false;
  private position = 0;
  private elements = 0;

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

  /** Counts what AWS counts. It also bounds how deep the reading can nest. */
  count(): void {
    this.elements += 1;
    if (this.elements > maxElements)
      throw this.problem(`the rule has more than ${maxElements} elements, which AWS refuses,`);
  }

  problem(text: string): RuleError {
    return new RuleError(text, this.position + 1);
  }

  unexpected(expected: string): RuleError {
    const character = this.text[this.position];
    const found = character === undefined ? 'unexpected end' : `unexpected "${character}"`;
    return this.problem(`${found}, expected ${expected},`);
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
    reader.count();
    const inner = parseOr(reader);
    reader.expect(/\)/y, '")"');
    return inner;
  }
  const constant = reader.take(/(TRUE|FALSE)\b/y);
  if (constant !== undefined) {
    reader.count();
    return { kind: 'constant', value: constant[1] === 'TRUE' };
  }
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
  reader.count();
  const quoted = reader.take(/"((?:[^"\\]|\\[\s\S])+)"/y);
  // Only what needs escaping is unescaped: any other backslash belongs to the name.
  if (quoted !== undefined) return (quoted[1] ?? '').replaceAll(/\\(["\\])/g, '$1');
  return reader.expect(/[^\s(),"]+/y, 'an alarm')[0];
}

function parseAtLeast(reader: RuleReader): Rule {
  reader.expect(/\(/y, '"("');
  const [, digits, percentSign] = reader.expect(/(\d+)(%?)/y, 'a number or a percentage');
  const amount = Number(digits);
  const percent = percentSign === '%';
  reader.expect(/,/y, '","');
  const negated = reader.take(/NOT\b/y) !== undefined;
  const state = parseState(reader);
  reader.expect(/,/y, '","');
  reader.expect(/\(/y, '"("');
  const alarms = [parseAlarm(reader)];
  while (reader.take(/,/y)) alarms.push(parseAlarm(reader));
  const most = percent ? 100 : alarms.length;
  if (amount < 1 || amount > most) {
    throw reader.problem(`AT_LEAST asks for ${digits}${percentSign}, expected 1 to ${most}${percentSign},`);
  }
  reader.expect(/\)/y, '")"');
  reader.expect(/\)/y, '")"');
  return { kind: 'at-least', amount, percent, state, negated, alarms };
}
