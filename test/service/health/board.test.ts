/** How often checks run, however many ask, and what is remembered of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHealthBoard } from '../../../service/health/board';
import type { CheckResult } from '../../../service/health/check';
import { heldClock } from '../held-clock';
import { stubCheck } from './stub-check';

describe('the board', () => {
  it('runs a check once for a thousand questions at once, and not again while the result is fresh', async () => {
    const clock = heldClock(0);
    let runs = 0;
    const check = stubCheck({
      freshMs: 5000,
      run: async () => {
        runs += 1;
        return `run ${runs}`;
      },
    });
    const board = createHealthBoard(clock, [check]);
    await Promise.all(Array.from({ length: 1000 }, () => board.look()));
    await clock.advance(4999);
    assert.equal((await board.look()).checks[0]?.detail, 'run 1');
    assert.equal(runs, 1);
    await clock.advance(1);
    assert.equal((await board.look()).checks[0]?.detail, 'run 2');
  });

  it('gives each check up at its own limit, tells it so, and counts the share that passes', async () => {
    const clock = heldClock(0);
    let abandoned: AbortSignal | undefined;
    const never = stubCheck({
      name: 'never',
      limitMs: 300,
      run: (signal) => {
        abandoned = signal;
        return new Promise(() => {});
      },
    });
    const throws = stubCheck({
      name: 'throws',
      run: () => {
        throw new Error('at once');
      },
    });
    const board = createHealthBoard(clock, [stubCheck(), never, throws, stubCheck()]);
    const report = board.look();
    await clock.advance(0);
    assert.equal(abandoned?.aborted, false);
    await clock.advance(300);
    const { ok, passedPercent, checks } = await report;
    assert.equal(abandoned?.aborted, true);
    assert.deepEqual([ok, passedPercent], [false, 50]);
    assert.deepEqual(
      checks.map(({ ms, detail }) => [ms, detail]),
      [
        [0, undefined],
        [300, 'no answer within 300 ms'],
        [0, 'at once'],
        [0, undefined],
      ],
    );
  });

  it('starts no check again that still hangs, and looks anew once it has come back', async () => {
    const clock = heldClock(0);
    let runs = 0;
    let comeBack = (): void => {};
    const board = createHealthBoard(clock, [
      stubCheck({
        freshMs: 0,
        run: () => {
          runs += 1;
          return new Promise((resolve) => {
            comeBack = () => resolve(undefined);
          });
        },
      }),
    ]);
    const first = board.look();
    await clock.advance(1000);
    assert.equal((await first).ok, false);
    await clock.advance(9000);
    assert.equal((await board.look()).checks[0]?.detail, 'still no answer after 10000 ms');
    assert.equal(runs, 1);
    comeBack();
    await clock.advance(0);
    const again = board.look();
    await clock.advance(0);
    assert.equal(runs, 2);
    comeBack();
    assert.equal((await again).ok, true);
  });

  it('tells of the first failure and of the recovery, once each, and remembers since when', async () => {
    const clock = heldClock(Date.UTC(2026, 0, 1));
    const told: CheckResult[] = [];
    let broken = false;
    const run = async (): Promise<undefined> => {
      if (broken) throw new Error('broken');
    };
    const board = createHealthBoard(clock, [stubCheck({ run })], (result) => void told.push(result));
    const lookLater = async () => {
      await clock.advance(1000);
      return (await board.look()).checks[0]?.failingSince;
    };
    assert.equal(await lookLater(), undefined);
    broken = true;
    assert.equal(await lookLater(), '2026-01-01T00:00:02.000Z');
    assert.equal(await lookLater(), '2026-01-01T00:00:02.000Z');
    broken = false;
    assert.equal(await lookLater(), undefined);
    assert.deepEqual(
      told.map(({ ok }) => ok),
      [false, true],
    );
  });

  it('looks only at the checks that are asked for, and at others once they are replaced', async () => {
    const board = createHealthBoard(heldClock(0), [stubCheck({ name: 'a', critical: true }), stubCheck()]);
    const names = async (which?: Parameters<typeof board.look>[0]) =>
      (await board.look(which)).checks.map(({ name }) => name);
    assert.deepEqual(await names(({ critical }) => critical), ['a']);
    board.replace([stubCheck({ name: 'b' })]);
    assert.deepEqual(await names(), ['b']);
    board.replace([]);
    assert.deepEqual(await board.look(), { ok: true, passedPercent: 100, checks: [] });
  });
});
