/** The counters of a prediction against the plain search, and windows against plain lists. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../rehearsal/traffic';
import { binOf } from '../../../service/drift/bins';
import { Sketch } from '../../../service/drift/sketch';
import { Windows } from '../../../service/drift/windows';

const number = (name: string, edges: readonly number[]) => ({
  name,
  bins: { kind: 'number' as const, edges },
  counts: [],
});

describe('a sketch', () => {
  it('counts each number where the plain search finds it, the edges themselves too', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 200; round++) {
      const many = 1 + Math.floor(random() * 15);
      const scale = 10 ** Math.floor(random() * 12 - 6);
      const edges = [
        ...new Set(Array.from({ length: many }, () => Math.fround((random() - 0.5) * scale))),
      ].sort((a, b) => a - b);
      const sketch = new Sketch([number('a', edges)], 1);
      const expected = new Array<number>(edges.length + 2).fill(0);
      const values = [
        ...edges,
        ...Array.from({ length: 50 }, () => Math.fround((random() - 0.5) * scale)),
        0,
        -0,
      ];
      for (const value of values) {
        sketch.addRow(Float32Array.of(value));
        const bin = binOf(edges, value);
        expected[bin] = (expected[bin] ?? 0) + 1;
      }
      assert.deepEqual([...sketch.of(sketch.counts, 0)], expected, `edges ${edges.join()}`);
    }
  });

  it('counts missing values, categories and rows of 64 bits', () => {
    const subjects = [
      number('a', [0.1, 0.2]),
      { name: 'b', bins: { kind: 'category' as const, categories: ['x', 'y'] }, counts: [] },
    ];
    const sketch = new Sketch(subjects, 2);
    sketch.addRow(Float64Array.of(0.1, 1));
    sketch.addRow(Float32Array.of(0.1, 1));
    sketch.addRow(Float32Array.of(Number.NaN, Number.NaN));
    // 0.1 as a 32-bit number is a little above 0.1, and belongs to the same bin all the same.
    assert.deepEqual([...sketch.of(sketch.counts, 0)], [2, 0, 0, 1]);
    assert.deepEqual([...sketch.of(sketch.counts, 1)], [0, 2, 0, 0, 1]);
  });
});

describe('windows', () => {
  it('keep as many as they should, whatever gaps there are', () => {
    const random = seededRandom(5);
    for (let round = 0; round < 100; round++) {
      const length = 1 + Math.floor(random() * 5);
      const windows = new Windows(1, length, 100);
      const counts = new Map<number, number>();
      let now = 100;
      for (let step = 0; step < 30; step++) {
        windows.counters[0] = (windows.counters[0] ?? 0) + step;
        counts.set(now, (counts.get(now) ?? 0) + step);
        const gap = Math.floor(random() * 4);
        now += gap;
        assert.equal(windows.turn(now), gap > 0);
        let expected = 0;
        for (let back = 1; back <= length; back++) expected += counts.get(now - back) ?? 0;
        assert.deepEqual([...windows.sum()], [expected]);
        assert.equal(windows.seen, Math.max(0, Math.min(length, now - 101)));
      }
    }
  });

  it('wait for a clock that was set back', () => {
    const windows = new Windows(1, 2, 10);
    windows.counters[0] = 5;
    assert.equal(windows.turn(9), false);
    assert.equal(windows.counters[0], 5);
  });

  it('begin anew when the clock was ahead by more than they keep', () => {
    const windows = new Windows(1, 2, 10);
    windows.counters[0] = 5;
    windows.turn(1_000_000);
    windows.counters[0] = 7;
    assert.ok(windows.turn(11));
    assert.deepEqual([windows.seen, windows.counters[0], [...windows.sum()]], [0, 0, [0]]);
    windows.counters[0] = 3;
    windows.turn(12);
    windows.turn(13);
    assert.deepEqual([windows.seen, [...windows.sum()]], [1, [3]]);
  });

  it('go on after a restart, however long it took', () => {
    const windows = new Windows(1, 3, 10);
    for (const number of [11, 12, 13]) {
      windows.turn(number);
      windows.counters[0] = number;
    }
    const soon = new Windows(1, 3, 13);
    assert.ok(soon.restore(windows.snapshot()));
    assert.deepEqual([soon.seen, soon.counters[0], [...soon.sum()]], [2, 13, [23]]);
    const later = new Windows(1, 3, 15);
    assert.ok(later.restore(windows.snapshot()));
    assert.deepEqual([later.seen, later.counters[0], [...later.sum()]], [3, 0, [25]]);
    const ahead = new Windows(1, 3, 12);
    assert.equal(ahead.restore(windows.snapshot()), false, 'a clock that was ahead');
    assert.equal(new Windows(2, 3, 13).restore(windows.snapshot()), false, 'another shape');
  });
});
