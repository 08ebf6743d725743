/** What the drift watch passes over under heavy traffic, and that its counts stand for all of it all the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Thinning, watchedPerSecond } from '../../../service/drift/thinning';

/** A second of requests; by request, how many of its like each stands for. */
function second(thinning: Thinning, requests: number, predictions = 1): number[] {
  const weights = Array.from({ length: requests }, () => thinning.weigh(predictions));
  thinning.turn();
  return weights;
}

const sum = (values: readonly number[]): number => values.reduce((left, right) => left + right, 0);
const taken = (weights: readonly number[]): number => weights.filter((weight) => weight > 0).length;

describe('thinning', () => {
  it('passes over nothing up to a thousand predictions a second, one a request or many', () => {
    const thinning = new Thinning();
    for (let count = 0; count < 5; count += 1) {
      assert.deepEqual([...new Set(second(thinning, watchedPerSecond))], [1]);
      assert.deepEqual([...new Set(second(thinning, 10, watchedPerSecond / 10))], [1]);
    }
  });

  for (const [requests, predictions] of [
    [25_000, 1],
    [1_500, 1],
    [1_000, 32],
  ] as const)
    it(`looks at about a thousand of ${requests * predictions} a second, and counts them for all`, () => {
      const thinning = new Thinning();
      second(thinning, requests, predictions);
      let looked = 0;
      let counted = 0;
      const seconds = 60;
      for (let count = 0; count < seconds; count += 1) {
        const weights = second(thinning, requests, predictions);
        looked += taken(weights) * predictions;
        counted += sum(weights) * predictions;
      }
      const all = requests * predictions * seconds;
      assert.ok(looked <= 1.1 * watchedPerSecond * seconds, `${looked} looked at`);
      assert.ok(looked >= 0.5 * watchedPerSecond * seconds, `${looked} looked at`);
      assert.ok(Math.abs(counted / all - 1) < 0.03, `${counted} counted of ${all}`);
    });

  it('prefers none of callers that take turns', () => {
    const thinning = new Thinning();
    const callers = 25;
    const byCaller = new Array<number>(callers).fill(0);
    second(thinning, 25_000);
    for (let count = 0; count < 60; count += 1)
      for (const [index, weight] of second(thinning, 25_000).entries())
        byCaller[index % callers] = (byCaller[index % callers] ?? 0) + weight;
    const mean = sum(byCaller) / callers;
    for (const [caller, counted] of byCaller.entries())
      assert.ok(Math.abs(counted / mean - 1) < 0.1, `caller ${caller}: ${counted} of ${mean}`);
  });

  it('counts what comes after a rush for what it is, however often the two change', () => {
    for (const [rush, rows, quiet] of [
      [200, 256, 1],
      [20_000, 1, 50],
      [50, 256, 5],
    ] as const) {
      const thinning = new Thinning();
      let counted = 0;
      const rounds = 4000 / quiet;
      for (let count = 0; count < rounds; count += 1) {
        second(thinning, rush, rows);
        counted += sum(second(thinning, quiet));
      }
      const ratio = counted / (rounds * quiet);
      assert.ok(Math.abs(ratio - 1) < 0.5, `${quiet} after ${rush} of ${rows}: counted ${ratio} times`);
    }
  });

  it('is not carried away by a rush that nobody foresaw', () => {
    const thinning = new Thinning();
    assert.ok(taken(second(thinning, 1_000_000)) < 10 * watchedPerSecond);
  });

  it('looks at everything again in the second after next', () => {
    const thinning = new Thinning();
    second(thinning, 1_000_000);
    second(thinning, 10);
    assert.deepEqual([...new Set(second(thinning, 900))], [1]);
  });
});
