/** What is kept of each value, and where the bounds lie. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  confidenceRange,
  Distribution,
  type DistributionRange,
  latencyRange,
} from '../../../service/telemetry/distribution';
import { confidenceBounds, latencyBounds } from '../../../service/telemetry/totals';

function of(values: Iterable<number>, range: DistributionRange = latencyRange): Distribution {
  const distribution = new Distribution(range);
  for (const value of values) distribution.add(value);
  return distribution;
}

/** Each value as it would be told, ascending. */
const told = (distribution: Distribution): number[] =>
  [...distribution.counts].flatMap((count, index) => Array(count).fill(Number(distribution.textAt(index))));

describe('a distribution', () => {
  it('tells whole and round numbers as themselves, and the rest without binary noise', () => {
    assert.equal(
      JSON.stringify(told(of([0.123456, 0.6, 1, 1.2349, 2.5, 12.36, 123.4, 250, 1000, 9996]))),
      '[0.1234,0.6,1,1.236,2.5,12.36,123.4,250,1000,10000]',
    );
    const confidences = [0.001, 0.25, 0.5, 0.6, 0.73, 0.9, 0.99, 1];
    assert.deepEqual(told(of(confidences, confidenceRange)), confidences);
  });

  it('keeps what lies outside its range at the ends of it', () => {
    const odd = [0, -3, 1e-9, Number.NaN, Number.NEGATIVE_INFINITY, 1e12, Number.POSITIVE_INFINITY];
    const distribution = of(odd);
    assert.deepEqual(told(distribution), [0, 0, 0, 0, 0, 1_048_000, 1_048_000]);
    assert.equal(distribution.sum, 2 * 2 ** 20, 'a sum stays a number whatever came');
  });

  it('gives every value back, in order, within 0.4 %', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 2 ** -12, max: 2 ** 20, noNaN: true }), {
          maxLength: 200,
        }),
        (values) => {
          const kept = told(of(values));
          const sorted = values.toSorted((a, b) => a - b);
          assert.equal(kept.length, values.length);
          for (const [index, value] of sorted.entries()) {
            const error = Math.abs((kept[index] ?? 0) - value) / value;
            assert.ok(error <= 0.004, `${value} became ${kept[index]}`);
          }
        },
      ),
    );
  });

  for (const [what, range, bounds] of [
    ['latencies', latencyRange, latencyBounds],
    ['confidences', confidenceRange, confidenceBounds],
  ] as const) {
    it(`counts ${what} that are a bound below it, and what is a hair above it above`, () => {
      for (const bound of bounds) {
        const distribution = of([bound, bound * (1 - 1e-6), bound * (1 + 1e-6)], range);
        const last = distribution.indexOfBound(bound);
        const below = distribution.counts.slice(0, last + 1).reduce((sum, count) => sum + count, 0);
        assert.equal(below, 2, `bound ${bound}`);
      }
    });
  }

  it('refuses a bound that would cut through a bucket', () => {
    assert.throws(
      () => new Distribution(latencyRange).indexOfBound(2500),
      /bound 2500: cuts through a bucket/,
    );
  });

  it('is empty again once it is cleared', () => {
    const distribution = of([1, 2, 3]);
    distribution.clear();
    assert.deepEqual([told(distribution), distribution.sum], [[], 0]);
  });
});
