/** Which windows are told, when, and with which numbers; checked as documented EMF. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serviceMetrics } from '../../../lib/catalog/metrics';
import { createTelemetry, type Vitals } from '../../../service/telemetry/telemetry';
import { heldClock } from '../held-clock';
import { type Extracted, extract, sumOf, valuesOf } from './emf-rules';

/** A whole minute, so that windows are easy to read. */
const minute = 1_800_000_000_000;
const model = {
  name: 'payment-fraud',
  version: '1.0.0',
  classes: ['legit', 'fraud'],
  lowConfidenceBelow: 0.6,
};
const well: Vitals = { modelLoaded: 1, serviceUp: 1, systemHealth: 100 };

function setUp(startMs: number, vitals: () => Promise<Vitals | undefined> = async () => well) {
  const clock = heldClock(startMs);
  const lines: string[] = [];
  const telemetry = createTelemetry({
    clock,
    windowMs: 5000,
    identity: { Service: 'fraud', Stage: 'dev' },
    write: (line) => lines.push(line),
    missingLines: () => 0,
    vitals,
  });
  return {
    clock,
    lines,
    telemetry,
    told: () => extract(lines.join('')),
    start: () => telemetry.start(model),
    answered: (latencyMs: number, confidence: number, name = 'legit') =>
      telemetry.answered(clock.elapsedMs(), latencyMs, name, confidence, false),
    failed: (latencyMs: number) => telemetry.failed(clock.elapsedMs(), latencyMs),
  };
}

const starts = (told: readonly Extracted[], name: string): number[] =>
  told.filter((metric) => metric.name === name).map(({ timestamp }) => timestamp - minute);

describe('telemetry', () => {
  it('tells of an empty window too, as zeros and a heartbeat, from the first boundary after its start', async () => {
    const { clock, told, start } = setUp(minute + 3200);
    start();
    await clock.advance(1799);
    assert.deepEqual(told(), []);
    await clock.advance(1);
    const names = told().map(({ name, values }) => [name, ...values]);
    assert.deepEqual(names, [
      ['PredictionCount', 0],
      ['PredictionErrors', 0],
      ['LowConfidencePredictions', 0],
      ['TelemetryLost', 0],
      ['DegradedPredictions', 0],
      ['ModelLoaded', 1],
      ['ServiceUp', 1],
      ['SystemHealth', 100],
    ]);
    assert.deepEqual(starts(told(), 'ServiceUp'), [0]);
  });

  it('stamps each window with its start, on multiples of its length, whenever the service began', async () => {
    const { clock, told, start, answered, failed } = setUp(minute + 3200);
    start();
    answered(1, 0.9);
    await clock.advance(4000);
    answered(2, 0.5);
    failed(3);
    await clock.advance(10_000);
    assert.deepEqual(starts(told(), 'PredictionCount'), [0, 5000, 10_000]);
    assert.deepEqual(valuesOf(told(), 'PredictionCount'), [1, 2, 0]);
    assert.deepEqual(valuesOf(told(), 'PredictionErrors'), [0, 1, 0]);
    assert.deepEqual(valuesOf(told(), 'LowConfidencePredictions'), [0, 1, 0]);
    assert.deepEqual(valuesOf(told(), 'PredictionLatency'), [1, 2, 3]);
    assert.deepEqual(valuesOf(told(), 'ModelConfidence'), [0.9, 0.5]);
  });

  it('puts a prediction into the window of its time even when the timer is late', async () => {
    const { clock, told, start, answered } = setUp(minute);
    start();
    answered(1, 0.9);
    clock.stall(5900);
    answered(2, 0.9);
    await clock.advance(4100);
    assert.deepEqual(starts(told(), 'PredictionCount'), [0, 5000]);
    assert.deepEqual(valuesOf(told(), 'PredictionCount'), [1, 1]);
  });

  it('is silent about windows in which the service was stuck, instead of calling them well afterwards', async () => {
    const { clock, told, start } = setUp(minute);
    start();
    clock.stall(17_000);
    await clock.advance(3000);
    assert.deepEqual(starts(told(), 'ServiceUp'), [15_000]);
  });

  it('says nothing of its own health while it is leaving', async () => {
    const { clock, told, start } = setUp(minute, async () => undefined);
    start();
    await clock.advance(5000);
    assert.deepEqual(valuesOf(told(), 'ServiceUp'), []);
    assert.deepEqual(valuesOf(told(), 'PredictionCount'), [0]);
  });

  it('does not hold up the counts for a self-check that takes its time', async () => {
    let answer = (_: Vitals): void => {};
    const { clock, told, start, answered } = setUp(
      minute,
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    start();
    answered(1, 0.9);
    await clock.advance(5000);
    assert.deepEqual(valuesOf(told(), 'PredictionCount'), [1]);
    answer({ modelLoaded: 1, systemHealth: 75 });
    await clock.advance(2000);
    assert.deepEqual(starts(told(), 'SystemHealth'), [0]);
    assert.deepEqual(valuesOf(told(), 'ServiceUp'), [], 'no answer to itself, no heartbeat');
  });

  it('tells of the unfinished window when it stops, once, and of nothing later', async () => {
    const { clock, telemetry, told, start, answered } = setUp(minute);
    start();
    answered(1, 0.9);
    await clock.advance(5000);
    answered(1, 0.9);
    telemetry.stop();
    await clock.advance(60_000);
    assert.equal(sumOf(told(), 'PredictionCount'), 2);
    assert.deepEqual(starts(told(), 'PredictionCount'), [0, 5000]);
  });

  it('spreads many values over valid lines and tells each count once', async () => {
    const { clock, lines, told, start, answered } = setUp(minute);
    start();
    for (let index = 0; index < 250; index += 1) {
      answered(index + 1, 0.7);
    }
    await clock.advance(5000);
    assert.equal(lines.length, 4, 'three lines of values and one of vitals');
    assert.deepEqual(valuesOf(told(), 'PredictionCount'), [250]);
    assert.equal(valuesOf(told(), 'PredictionLatency').length, 250);
    assert.equal(sumOf(told(), 'PredictionLatency'), (250 * 251) / 2);
  });

  it('counts every one of very many predictions, and tells no more of their values than a burst may cost', async () => {
    const { clock, lines, telemetry, told, start, answered, failed } = setUp(minute);
    start();
    for (let index = 0; index < 60_000; index += 1) {
      if (index % 4 === 0) failed(index % 1000);
      else answered(index % 1000, 0.9, index % 3 === 0 ? 'fraud' : 'legit');
    }
    await clock.advance(5000);
    assert.equal(sumOf(told(), 'PredictionCount'), 60_000);
    assert.equal(sumOf(told(), 'PredictionErrors'), 15_000);
    assert.equal(valuesOf(told(), 'PredictionLatency').length, 20_000);
    const { classes } = JSON.parse(lines[0] ?? '');
    assert.deepEqual(classes, { legit: 30_000, fraud: 15_000 });
    const totals = telemetry.totals();
    assert.deepEqual([totals?.answered, totals?.failed], [45_000, 15_000]);
  });

  it('gives each metric that it tells the identity, unit and resolution that the catalog declares', async () => {
    const { clock, told, start, answered } = setUp(minute);
    start();
    answered(1, 0.9);
    await clock.advance(5000);
    const declared = new Map(Object.values(serviceMetrics).map((metric) => [metric.name, metric]));
    for (const metric of told()) {
      const { namespace, unit, resolutionSeconds, dimensions } =
        declared.get(metric.name) ?? assert.fail(metric.name);
      assert.deepEqual(
        [metric.namespace, metric.unit, metric.resolution],
        [namespace, unit, resolutionSeconds],
      );
      assert.deepEqual(Object.keys(metric.dimensions), dimensions);
      assert.deepEqual(metric.dimensions, { Service: 'fraud', Stage: 'dev' });
    }
  });
});
