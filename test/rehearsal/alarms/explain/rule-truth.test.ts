/** The truth of every kind of rule, part by part. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { truthOf } from '../../../../rehearsal/alarms/explain/rule-truth';
import { parseRule } from '../../../../rehearsal/cloudwatch/composite-rule-parser';
import type { AlarmState } from '../../../../rehearsal/events';

const states: Readonly<Record<string, AlarmState>> = { a: 'ALARM', b: 'OK', c: 'INSUFFICIENT_DATA' };

function lines(rule: string): string[] {
  const stateOf = (name: string): AlarmState => states[name] ?? 'OK';
  return truthOf(parseRule(rule).rule, stateOf, (name) => name).map(({ depth, isTrue, text, alarms }) =>
    `${isTrue} ${'-'.repeat(depth)}${text} ${alarms.map(({ alarm, state }) => `${alarm}=${state}`).join()}`.trim(),
  );
}

describe('the truth of a rule', () => {
  it('goes from the whole down to the single alarms', () => {
    assert.deepEqual(lines('ALARM(a) AND (OK(a) OR NOT ALARM(b))'), [
      'true AND',
      'true -ALARM(a) a=ALARM',
      'true -OR',
      'false --OK(a) a=ALARM',
      'true --NOT',
      'false ---ALARM(b) b=OK',
    ]);
  });

  it('tells AT_LEAST with all of its alarms, and constants', () => {
    assert.deepEqual(lines('AT_LEAST(2, NOT OK, (a, b, c)) OR FALSE'), [
      'true OR',
      'true -AT_LEAST(2, NOT OK) of 3 a=ALARM,b=OK,c=INSUFFICIENT_DATA',
      'false -FALSE',
    ]);
  });
});
