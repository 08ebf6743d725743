/** What is kept of every evaluation: spikes survive, gaps stay gaps, memory stays small. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createObserver } from '../../../../rehearsal/alarms/backtest/observe';
import { play } from '../../../../rehearsal/alarms/playback';
import type { SeriesSource } from '../../../../rehearsal/alarms/types';
import { rehearsalPlace } from '../../../../rehearsal/resources';
import { latency, minuteMs, minutes, shopStart, sourceOf, steady } from './shop';

function observe(source: SeriesSource, minutesLong: number, columns: number) {
  const range = { start: shopStart, end: shopStart + minutesLong * minuteMs };
  const observer = createObserver({ ...range, columns });
  play({
    resources: [latency],
    place: rehearsalPlace,
    source: source.arrivals(),
    ...range,
    onEvaluation: observer.onEvaluation,
  });
  const observation = observer.observations().get('shop-latencyHigh');
  assert.ok(observation);
  return observation;
}

const shownAs = (points: readonly { at: number; value: number | undefined }[]) =>
  points.map(({ at, value }) => [(at - shopStart) / minuteMs, value]);

describe('the series of a chart', () => {
  it('is every judged point at the end of its period where there is room, with gaps where there was none', () => {
    const source = sourceOf(minutes('Latency', [10, 20, undefined, 40]));
    assert.deepEqual(shownAs(observe(source, 4, 1000).points), [
      [1, 10],
      [2, 20],
      [3, undefined],
      [4, 40],
    ]);
  });

  it('keeps the smallest and the largest of a column, in order of time', () => {
    const values = [...steady(10, 50), 900, ...steady(10, 20), 1, ...steady(10, 28)];
    const { points } = observe(sourceOf(minutes('Latency', values)), 100, 1);
    assert.deepEqual(shownAs(points.filter(({ at }) => at < shopStart + 100 * minuteMs)), [
      [51, 900],
      [72, 1],
    ]);
  });

  it('has at most two points a column, however long the history', () => {
    const values = Array.from({ length: 2000 }, (_, index) => (index * 7919) % 400);
    assert.ok(observe(sourceOf(minutes('Latency', values)), 2000, 50).points.length <= 102);
  });

  it('shows data that always come a minute late', () => {
    const { arrivals, span, metrics } = sourceOf(minutes('Latency', [10, 20, 30, 40]));
    const late = [...arrivals()].map((each) => ({ ...each, arrivedAt: each.arrivedAt + 1.5 * minuteMs }));
    const { points } = observe({ arrivals: () => late, span, metrics }, 5, 1000);
    assert.deepEqual(shownAs(points.filter(({ value }) => value !== undefined)), [
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 40],
    ]);
  });
});

describe('coverage', () => {
  it('counts evaluations that found nothing in the whole range', () => {
    const { evaluations, evaluationsWithoutData } = observe(sourceOf(minutes('Latency', [10])), 10, 0);
    // The range of three and two periods sees the one point five times.
    assert.deepEqual([evaluations, evaluationsWithoutData], [10, 5]);
  });
});

describe('the peak of a stay in ALARM', () => {
  it('is the value furthest beyond the threshold, those that led to it included', () => {
    const source = sourceOf(minutes('Latency', [10, 900, 600, 700, 10, 10, 10, 10, 600, 650, 10, 10]));
    assert.deepEqual([...observe(source, 12, 0).peaks.values()], [900, 650]);
  });
});
