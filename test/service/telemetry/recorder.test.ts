/** What one prediction costs in memory: nothing, or the garbage collector would come to every few thousand of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RecordedModel, WindowCounters } from '../../../service/telemetry/recorder';

const model: RecordedModel = { name: 'm', version: '1', classes: ['a', 'b'], lowConfidenceBelow: 0.6 };
const latencies = Float64Array.from({ length: 1024 }, (_, index) => 0.1 + index / 7);

function count(window: WindowCounters, predictions: number): void {
  for (let index = 0; index < predictions; index += 1) {
    const latencyMs = latencies[index & 1023] ?? 0;
    window.addAnswer(latencyMs, (index & 1) === 0 ? 'a' : 'b', latencyMs / 150, false);
  }
}

describe('the counters of a window', () => {
  it('take a prediction without allocating anything', () => {
    const window = new WindowCounters(model);
    // Until the compiler has seen enough of it numbers are boxed.
    count(window, 500_000);
    const predictions = 20_000;
    const grown = Array.from({ length: 9 }, () => {
      const before = process.memoryUsage().heapUsed;
      count(window, predictions);
      return process.memoryUsage().heapUsed - before;
    });
    const least = Math.min(...grown.filter((bytes) => bytes >= 0));
    assert.ok(least / predictions < 1, `${least / predictions} bytes for each prediction`);
  });

  it('are empty again once they are cleared', () => {
    const window = new WindowCounters(model);
    window.addAnswer(1, 'a', 0.5, true);
    window.addFailure(2, false);
    assert.deepEqual([window.count, window.lowConfidence, window.degraded], [2, 1, 1]);
    window.clear();
    assert.deepEqual(
      [window.count, window.lowConfidence, window.degraded, window.latency.sum, window.confidence.sum],
      [0, 0, 0, 0, 0],
    );
    assert.deepEqual([...window.classes], [0, 0, 0]);
  });

  it('count a confidence that is no number as low, and the floor itself as enough', () => {
    const window = new WindowCounters(model);
    window.addAnswer(1, 'a', Number.NaN, false);
    window.addAnswer(1, 'a', 0.6, false);
    assert.equal(window.lowConfidence, 1);
    assert.equal(window.confidence.counts[0], 1);
    assert.equal(window.confidence.sum, 0.6);
  });
});
