/** States as spans, stays in ALARM, and which of them are flaps. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { episodesOf, secondsInState, spansOf } from '../../../../rehearsal/alarms/backtest/episodes';
import type { AlarmState } from '../../../../rehearsal/events';

const minute = 60_000;

type Change = readonly [minute: number, to: AlarmState];

/** States by the minute at which they are entered. */
function life(...changes: readonly Change[]) {
  let from: AlarmState = 'INSUFFICIENT_DATA';
  const transitions = changes.map(([at, to]) => {
    const transition = {
      at: at * minute,
      from,
      to,
      reason: `${to} at ${at}`,
      reasonData: '',
      value: undefined,
    };
    from = to;
    return transition;
  });
  return { initial: 'INSUFFICIENT_DATA' as const, transitions };
}

const flaps = (...changes: readonly Change[]): boolean[] =>
  episodesOf(spansOf(life(...changes), 0, 200 * minute), 10 * minute).map(({ isFlap }) => isFlap);

describe('the life of an alarm', () => {
  it('fills the range with its states', () => {
    const spans = spansOf(life([1, 'OK'], [5, 'ALARM'], [9, 'OK']), 0, 20 * minute);
    assert.deepEqual(secondsInState(spans), { OK: 15 * 60, ALARM: 4 * 60, INSUFFICIENT_DATA: 60 });
    assert.deepEqual(
      spans.map(({ start, end }) => [start / minute, end / minute]),
      [
        [0, 1],
        [1, 5],
        [5, 9],
        [9, 20],
      ],
    );
  });

  it('without a change is one state', () => {
    assert.deepEqual(secondsInState(spansOf(life(), 0, 60_000)), { OK: 0, ALARM: 0, INSUFFICIENT_DATA: 60 });
  });
});

describe('a stay in ALARM', () => {
  it('carries the reason for which it began, and is open when the range ends in it', () => {
    const episodes = episodesOf(
      spansOf(life([1, 'OK'], [5, 'ALARM'], [9, 'OK'], [15, 'ALARM']), 0, 20 * minute),
      1,
    );
    assert.deepEqual(
      episodes.map(({ start, end, isOpen, reason }) => [start / minute, end / minute, isOpen, reason]),
      [
        [5, 9, false, 'ALARM at 5'],
        [15, 20, true, 'ALARM at 15'],
      ],
    );
  });

  it('is a flap when it is shorter than the limit, and none when it is as long', () => {
    assert.deepEqual(flaps([5, 'ALARM'], [14, 'OK']), [true]);
    assert.deepEqual(flaps([5, 'ALARM'], [15, 'OK']), [false]);
  });

  it('is a flap when it returns within the limit, however long it lasts', () => {
    assert.deepEqual(flaps([5, 'ALARM'], [30, 'OK'], [39, 'ALARM'], [90, 'OK']), [false, true]);
    assert.deepEqual(flaps([5, 'ALARM'], [30, 'OK'], [40, 'ALARM'], [90, 'OK']), [false, false]);
  });

  it('is no flap while nobody knows how long it will last', () => {
    assert.deepEqual(flaps([195, 'ALARM']), [false]);
  });
});
