/** The time of a recorded run: its alarms were ready after the tick before the first one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rangeOf } from '../../../../rehearsal/alarms/backtest/range';

describe('the range of a recorded run', () => {
  it('does not begin at a whole minute, for which the alarms would be evaluated', () => {
    const run = { firstTick: 70_000, lastTick: 190_000, forced: [] };
    const { start, end } = rangeOf({ span: undefined, run }, {});
    assert.ok(start > 60_000 && start < 70_000, `${start}`);
    assert.equal(end, 190_000);
  });
});
