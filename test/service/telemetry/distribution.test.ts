/** What a window keeps of its values. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Distribution } from '../../../service/telemetry/distribution';

function of(values: Iterable<number>): Distribution {
  const distribution = new Distribution();
  for (const value of values) distribution.add(value);
  return distribution;
}

describe('distribution of a window', () => {
  it('keeps three significant digits and prints them without binary noise', () => {
    const kept = of([0.123456, 1.2349, 12.36, 123.4, 9996, 0.6]).values(100);
    assert.equal(JSON.stringify(kept), '[0.123,0.6,1.23,12.4,123,10000]');
  });

  it('keeps what lies outside its range at the range’s ends', () => {
    assert.deepEqual(
      of([0, -3, 1e-9, Number.NaN, 1e12, Number.POSITIVE_INFINITY]).values(100),
      [0, 0, 0, 0, 999_000, 999_000],
    );
  });

  it('gives every value back, in order, within half a digit of the third place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-4, max: 9.9e5, noNaN: true }), { maxLength: 200 }),
        (values) => {
          const kept = of(values).values(1000);
          const sorted = values.toSorted((a, b) => a - b);
          assert.equal(kept.length, values.length);
          for (const [index, value] of sorted.entries()) {
            const error = Math.abs((kept[index] ?? 0) - value) / value;
            assert.ok(error <= 0.00501, `${value} became ${kept[index]}`);
          }
        },
      ),
    );
  });

  it('keeps percentiles, smallest and largest of far more values than it tells', () => {
    const values = Array.from({ length: 50_000 }, (_, index) => 1 + ((index * 7919) % 50_000) / 100);
    const distribution = of(values);
    const told = distribution.values(1000);
    const sorted = values.toSorted((a, b) => a - b);
    assert.equal(distribution.size, 50_000);
    assert.equal(told.length, 1000);
    assert.equal(told[0], 1);
    assert.equal(told.at(-1), 501);
    for (const percent of [1, 50, 90, 95, 99, 99.5]) {
      const exact = sorted[Math.floor((percent / 100) * sorted.length)] ?? 0;
      const kept = told[Math.floor((percent / 100) * told.length)] ?? 0;
      assert.ok(Math.abs(kept - exact) / exact < 0.01, `p${percent}: ${kept}, exactly ${exact}`);
    }
  });
});
