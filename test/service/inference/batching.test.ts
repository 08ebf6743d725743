/** Batches: every caller gets the answers to its own rows, in whatever order calls and turns come. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { batched } from '../../../service/inference/batching';
import type { Model, Prediction, Row } from '../../../service/inference/model';
import { shippedModel } from '../app-under-test';
import '../../seed';

const poison = -1;

/** A model whose answer names the row that it was given; it fails on a poisoned row, and says on which. */
async function echoing(runs: number[][]): Promise<Model> {
  const { metadata } = await shippedModel();
  return {
    metadata,
    async predict(rows) {
      runs.push(rows.map((row) => row[0] ?? Number.NaN));
      await setImmediate();
      for (const row of rows) if (row[0] === poison) throw new Error(`poisoned by ${row[1]}`);
      return rows.map((row) => answerTo(row));
    },
  };
}

const answerTo = (row: Row): Prediction => ({
  class: `of ${row[0]}`,
  confidence: 1,
  probabilities: {},
});

/** Ends turns when the test says so. */
function heldTurns() {
  const ends: (() => void)[] = [];
  return {
    endOfTurn: (run: () => void) => void ends.push(run),
    waiting: () => ends.length,
    end: () => ends.shift()?.(),
  };
}

const rowOf = (first: number, second = 0): Row => Float32Array.of(first, second);

describe('batching', () => {
  it('gives every caller its own answers or its own error, in any order of calls and turns', async () => {
    const call = fc.array(fc.oneof({ weight: 9, arbitrary: fc.nat(999) }, fc.constant(poison)), {
      maxLength: 5,
    });
    const step = fc.oneof({ weight: 3, arbitrary: call }, fc.constant('turn' as const));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 8 }),
        async (steps, maxRows) => {
          const runs: number[][] = [];
          const turns = heldTurns();
          const model = batched(await echoing(runs), { endOfTurn: turns.endOfTurn, maxRows });
          const settled: Promise<void>[] = [];
          for (const [id, each] of steps.entries()) {
            if (each === 'turn') {
              turns.end();
              await setImmediate();
              continue;
            }
            const rows = each.map((first) => rowOf(first, id));
            const isPoisoned = each.includes(poison);
            settled.push(
              model.predict(rows).then(
                (answers) => {
                  assert.equal(isPoisoned, false);
                  assert.deepEqual(
                    answers.map((answer) => answer.class),
                    each.map((first) => `of ${first}`),
                  );
                },
                (error: Error) => assert.equal(error.message, `poisoned by ${id}`),
              ),
            );
          }
          let open = settled.length;
          for (const each of settled) void each.finally(() => (open -= 1)).catch(() => {});
          while (open > 0) {
            turns.end();
            await setImmediate();
          }
          await Promise.all(settled);
          assert.equal(turns.waiting(), 0, 'no turn is asked for when nobody waits');
          for (const rows of runs) assert.ok(rows.length <= Math.max(maxRows, 5));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('predicts at once what came in one turn, and collects while it does', async () => {
    const runs: number[][] = [];
    const turns = heldTurns();
    const model = batched(await echoing(runs), { endOfTurn: turns.endOfTurn });
    const first = [model.predict([rowOf(1)]), model.predict([rowOf(2), rowOf(3)])];
    assert.equal(turns.waiting(), 1);
    assert.deepEqual(runs, [], 'the turn is not over yet');
    turns.end();
    const second = [model.predict([rowOf(4)]), model.predict([rowOf(5)])];
    assert.deepEqual(runs, [[1, 2, 3]]);
    assert.equal(turns.waiting(), 0, 'one run at a time');
    await Promise.all(first);
    turns.end();
    await Promise.all(second);
    assert.deepEqual(runs, [
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('never joins more rows than the limit, and never cuts a call', async () => {
    const runs: number[][] = [];
    const turns = heldTurns();
    const model = batched(await echoing(runs), { endOfTurn: turns.endOfTurn, maxRows: 3 });
    const calls = [[1, 2], [3], [4, 5], [6, 7, 8, 9, 10], [11]].map((each) =>
      model.predict(each.map((value) => rowOf(value))),
    );
    while (turns.waiting() > 0) {
      turns.end();
      for (let pause = 0; pause < 4; pause += 1) await setImmediate();
    }
    await Promise.all(calls);
    assert.deepEqual(runs, [[1, 2, 3], [4, 5], [6, 7, 8, 9, 10], [11]]);
  });

  it('does not pass on answers whose number is wrong', async () => {
    const { metadata } = await shippedModel();
    const turns = heldTurns();
    const short: Model = { metadata, predict: async (rows) => rows.slice(1).map(answerTo) };
    const model = batched(short, { endOfTurn: turns.endOfTurn });
    const calls = Promise.allSettled([model.predict([rowOf(1)]), model.predict([rowOf(2)])]);
    turns.end();
    for (const result of await calls) {
      assert.equal(result.status, 'rejected');
      assert.match(String(result.reason), /wrong number of answers, got 0, expected 1/);
    }
  });
});
