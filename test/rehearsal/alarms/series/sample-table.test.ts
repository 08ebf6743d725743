import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createSampleTable, mergeSources } from '../../../../rehearsal/alarms/series/sample-table';
import type { Arrival } from '../../../../rehearsal/alarms/types';
import { datum, described, minute, monday, sourceOf } from './fixture';

const arrival = (
  at: number,
  values: number[],
  more: Partial<Arrival['datum']> = {},
  lateMs = 0,
): Arrival => ({
  arrivedAt: at + lateMs,
  datum: datum(at, values, more),
});

describe('a table of samples', () => {
  it('gives every sample back in order of time, whatever order it came in', () => {
    const source = sourceOf([
      arrival(monday + minute, [2]),
      arrival(monday, [9], { name: 'Errors', unit: 'Count' }),
      arrival(monday, [1]),
    ]);
    assert.deepEqual(described(source), [
      '0: App Latency {service=a} 1',
      '0: App Errors {service=a} 9 Count',
      '1: App Latency {service=a} 2',
    ]);
    assert.deepEqual(described(source), described(source));
  });

  it('orders by arrival where samples came late, and spans the times that they are about', () => {
    const source = sourceOf([arrival(monday, [1], {}, 3 * minute), arrival(monday + minute, [2])]);
    assert.deepEqual(described(source), [
      '1: App Latency {service=a} 2',
      '0+180s: App Latency {service=a} 1',
    ]);
    assert.deepEqual(source.span, { start: monday, end: monday + 2 * minute });
  });

  it('makes one datum of the samples of one moment, and keeps units and resolutions apart', () => {
    const source = sourceOf([
      arrival(monday, [1]),
      arrival(monday, [2, 3], { counts: [1, 4] }),
      arrival(monday, [5], { storageResolutionSeconds: 1 }),
      arrival(monday, [6], { unit: 'Seconds' }),
      arrival(monday, [7], { unit: 'Seconds', counts: [0] }),
    ]);
    assert.deepEqual(described(source), [
      '0: App Latency {service=a} 1 2 3*4',
      '0: App Latency {service=a} 5 1s',
      '0: App Latency {service=a} 6 Seconds',
    ]);
    assert.equal(source.metrics().length, 1);
  });

  it('gives CloudWatch no more values at once than it takes', () => {
    const source = sourceOf(Array.from({ length: 301 }, (_, value) => arrival(monday, [value])));
    assert.deepEqual(
      [...source.arrivals()].map((each) => each.datum.values.length),
      [150, 150, 1],
    );
  });

  it('keeps statistic sets whole between samples', () => {
    const statisticValues = { sampleCount: 4, sum: 10, minimum: 1, maximum: 5 };
    const source = sourceOf([
      arrival(monday + minute, [], { statisticValues }),
      arrival(monday, [3]),
      arrival(monday + minute, [7]),
    ]);
    const all = [...source.arrivals()].map((each) => each.datum);
    assert.deepEqual(all, [
      datum(monday, [3]),
      datum(monday + minute, [], { statisticValues }),
      datum(monday + minute, [7]),
    ]);
  });

  it('is empty without samples', () => {
    const source = createSampleTable().toSource();
    assert.equal(source.span, undefined);
    assert.deepEqual([...source.arrivals()], []);
  });

  it('agrees with sorting all arrivals, for any data and any number of sources', () => {
    const any = fc.record({
      at: fc.integer({ min: 0, max: 6 }),
      late: fc.integer({ min: 0, max: 3 }),
      metric: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      value: fc.integer({ min: 0, max: 99 }),
    });
    fc.assert(
      fc.property(fc.array(fc.array(any, { maxLength: 30 }), { minLength: 1, maxLength: 4 }), (parts) => {
        const sources = parts.map((part) =>
          sourceOf(
            part.map(({ at, late, metric, value }) =>
              arrival(monday + at * minute, [value], { name: metric }, late * minute),
            ),
          ),
        );
        const flat = (arrivals: Iterable<Arrival>): string[] =>
          [...arrivals].flatMap(({ arrivedAt, datum: { name, at, values } }) =>
            values.map((value) => `${(arrivedAt - monday) / minute} ${name} ${at} ${value}`),
          );
        const merged = [...mergeSources(...sources).arrivals()];
        const times = merged.map(({ arrivedAt }) => arrivedAt);
        assert.deepEqual(times, times.toSorted());
        const expected = parts
          .flat()
          .map(({ at, late, metric, value }) => `${at + late} ${metric} ${monday + at * minute} ${value}`);
        assert.deepEqual(flat(merged).sort(), expected.sort());
      }),
      { numRuns: 300 },
    );
  });

  it('puts the earlier source first where two arrive together', () => {
    const both = mergeSources(sourceOf([arrival(monday, [1])]), sourceOf([arrival(monday, [2])]));
    assert.deepEqual(described(both), ['0: App Latency {service=a} 1', '0: App Latency {service=a} 2']);
    assert.equal(both.metrics().length, 1);
    assert.deepEqual(both.span, { start: monday, end: monday + minute });
  });
});
