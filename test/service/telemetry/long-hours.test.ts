/** Hours in a moment: an agent that is dead for one of them, clocks that are corrected, ten times the traffic. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { tailFile } from '../../../rehearsal/host/tail';
import { createAppendFile } from '../../../service/append-file';
import { createTelemetry } from '../../../service/telemetry/telemetry';
import { manualClock } from '../../rehearsal/manual-clock';
import { heldClock } from '../held-clock';
import { type Extracted, extract, sumOf, valuesOf } from './emf-rules';

/** A whole hour of the clock. */
const hour = 1_800_000_000_000;
const hourMs = 3_600_000;
const windowMs = 5000;
const model = { name: 'm', version: '1', classes: ['a', 'b'], lowConfidenceBelow: 0.6 };

function recorder(write: (line: string) => void) {
  const clock = heldClock(hour);
  const telemetry = createTelemetry({
    clock,
    windowMs,
    identity: { Service: 'fraud', Stage: 'dev' },
    write,
    missingLines: () => 0,
    vitals: async () => ({ modelLoaded: 1, serviceUp: 1, systemHealth: 100 }),
  });
  telemetry.start(model);
  const predict = (count: number): void => {
    for (let left = count; left > 0; left -= 1) {
      telemetry.answered(clock.elapsedMs(), 1 + (left % 100), left % 3 === 0 ? 'a' : 'b', 0.9, false);
    }
  };
  return { clock, telemetry, predict };
}

/** Predictions in each second, for so many seconds. */
async function play({ clock, predict }: ReturnType<typeof recorder>, perSecond: number, seconds: number) {
  for (let second = 0; second < seconds; second += 1) {
    predict(perSecond);
    await clock.advance(1000);
  }
}

const stampsOf = (told: readonly Extracted[], name: string): number[] =>
  told.filter((metric) => metric.name === name).map(({ timestamp }) => timestamp);

describe('an agent that is dead for an hour', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vigia-hour-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('finds everything in the file when it is back, and nothing was held in memory for it', async () => {
    const path = join(directory, 'metrics.emf');
    const fileClock = heldClock(hour);
    const file = createAppendFile({
      path,
      maxBufferedBytes: 100_000,
      clock: fileClock,
      complain: assert.fail,
    });
    const played = recorder((line) => file.write(line));
    for (let minute = 0; minute < 60; minute += 1) {
      await play(played, 50, 60);
      while (file.state().waitingLines > 0) await setImmediate();
    }
    played.telemetry.stop();
    await file.close();
    assert.equal(file.state().lostLines, 0);
    const shipped: string[] = [];
    const stopTailing = tailFile(
      path,
      { clock: manualClock(hour), flushMs: 1000 },
      (lines) => void shipped.push(...lines),
    );
    stopTailing();
    const told = extract(`${shipped.join('\n')}\n`);
    assert.equal(sumOf(told, 'PredictionCount'), 50 * 3600);
    assert.equal(new Set(stampsOf(told, 'ServiceUp')).size, hourMs / windowMs);
  });
});

describe('a clock that is corrected', () => {
  for (const [what, stepMs] of [
    ['forwards by an hour', hourMs],
    ['backwards by an hour', -hourMs],
    ['backwards by two seconds', -2000],
    ['forwards by a hair', 3],
  ] as const) {
    it(`${what}: each prediction is told once, and the heart goes on beating`, async () => {
      const lines: string[] = [];
      const played = recorder((line) => lines.push(line));
      await play(played, 10, 33);
      played.clock.step(stepMs);
      const correctedAt = played.clock.now();
      await play(played, 10, 33);
      played.telemetry.stop();
      const told = extract(lines.join(''));
      assert.equal(sumOf(told, 'PredictionCount'), 660);
      assert.equal(valuesOf(told, 'PredictionLatency').length, 660);
      for (const at of stampsOf(told, 'PredictionCount')) assert.equal(at % windowMs, 0);
      const after = stampsOf(told, 'ServiceUp').filter(
        (at) => at >= correctedAt - windowMs && at < correctedAt + 33_000,
      );
      assert.ok(after.length >= 4, `${after.length} beats in 33 seconds after the correction`);
    });
  }
});

describe('ten times the traffic', () => {
  it('is counted to the last prediction, at bytes that have a bound', async () => {
    const lines: string[] = [];
    const played = recorder((line) => lines.push(line));
    await play(played, 500, 60);
    const usual = lines.join('').length;
    lines.length = 0;
    await play(played, 5000, 60);
    const burst = lines.join('').length;
    lines.length = 0;
    await play(played, 5000, 60);
    const afterwards = lines.join('').length;
    played.telemetry.stop();
    assert.equal(played.telemetry.totals()?.answered, 60 * 10_500);
    assert.ok(burst < usual * 8, `${burst} bytes in the burst, ${usual} before it`);
    assert.ok(afterwards < usual * 2.5, `${afterwards} bytes once it is usual, ${usual} before it`);
  });
});
