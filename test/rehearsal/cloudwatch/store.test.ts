import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { identityKey } from '../../../rehearsal/cloudwatch/identity';
import { createMetricStore } from '../../../rehearsal/cloudwatch/store';
import type { Datum } from '../../../rehearsal/cloudwatch/types';

const base: Datum = {
  namespace: 'App',
  name: 'Latency',
  dimensions: { Service: 'a', Stage: 'dev' },
  storageResolutionSeconds: 1,
  at: 0,
  values: [1],
};
const key = identityKey(base);

describe('the metric store', () => {
  it('keeps metrics apart by their exact dimensions, whatever the order they are written in', () => {
    const store = createMetricStore();
    store.put(base);
    store.put({ ...base, dimensions: { Stage: 'dev', Service: 'a' } });
    store.put({ ...base, dimensions: { Service: 'a' } });
    store.put({ ...base, dimensions: {} });
    assert.equal(store.list().length, 3);
    assert.deepEqual(
      store.range(key, 0, 1000).map((slot) => slot.sampleCount),
      [2],
    );
  });

  it('floors timestamps to the second, or to the minute for standard resolution', () => {
    const store = createMetricStore();
    store.put({ ...base, at: 61_999 });
    store.put({ ...base, at: 119_999, storageResolutionSeconds: 60 });
    assert.deepEqual(
      store.range(key, 0, 200_000).map(({ at, highResolution }) => ({ at, highResolution })),
      [
        { at: 60_000, highResolution: false },
        { at: 61_000, highResolution: true },
      ],
    );
    assert.equal(store.range(key, 0, 200_000, { highResolutionOnly: true }).length, 1);
  });

  it('sorts samples that come late, and includes the start of a range but not its end', () => {
    const store = createMetricStore();
    for (const at of [5000, 1000, 3000, 1000, 4000]) store.put({ ...base, at });
    assert.deepEqual(
      store.range(key, 1000, 5000).map(({ at, sampleCount }) => [at, sampleCount]),
      [
        [1000, 2],
        [3000, 1],
        [4000, 1],
      ],
    );
  });

  it('keeps units apart and takes no unit for the unit None', () => {
    const store = createMetricStore();
    store.put({ ...base, unit: 'Milliseconds' });
    store.put(base);
    assert.equal(store.range(key, 0, 1000, { unit: 'Milliseconds' }).length, 1);
    assert.equal(store.range(key, 0, 1000, { unit: 'None' }).length, 1);
    assert.equal(store.range(key, 0, 1000, { unit: 'Seconds' }).length, 0);
    assert.equal(store.range(key, 0, 1000).length, 2);
  });

  it('counts a value as often as its count says, and a count of zero not at all', () => {
    const store = createMetricStore();
    store.put({ ...base, values: [1, 2, 900], counts: [3, 1, 0] });
    const [slot] = store.range(key, 0, 1000);
    assert.deepEqual([slot?.sampleCount, slot?.sum, slot?.minimum, slot?.maximum], [4, 5, 1, 2]);
  });

  it('forgets what is older than its retention and stays bounded', () => {
    const store = createMetricStore(60_000);
    for (let second = 0; second < 10_000; second++) store.put({ ...base, at: second * 1000 });
    assert.ok(store.size() < 1200, `${store.size()} slots`);
    assert.equal(store.range(key, 9_940_000, 10_000_000).length, 60);
  });

  it('lists metrics by namespace, name, dimension value or dimension name alone', () => {
    const store = createMetricStore();
    store.put(base);
    store.put({ ...base, name: 'Errors', dimensions: { Service: 'b' } });
    assert.equal(store.list({ namespace: 'App' }).length, 2);
    assert.equal(store.list({ name: 'Errors' }).length, 1);
    assert.equal(store.list({ dimensions: { Service: undefined } }).length, 2);
    assert.deepEqual(
      store.list({ dimensions: { Service: 'b' } }).map(({ name }) => name),
      ['Errors'],
    );
    assert.equal(store.list({ dimensions: { Stage: 'dev', Service: 'b' } }).length, 0);
  });
});
