/** The rehearsal's clock: aligned looks at whole multiples, and the event log that it stamps. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Clock, everyAligned, sleep, systemClock } from '../../rehearsal/clock';
import { createEventLog } from '../../rehearsal/events';
import { manualClock } from './manual-clock';

describe('everyAligned', () => {
  it('runs at each whole multiple of the period, until stopped', () => {
    const clock = manualClock(1_000_003_000);
    const runs: number[] = [];
    const stop = everyAligned(clock, 10_000, (at) => runs.push(at));
    clock.advance(35_000);
    assert.deepEqual(runs, [1_000_010_000, 1_000_020_000, 1_000_030_000]);
    stop();
    clock.advance(60_000);
    assert.equal(runs.length, 3);
  });

  it('may be stopped from within', () => {
    const clock = manualClock(0);
    let runs = 0;
    const stop = everyAligned(clock, 10, () => {
      runs += 1;
      stop();
    });
    clock.advance(100);
    assert.equal(runs, 1);
  });

  it('runs once at a moment even when the timer fires a hair early', () => {
    let now = 5;
    const timers: (() => void)[] = [];
    const early: Clock = {
      now: () => now,
      after: (_, run) => {
        timers.push(run);
        return () => {};
      },
    };
    const runs: number[] = [];
    everyAligned(early, 10, (at) => runs.push(at));
    for (const time of [9, 10, 19, 20]) {
      now = time;
      timers.shift()?.();
    }
    assert.deepEqual(runs, [10, 20]);
  });

  it('catches up with the present after a pause instead of running for each moment missed', () => {
    const pending: (() => void)[] = [];
    let now = 0;
    const after: Clock['after'] = (_, run) => {
      pending.push(run);
      return () => {};
    };
    const clock: Clock = { now: () => now, after };
    const runs: number[] = [];
    everyAligned(clock, 10, (at) => runs.push(at));
    now = 95;
    pending.shift()?.();
    now = 100;
    pending.shift()?.();
    assert.deepEqual(runs, [10, 100]);
  });
});

describe('the system clock', () => {
  it('calls back once, and not when it was told not to', async () => {
    const clock = systemClock();
    const before = clock.now();
    let isCalled = false;
    clock.after(1, () => {
      isCalled = true;
    })();
    await sleep(clock, 20);
    assert.ok(!isCalled);
    assert.ok(clock.now() - before >= 18);
  });
});

describe('the event log', () => {
  it('stamps, keeps and hands on each event in order, to whoever still listens', () => {
    let now = 1;
    const log = createEventLog(() => now);
    const heard: string[] = [];
    const unsubscribe = log.subscribe((event) => heard.push(`first ${event.at}`));
    log.subscribe((event) => heard.push(`second ${event.at}`));
    log.emit({ kind: 'host', what: 'a' });
    unsubscribe();
    now = 2;
    log.emit({ kind: 'host', what: 'b' });
    assert.deepEqual(heard, ['first 1', 'second 1', 'second 2']);
    assert.deepEqual(log.events, [
      { at: 1, kind: 'host', what: 'a' },
      { at: 2, kind: 'host', what: 'b' },
    ]);
  });
});
