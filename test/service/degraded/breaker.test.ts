/** The circuit breaker, step by step and in any order of steps. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  admit,
  type BreakerLimits,
  type BreakerState,
  closedBreaker,
  settle,
} from '../../../service/degraded/breaker';
import '../../seed';

const limits: BreakerLimits = { errorLimit: 0.5, windowMs: 1000, minimumCalls: 4, openMs: 300, trials: 2 };

/** Settles calls at one moment, `x` for a failure and `.` for a success. */
const after = (state: BreakerState, calls: string, nowMs: number): BreakerState =>
  [...calls].reduce((now, call) => settle(now, call === '.', nowMs, limits), state);

describe('the breaker', () => {
  it('opens when enough calls have failed, and not before there are enough', () => {
    const start = closedBreaker(0);
    assert.equal(after(start, 'xxx', 10).kind, 'closed');
    assert.equal(after(start, 'xxxx', 10).kind, 'open');
    assert.equal(after(start, '...xx', 10).kind, 'closed', 'two of five are less than half');
    assert.equal(after(start, '..xx', 10).kind, 'open', 'exactly half is the limit');
  });

  it('forgets a window when it is over', () => {
    const before = after(closedBreaker(0), 'xxx', 999);
    assert.equal(after(before, 'x', 999).kind, 'open');
    assert.equal(after(before, 'x', 1000).kind, 'closed');
  });

  it('rests while it is open, then tries one call at a time, and closes after enough successes', () => {
    const open = after(closedBreaker(0), 'xxxx', 100);
    assert.equal(admit(open, 399, limits).isAdmitted, false);
    assert.equal(settle(open, true, 200, limits), open, 'what was asked before says nothing new');
    const first = admit(open, 400, limits);
    assert.deepEqual([first.isAdmitted, first.state.kind], [true, 'half-open']);
    assert.equal(admit(first.state, 401, limits).isAdmitted, false, 'one at a time');
    const second = admit(settle(first.state, true, 410, limits), 411, limits);
    assert.equal(second.isAdmitted, true);
    assert.deepEqual(settle(second.state, true, 420, limits), closedBreaker(420));
    assert.deepEqual(settle(second.state, false, 420, limits), { kind: 'open', sinceMs: 420 });
  });

  it('does not wait for ever for a trial that never ends', () => {
    const { state } = admit(after(closedBreaker(0), 'xxxx', 0), 300, limits);
    assert.equal(admit(state, 599, limits).isAdmitted, false);
    assert.equal(admit(state, 600, limits).isAdmitted, true);
  });

  it('admits again within its rest, whatever happened before, and never opens without enough failures', () => {
    const step = fc.record({
      waitMs: fc.nat(400),
      kind: fc.constantFrom('admit' as const, 'succeed' as const, 'fail' as const),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let nowMs = 0;
        let state = closedBreaker(0);
        let failuresSinceClosed = 0;
        for (const { waitMs, kind } of steps) {
          nowMs += waitMs;
          const before = state;
          if (kind === 'admit') state = admit(state, nowMs, limits).state;
          else state = settle(state, kind === 'succeed', nowMs, limits);
          if (kind === 'fail') failuresSinceClosed += 1;
          if (before.kind === 'closed' && state.kind === 'open') {
            assert.ok(failuresSinceClosed >= limits.minimumCalls * limits.errorLimit);
          }
          if (before.kind !== 'closed' && state.kind === 'closed') failuresSinceClosed = 0;
        }
        assert.ok(admit(state, nowMs + limits.openMs, limits).isAdmitted);
      }),
    );
  });
});
