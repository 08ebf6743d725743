/** Judging a run: what it is held against when actions were held back. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeStates, judgeTest, stateAt } from '../../../../rehearsal/alarms/scenario/judge';
import { readTestFile } from '../../../../rehearsal/alarms/scenario/read';
import { resolveExpectations } from '../../../../rehearsal/alarms/scenario/resolve';
import type { AlarmPlayback } from '../../../../rehearsal/alarms/types';
import { orders, shopBook } from './shop';

const start = Date.UTC(2026, 0, 5);
const minute = 60_000;

function life(parts: Partial<AlarmPlayback>): AlarmPlayback {
  const name = 'shop-ordersFail';
  const empty = { transitions: [], actions: [], withheld: [] };
  return {
    name,
    arn: '',
    kind: 'metric',
    logicalId: 'OrdersFail',
    initial: 'INSUFFICIENT_DATA',
    ...empty,
    ...parts,
  };
}

function judged(expect: string, parts: Partial<AlarmPlayback>): string[] {
  const [test] = readTestFile('shop.yaml', orders('0x9', expect)).tests;
  assert.ok(test !== undefined);
  const span = { start, end: start + 9 * minute };
  const expectations = resolveExpectations('shop.yaml', test, shopBook(), span);
  const playback = { ...span, alarms: [life(parts)], notices: [] };
  return judgeTest(expectations, { playback, subscriptions: [] }).map(
    ({ expected, got }) => `${expected} | ${got}`,
  );
}

describe('actions that were held back', () => {
  const held = {
    withheld: [{ at: start + 2 * minute, state: 'ALARM', by: 'suppressor shop-dev-deploying' }],
  } as const;

  it('are named with what held them, by its name or the end of it', () => {
    for (const by of ['suppressor deploying', 'suppressor shop-dev-deploying'])
      assert.deepEqual(
        judged(`{ ordersFail: { withheld: [{ at: 2m, by: ${by}, state: ALARM }] } }`, held),
        [],
      );
    assert.deepEqual(judged('{ ordersFail: { withheld: [{ at: 2m, by: mute rule deploying }] } }', held), [
      'by mute rule deploying at 2m | by suppressor shop-dev-deploying for ALARM at 2m',
    ]);
    assert.deepEqual(judged('{ ordersFail: { withheld: [] } }', held), [
      'none | by suppressor shop-dev-deploying for ALARM at 2m',
    ]);
  });

  it('by a period are named without a name', () => {
    const waiting = { withheld: [{ at: start + 2 * minute, state: 'ALARM', by: 'wait period' }] } as const;
    assert.deepEqual(judged('{ ordersFail: { withheld: [{ at: 2m, by: wait period }] } }', waiting), []);
    assert.equal(
      judged('{ ordersFail: { withheld: [{ at: 2m, by: extension period }] } }', waiting).length,
      1,
    );
  });
});

describe('the state at a moment', () => {
  const change = { reason: '', reasonData: '', value: undefined };
  const alarm = life({
    transitions: [
      { at: start + minute, from: 'INSUFFICIENT_DATA', to: 'OK', ...change },
      { at: start + minute, from: 'OK', to: 'ALARM', ...change },
    ],
  });

  it('is the one after everything that happened then', () => {
    assert.equal(stateAt(alarm, start + minute - 1), 'INSUFFICIENT_DATA');
    assert.equal(stateAt(alarm, start + minute), 'ALARM');
  });

  it('that lasts no time is not seen', () => {
    assert.deepEqual(judged('{ ordersFail: not OK }', alarm), []);
  });
});

describe('states', () => {
  it('are said as a person would', () => {
    assert.equal(describeStates(['ALARM']), 'ALARM');
    assert.equal(describeStates(['OK', 'INSUFFICIENT_DATA']), 'not ALARM');
    assert.equal(describeStates(['OK', 'ALARM', 'INSUFFICIENT_DATA']), 'OK or ALARM or INSUFFICIENT_DATA');
  });
});
