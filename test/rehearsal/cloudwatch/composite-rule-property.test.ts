import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { alarmsOf, evaluateRule, printRule, type Rule } from '../../../rehearsal/cloudwatch/composite-rule';
import { parseRule, RuleError } from '../../../rehearsal/cloudwatch/composite-rule-parser';
import type { AlarmState } from '../../../rehearsal/events';
import '../../seed';

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
/** Names that are easy and names that need quotes, escapes or care. */
const names = ['a', 'two words', 'with "quotes" \\ and, (all)', 'arn:aws:cloudwatch:us-east-1:1:alarm:NOT'];
const state = fc.constantFrom<AlarmState>(...states);
const name = fc.constantFrom(...names);

/** The parser makes plain objects, and so must what it is compared with. */
const plain = { noNullPrototype: true };

const atLeast = fc
  .record(
    {
      state,
      negated: fc.boolean(),
      percent: fc.boolean(),
      alarms: fc.array(name, { minLength: 1, maxLength: 5 }),
      share: fc.integer({ min: 1, max: 100 }),
    },
    plain,
  )
  .map(({ share, ...rest }): Rule => {
    const amount = rest.percent ? share : Math.ceil((share * rest.alarms.length) / 100);
    return { kind: 'at-least', amount, ...rest };
  });

const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('state' as const), state, alarm: name }, plain),
    fc.record({ kind: fc.constant('constant' as const), value: fc.boolean() }, plain),
    atLeast,
    fc.record({ kind: fc.constant('not' as const), operand: tie('rule') }, plain),
    fc.record(
      {
        kind: fc.constantFrom('and' as const, 'or' as const),
        operands: fc.array(tie('rule'), { minLength: 2, maxLength: 3 }),
      },
      plain,
    ),
  ),
}));

/** Makes the choices of a spelling: each call takes the next bit of a random list. */
type Flip = () => boolean;

/** Writes a rule as a person might: more blanks, spare parentheses, quotes where they need not be, none where they may lack. */
function spell(written: Rule, flip: Flip): string {
  const gap = (): string => (flip() ? (flip() ? '\n\t ' : ' ') : '');
  const alarm = (text: string): string =>
    /[\s(),"]/.test(text) || flip() ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : text;
  const list = (alarms: readonly string[]): string =>
    alarms.map((each) => `${gap()}${alarm(each)}${gap()}`).join(',');
  const bare = (): string => {
    switch (written.kind) {
      case 'constant':
        return written.value ? 'TRUE' : 'FALSE';
      case 'state':
        return `${written.state}${gap()}(${gap()}${alarm(written.alarm)}${gap()})`;
      case 'not':
        return `NOT ${gap()}${inner(written.operand, ['and', 'or'])}`;
      case 'and':
        // An AND inside an AND would become one longer AND: the same truth, another tree.
        return written.operands.map((operand) => inner(operand, ['or'])).join(`${gap()} AND ${gap()}`);
      case 'or':
        return written.operands.map((operand) => inner(operand, [])).join(`${gap()} OR ${gap()}`);
      case 'at-least': {
        const amount = `${written.amount}${written.percent ? '%' : ''}`;
        const not = written.negated ? `NOT ${gap()}` : '';
        return `AT_LEAST${gap()}(${gap()}${amount}${gap()},${gap()}${not}${written.state}${gap()},${gap()}(${list(written.alarms)})${gap()})`;
      }
    }
  };
  const inner = (operand: Rule, needs: readonly Rule['kind'][]): string => {
    const text = spell(operand, flip);
    return needs.includes(operand.kind) || flip() ? `(${gap()}${text}${gap()})` : text;
  };
  const text = bare();
  return flip() ? `(${gap()}${text}${gap()})` : text;
}

/** The truth by its definition, with nothing of the evaluator's in it. */
function truth(written: Rule, stateOf: ReadonlyMap<string, AlarmState>): boolean {
  switch (written.kind) {
    case 'constant':
      return written.value;
    case 'state':
      return stateOf.get(written.alarm) === written.state;
    case 'not':
      return truth(written.operand, stateOf) === false;
    case 'and':
      return !written.operands.some((operand) => !truth(operand, stateOf));
    case 'or':
      return !written.operands.every((operand) => !truth(operand, stateOf));
    case 'at-least': {
      let wanted = 0;
      for (const alarm of written.alarms) {
        const isThere = stateOf.get(alarm) === written.state;
        if (written.negated ? !isThere : isThere) wanted += 1;
      }
      return written.percent
        ? wanted / written.alarms.length >= written.amount / 100
        : wanted >= written.amount;
    }
  }
}

function assignments(): ReadonlyMap<string, AlarmState>[] {
  return Array.from(
    { length: states.length ** names.length },
    (_, index) =>
      new Map(
        names.map((each, position) => [each, states[Math.floor(index / 3 ** position) % 3] ?? 'OK'] as const),
      ),
  );
}

describe('composite rules, whatever they are', () => {
  it('agree with the truth table of their alarms, however they are spelled', () => {
    const table = assignments();
    assert.equal(table.length, 81);
    fc.assert(
      fc.property(rule, fc.infiniteStream(fc.boolean()), (written, bits) => {
        const flip: Flip = () => bits.next().value;
        const read = parseRule(spell(written, flip)).rule;
        for (const row of table) {
          assert.equal(
            evaluateRule(read, (alarm) => row.get(alarm) ?? 'OK'),
            truth(written, row),
          );
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('read back as the same tree when they are printed', () => {
    fc.assert(
      fc.property(rule, (written) => {
        const read = parseRule(printRule(written));
        assert.deepEqual(read, { rule: written, mixesOperators: false });
        assert.deepEqual(alarmsOf(read.rule), alarmsOf(written));
      }),
      { numRuns: 1000 },
    );
  });

  it('print as they are read, whatever text they came from', () => {
    fc.assert(
      fc.property(rule, fc.infiniteStream(fc.boolean()), (written, bits) => {
        const read = parseRule(spell(written, () => bits.next().value)).rule;
        assert.deepEqual(parseRule(printRule(read)).rule, read);
      }),
    );
  });

  it('are read, or refused with a RuleError and a position in the text, whatever the text', () => {
    const piece = fc.constantFrom(
      ...[
        'ALARM',
        'OK(',
        'AT_LEAST(',
        '2',
        '50%',
        ',',
        '(',
        ')',
        'NOT ',
        ' AND ',
        ' OR ',
        'TRUE',
        '"',
        '\\',
        'x',
      ],
    );
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (written) => {
        try {
          parseRule(written);
        } catch (error) {
          assert.ok(error instanceof RuleError, String(error));
          assert.ok(error.at >= 1 && error.at <= written.length + 1);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('are refused, not stumbled over, when they nest without end', () => {
    for (const text of [
      '('.repeat(10_000),
      'NOT '.repeat(2560),
      `${'('.repeat(501)}TRUE${')'.repeat(501)}`,
    ]) {
      assert.throws(() => parseRule(text), RuleError);
    }
    assert.equal(parseRule(`${'('.repeat(499)}TRUE${')'.repeat(499)}`).rule.kind, 'constant');
  });
});
