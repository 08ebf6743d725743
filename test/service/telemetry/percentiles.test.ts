/**
 * What CloudWatch computes from the published lines, beside the truth: the service's own recorder and windows, the
 * rehearsal's extraction, store and statistics.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { namespaces } from '../../../lib/catalog/metrics';
import { identityKey } from '../../../rehearsal/cloudwatch/identity';
import { computeStatistic, readStatistic } from '../../../rehearsal/cloudwatch/statistics';
import { createMetricStore, type MetricStore } from '../../../rehearsal/cloudwatch/store';
import { extractMetrics } from '../../../rehearsal/logs/emf';
import { createTelemetry } from '../../../service/telemetry/telemetry';
import { heldClock } from '../held-clock';

const startMs = 1_800_000_000_000;
const windowMs = 5000;
const dimensions = { Service: 'fraud', Stage: 'dev' };
const model = { name: 'm', version: '1', classes: ['a', 'b'], lowConfidenceBelow: 0.6 };
const latency = { namespace: namespaces.inference, name: 'PredictionLatency', dimensions };
const confidence = { namespace: namespaces.inference, name: 'ModelConfidence', dimensions };
const truth = { namespace: 'Truth', name: 'Latency', dimensions: {} };
const trueConfidence = { namespace: 'Truth', name: 'Confidence', dimensions: {} };

/** mulberry32: the same numbers in each run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const latencies: Readonly<Record<string, (random: () => number) => number>> = {
  lognormal: (random) => 5 * Math.exp(normal(random)),
  // An exponent of 1.5: the variance is infinite.
  Pareto: (random) => 2 * (1 - random()) ** (-1 / 1.5),
  bimodal: (random) =>
    random() < 0.97 ? 5 * Math.exp(0.2 * normal(random)) : 200 * Math.exp(0.3 * normal(random)),
};

/** Two minutes of predictions through the real windows: in the first the measure is not known yet. */
async function publish(perSecond: (second: number) => number, draw: (random: () => number) => number) {
  const clock = heldClock(startMs);
  const store = createMetricStore();
  const random = randomFrom(42);
  let bytes = 0;
  const telemetry = createTelemetry({
    clock,
    windowMs,
    identity: dimensions,
    write: (line) => {
      bytes += line.length;
      const extraction = extractMetrics(line, clock.now());
      assert.ok(extraction.kind === 'metrics' && extraction.errors.length === 0, JSON.stringify(extraction));
      for (const datum of extraction.data) store.put(datum);
    },
    missingLines: () => 0,
    vitals: async () => undefined,
  });
  telemetry.start(model);
  for (let second = 0; second < 120; second += 1) {
    const values: number[] = [];
    const confidences: number[] = [];
    for (let left = perSecond(second); left > 0; left -= 1) {
      const value = draw(random);
      const sure = 1 - 0.5 * random() ** 2;
      values.push(value);
      confidences.push(sure);
      telemetry.answered(clock.elapsedMs(), value, 'a', sure, false);
    }
    store.put({ ...truth, at: clock.now(), storageResolutionSeconds: 1, values });
    store.put({ ...trueConfidence, at: clock.now(), storageResolutionSeconds: 1, values: confidences });
    await clock.advance(1000);
  }
  telemetry.stop();
  return { store, bytes };
}

type Identity = Parameters<typeof identityKey>[0];

function statistic(
  store: MetricStore,
  of: Identity,
  text: string,
  from: number,
  seconds: number,
  linear: boolean,
) {
  const reading = readStatistic(text);
  assert.ok(reading.ok);
  const value = computeStatistic(
    reading.statistic,
    store.range(identityKey(of), from, from + seconds * 1000),
    {
      percentileInterpolation: linear ? 'linear' : 'nearest-rank',
      trimmedBoundarySample: 'share',
    },
  );
  return value ?? assert.fail(`no ${text}`);
}

/** The largest error over all whole periods, and over both ways in which a percentile may be computed. */
function worstError(
  store: MetricStore,
  [told, real]: readonly [Identity, Identity],
  text: string,
  seconds: number,
  sinceMs = startMs,
) {
  let worst = 0;
  for (let from = sinceMs; from < startMs + 120_000; from += seconds * 1000) {
    for (const linear of [false, true]) {
      const exact = statistic(store, real, text, from, seconds, linear);
      const published = statistic(store, told, text, from, seconds, linear);
      worst = Math.max(worst, Math.abs(published - exact) / exact);
    }
  }
  return worst;
}

describe('percentiles of what is published', () => {
  for (const perSecond of [10, 200, 1000, 5000]) {
    for (const [name, draw] of Object.entries(latencies)) {
      it(`are within 1 % of exact: ${name}, ${perSecond} a second`, async () => {
        const { store } = await publish(() => perSecond, draw);
        // Up to a thousand a second every value is told, and with it the 99.9th percentile.
        const percentiles = ['p50', 'p90', 'p95', 'p99', ...(perSecond > 1000 ? [] : ['p99.9'])];
        for (const seconds of [10, 60]) {
          for (const text of percentiles) {
            const error = worstError(store, [latency, truth], text, seconds);
            assert.ok(error <= 0.01, `${text} over ${seconds} s is off by ${(100 * error).toFixed(2)} %`);
          }
          for (const text of ['p1', 'p10', 'p50', 'p90', 'Average']) {
            const error = worstError(store, [confidence, trueConfidence], text, seconds);
            assert.ok(error <= 0.01, `confidence ${text} over ${seconds} s: ${(100 * error).toFixed(2)} %`);
          }
        }
      });
    }
  }

  for (const [what, plenty, rare, every] of [
    ['with different traffic', 5000, 3000, 2],
    ['when the same burst comes each minute', 12_000, 600, 6],
  ] as const) {
    it(`are fair to windows of one minute ${what}`, async () => {
      // Fast and plenty in one of so many ten seconds, slow and rare in the others: a wrong weight moves percentiles at once.
      const busy = (second: number): boolean => Math.floor(second / 10) % every === 1;
      let second = -1;
      let drawn = 0;
      const { store } = await publish(
        (now) => {
          second = now;
          return busy(now) ? plenty : rare;
        },
        (random) => {
          drawn += 1;
          return (busy(second) ? 1 : 100) * (1 + random());
        },
      );
      assert.equal(drawn, (120 / every) * plenty + (120 - 120 / every) * rare);
      // From the second minute on: in the first the measure is not known yet, and a busy window is cut to what it may cost.
      for (const text of ['p50', 'p60', 'p65', 'p90', 'p99']) {
        const error = worstError(store, [latency, truth], text, 60, startMs + 60_000);
        assert.ok(error <= 0.01, `${text} is off by ${(100 * error).toFixed(2)} %`);
      }
    });
  }

  it('cost no more bytes at five thousand a second than at a thousand', async () => {
    const draw = latencies.lognormal ?? assert.fail();
    const thousand = await publish(() => 1000, draw);
    const more = await publish((second) => (second < 60 ? 1000 : 5000), draw);
    const most = await publish(() => 5000, draw);
    assert.ok(thousand.bytes / 120_000 < 10, `${thousand.bytes / 120_000} bytes a prediction`);
    // A minute of a burst is told by the measure of the minute before; afterwards it is the same again.
    assert.ok(more.bytes < thousand.bytes * 3, `${more.bytes} after ${thousand.bytes}`);
    assert.ok(most.bytes < more.bytes * 1.1, `${most.bytes} after ${more.bytes}`);
  });
});
