import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alarmsOf, evaluateRule } from '../../../rehearsal/cloudwatch/composite-rule';
import { parseRule } from '../../../rehearsal/cloudwatch/composite-rule-parser';
import type { AlarmState } from '../../../rehearsal/events';

const states: Readonly<Record<string, AlarmState>> = {
  a: 'ALARM',
  b: 'ALARM',
  o: 'OK',
  i: 'INSUFFICIENT_DATA',
  'two words': 'ALARM',
  'with "quotes"': 'ALARM',
  'arn:aws:cloudwatch:us-east-1:123456789012:alarm:a': 'ALARM',
};

function truth(text: string): boolean {
  return evaluateRule(parseRule(text).rule, (alarm) => states[alarm] ?? 'OK');
}

describe('a composite rule', () => {
  it('asks for the state of one alarm, named with or without quotes or by ARN', () => {
    for (const text of [
      'ALARM(a)',
      'ALARM("a")',
      'OK(o)',
      'INSUFFICIENT_DATA( i )',
      'ALARM("two words")',
      'ALARM("with \\"quotes\\"")',
      'ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a)',
      'TRUE',
      'NOT FALSE',
    ]) {
      assert.equal(truth(text), true, text);
      assert.equal(truth(`NOT (${text})`), false, text);
    }
  });

  it('combines them, NOT before AND before OR', () => {
    assert.equal(truth('(ALARM("a") OR ALARM("o")) AND (ALARM("o") OR ALARM("i"))'), false);
    assert.equal(truth('ALARM(a) OR ALARM(o) AND ALARM(i)'), true);
    assert.equal(truth('(ALARM(a) OR ALARM(o)) AND ALARM(i)'), false);
    assert.equal(truth('NOT ALARM(a) AND ALARM(o) OR ALARM(b)'), true);
    assert.equal(truth('NOT ALARM(a) AND NOT ALARM(o)'), false);
    assert.equal(truth('ALARM(a)\n  AND ALARM(b)\n'), true);
  });

  it('counts alarms with AT_LEAST, by number and by share', () => {
    assert.equal(truth('AT_LEAST(2, ALARM, (a, b, o, i))'), true);
    assert.equal(truth('AT_LEAST(3, ALARM, (a, b, o, i))'), false);
    assert.equal(truth('AT_LEAST(50%, ALARM, (a, b, o, i))'), true);
    assert.equal(truth('AT_LEAST(51%, ALARM, (a, b, o, i))'), false);
    assert.equal(truth('AT_LEAST(3, NOT OK, (a, b, o, i)) AND NOT ALARM(o)'), true);
  });

  it('says when AND and OR stand side by side, because AWS publishes no precedence', () => {
    assert.equal(parseRule('ALARM(a) AND ALARM(b) OR ALARM(o)').mixesOperators, true);
    assert.equal(parseRule('(ALARM(a) AND ALARM(b)) OR ALARM(o)').mixesOperators, false);
    assert.equal(parseRule('ALARM(a) OR ALARM(b) OR ALARM(o)').mixesOperators, false);
  });

  it('keeps a backslash that escapes nothing', () => {
    assert.deepEqual(alarmsOf(parseRule('ALARM("C:\\\\disk") OR ALARM("C:\\temp")').rule), [
      'C:\\disk',
      'C:\\temp',
    ]);
  });

  it('names each of its alarms once', () => {
    assert.deepEqual(
      alarmsOf(parseRule('ALARM(a) AND NOT OK(b) AND AT_LEAST(1, OK, (a, c)) AND TRUE').rule),
      ['a', 'b', 'c'],
    );
  });

  it('says what is wrong and where', () => {
    const problems: readonly [string, RegExp][] = [
      ['', /unexpected end, expected ALARM, OK, .* at 1$/],
      ['ALARM(a', /unexpected end, expected "\)", at 8$/],
      ['ALARM(a) ALARM(b)', /unexpected "A", expected AND, OR or the end, at 10$/],
      ['alarm(a)', /unexpected "a", .* at 1$/],
      ['ALARM()', /unexpected "\)", expected an alarm, at 7$/],
      ['AT_LEAST(ALARM, (a))', /expected a number or a percentage, at 10$/],
      ['ALARM("")', /unexpected """, expected an alarm, at 7$/],
      ['AT_LEAST(0, ALARM, (a))', /AT_LEAST asks for 0, expected 1 to 1, at 22$/],
      ['AT_LEAST(3, ALARM, (a, b))', /AT_LEAST asks for 3, expected 1 to 2, at 25$/],
      ['AT_LEAST(101%, NOT OK, (a, b))', /AT_LEAST asks for 101%, expected 1 to 100%, at 29$/],
      [`ALARM(a) AND ${'x'.repeat(10_240)}`, /10253 characters, expected at most 10240, at 10241$/],
      [Array.from({ length: 501 }, () => 'TRUE').join(' OR '), /more than 500 elements/],
    ];
    for (const [text, expected] of problems) assert.throws(() => parseRule(text), expected, text);
  });
});
