/** PSI, Kolmogorov-Smirnov and chi-square against scipy and numpy; fixtures.py says how the expectations were computed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../rehearsal/traffic';
import { binOf, countByBin, edgesOf } from '../../../service/drift/bins';
import { chiSquareQuantile, chiSquareTail, chiSquareTest } from '../../../service/drift/chi-square';
import { kolmogorovSmirnov, kolmogorovSmirnovOfBins } from '../../../service/drift/kolmogorov-smirnov';
import { kolmogorovTail } from '../../../service/drift/kolmogorov-tail';
import { populationStabilityIndex, psiNoise } from '../../../service/drift/psi';
import fixtures from './fixtures.json';
import { sampleOf } from './samples';

function near(got: number, wanted: number, tolerance: number, what: string): void {
  const scale = Math.max(Math.abs(wanted), 1e-300);
  assert.ok(Math.abs(got - wanted) <= tolerance * scale, `${what}: got ${got}, expected ${wanted}`);
}

describe('two samples', () => {
  for (const { name, reference, current, ks, edges, psi } of fixtures.samples) {
    it(`${name}: statistic, p-value and PSI are scipy's and numpy's`, () => {
      const before = sampleOf(reference).sort();
      const now = sampleOf(current).sort();
      const found = kolmogorovSmirnov(before, now);
      assert.ok(Math.abs(found.statistic - ks.statistic) < 1e-12, `${found.statistic}, ${ks.statistic}`);
      // Exact counts agree to rounding. Of the expansion's digits there are five where nm/(n+m) is below 140, else more.
      near(found.pValue, ks.pValue, ks.mode === 'exact' ? 1e-8 : 2e-5, 'p-value');
      const index = populationStabilityIndex(countByBin(before, edges), countByBin(now, edges));
      assert.ok(Math.abs(index - psi) < 1e-12, `${index}, ${psi}`);
    });
  }

  it('have the edges of numpy, where values are many', () => {
    for (const { name, reference, edges } of fixtures.samples) {
      if (reference.rows < 100 || reference.steps > 0) continue;
      const own = edgesOf(sampleOf(reference).sort());
      assert.equal(own.length, edges.length, name);
      for (const [index, edge] of edges.entries()) near(own[index] ?? 0, edge, 1e-12, name);
    }
  });

  it('seen by bins are never further apart than they are', () => {
    for (const { reference, current, edges } of fixtures.samples) {
      const before = sampleOf(reference).sort();
      const now = sampleOf(current).sort();
      const exact = kolmogorovSmirnov(before, now);
      const binned = kolmogorovSmirnovOfBins(countByBin(before, edges), countByBin(now, edges));
      assert.ok(binned.statistic <= exact.statistic + 1e-12);
      assert.ok(binned.pValue >= exact.pValue - 1e-12);
    }
  });
});

describe('categories', () => {
  for (const { name, reference, current, chiSquare, psi } of fixtures.tables) {
    it(`${name}: chi-square and PSI are scipy's and numpy's`, () => {
      const found = chiSquareTest(reference, current);
      near(found.statistic, chiSquare.statistic, 1e-12, 'statistic');
      near(found.pValue, chiSquare.pValue, 1e-10, 'p-value');
      assert.ok(Math.abs(populationStabilityIndex(reference, current) - psi) < 1e-12);
    });
  }
});

describe('distributions', () => {
  it('of chi-square have the tails and quantiles of scipy', () => {
    for (const { x, degrees, tail } of fixtures.chiSquareTails) {
      near(chiSquareTail(x, degrees), tail, 1e-10, `tail of ${x}, ${degrees}`);
    }
    for (const { probability, degrees, value } of fixtures.chiSquareQuantiles) {
      near(chiSquareQuantile(probability, degrees), value, 1e-10, `quantile ${probability}, ${degrees}`);
    }
  });

  it('of Kolmogorov have the tails of scipy', () => {
    for (const { n, distance, tail } of fixtures.kolmogorovTails) {
      const found = kolmogorovTail(n, distance);
      assert.ok(Math.abs(found - tail) <= 1e-6 * tail + 1e-9, `${n}, ${distance}: ${found}, ${tail}`);
    }
  });
});

describe('bins', () => {
  it('give each of a few distinct values its own, and what is new the outer ones', () => {
    const edges = edgesOf([0, 0, 0, 1, 1, 2]);
    assert.deepEqual(edges, [-0.5, 0, 1, 2]);
    assert.deepEqual(
      [-1, 0, 1, 2, 3].map((value) => binOf(edges, value)),
      [0, 1, 2, 3, 4],
    );
    assert.deepEqual(countByBin([0, 1, 1, 7], edges), [0, 1, 2, 0, 1]);
  });

  it('of a constant tell it from everything else', () => {
    const edges = edgesOf([5, 5, 5]);
    assert.deepEqual(
      [4, 5, 6].map((value) => binOf(edges, value)),
      [0, 1, 2],
    );
  });

  it('come from the reference alone and hold a tenth each', () => {
    const random = seededRandom(1);
    const values = Float64Array.from({ length: 1000 }, random).sort();
    assert.deepEqual(countByBin(values, edgesOf(values)), new Array(10).fill(100));
  });
});

describe('the noise of PSI', () => {
  it('is what chance reaches once in a thousand, and falls with the rows', () => {
    const reference = new Array<number>(10).fill(2000);
    const random = seededRandom(7);
    let above = 0;
    for (let round = 0; round < 5000; round++) {
      const current = new Array<number>(10).fill(0);
      for (let row = 0; row < 300; row++) {
        const bin = Math.floor(random() * 10);
        current[bin] = (current[bin] ?? 0) + 1;
      }
      if (populationStabilityIndex(reference, current) > psiNoise(reference, current)) above += 1;
    }
    // Five are expected of five thousand; twenty would be another law.
    assert.ok(above >= 1 && above <= 15, String(above));
    const few = psiNoise(reference, new Array<number>(10).fill(10));
    const many = psiNoise(reference, new Array<number>(10).fill(10_000));
    assert.ok(few > 0.25 && many < 0.01, `${few}, ${many}`);
  });
});
