/** Answers without the model: when, from where, and how honestly they are marked and counted. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { degradedDefaults } from '../../../lib/catalog/host';
import { degradedModeOf } from '../../../service/degraded/degraded-mode';
import { createStandIns } from '../../../service/degraded/stand-ins';
import type { ModelMetadata } from '../../../service/inference/metadata';
import { type Model, predictionOf } from '../../../service/inference/model';
import { appUnderTest, sample, shippedModel } from '../app-under-test';
import { heldClock } from '../held-clock';

const fallback = { legitimate: 0.7, fraud: 0.3 };

/** The shipped model with a fallback, which the test makes fail or wait. */
async function movable({ fallback: own }: { fallback?: Record<string, number> } = {}) {
  const shipped = await shippedModel();
  const metadata: ModelMetadata =
    own === undefined ? shipped.metadata : { ...shipped.metadata, fallback: own };
  const held: (() => void)[] = [];
  const behaviour = { fails: false, holds: false };
  let asked = 0;
  const model: Model = {
    metadata,
    async predict(rows) {
      asked += 1;
      if (behaviour.holds) await new Promise<void>((resolve) => held.push(resolve));
      if (behaviour.fails) throw new Error('bad allocation');
      return shipped.predict(rows);
    },
  };
  return {
    model,
    behaviour,
    asked: () => asked,
    release: () => {
      for (const each of held.splice(0)) each();
    },
    /** A request on its way needs turns of the event loop until it reaches the model. */
    async reached(calls: number) {
      while (asked < calls) await setImmediate();
    },
  };
}

const call = (under: ReturnType<typeof appUnderTest>, index = 0) =>
  under.app.inject({ method: 'POST', url: '/predict', payload: { instances: [sample(index).instance] } });

const outcomes = (under: ReturnType<typeof appUnderTest>) =>
  under.observations.map(({ outcome, degraded }) => `${outcome}${degraded === true ? ', degraded' : ''}`);

describe('a model that fails', () => {
  it('is stood in for by what it said of the same row, marked as such, counted as failed, with its reason in the log', async () => {
    const { model, behaviour } = await movable();
    const under = appUnderTest({ model });
    const well = (await call(under)).json();
    assert.equal(well.degraded, undefined);
    behaviour.fails = true;
    const ill = await call(under);
    assert.equal(ill.statusCode, 200);
    assert.deepEqual([ill.json().degraded, ill.json().reason], [true, 'model-failed']);
    assert.deepEqual(ill.json().predictions, [{ ...well.predictions[0], from: 'cache' }]);
    assert.deepEqual(outcomes(under), ['answered', 'failed, degraded']);
    assert.equal(under.observations[1]?.confidence, undefined);
    const line = under.logged.find(({ msg }) => msg === 'the model failed, a stand-in was answered');
    assert.match(JSON.stringify(line), /bad allocation/);
  });

  it('fails its callers where nothing was said of the row and nobody put down a fallback', async () => {
    const { model, behaviour } = await movable();
    const under = appUnderTest({ model });
    await call(under, 0);
    behaviour.fails = true;
    assert.equal((await call(under, 9)).statusCode, 500);
    const both = { instances: [sample(0).instance, sample(9).instance] };
    const response = await under.app.inject({ method: 'POST', url: '/predict', payload: both });
    assert.equal(response.statusCode, 500, 'half an answer helps nobody');
    assert.deepEqual(outcomes(under), ['answered', 'failed', 'failed', 'failed']);
  });

  it('is stood in for by the fallback of its metadata for any row', async () => {
    const { model, behaviour } = await movable({ fallback });
    const under = appUnderTest({ model });
    behaviour.fails = true;
    const { predictions, reason } = (await call(under)).json();
    assert.equal(reason, 'model-failed');
    assert.deepEqual(predictions, [
      { class: 'legitimate', confidence: 0.7, probabilities: fallback, from: 'fallback' },
    ]);
  });

  it('is left alone once it fails too often, and asked again later', async () => {
    const { model, behaviour, asked } = await movable({ fallback });
    const under = appUnderTest({ model });
    behaviour.fails = true;
    for (let calls = 0; calls < 20; calls += 1) await call(under);
    assert.equal(asked(), 20);
    assert.equal((await call(under)).json().reason, 'breaker-open');
    assert.equal(asked(), 20);
    assert.equal(outcomes(under).at(-1), 'failed, degraded', 'an open breaker is not a recovery');
    behaviour.fails = false;
    await under.clock.advance(5000);
    for (let trial = 0; trial < 3; trial += 1) assert.equal((await call(under)).json().degraded, undefined);
    assert.equal((await call(under)).json().degraded, undefined);
    assert.equal(asked(), 24);
  });

  it('is asked even while the breaker is open when nothing can stand in', async () => {
    const { model, behaviour, asked } = await movable();
    const under = appUnderTest({ model });
    behaviour.fails = true;
    for (let calls = 0; calls < 25; calls += 1) assert.equal((await call(under)).statusCode, 500);
    assert.equal(asked(), 25);
  });
});

describe('a model that is late', () => {
  it('is stood in for at the limit, and counted with the time that it really took', async () => {
    const { model, behaviour, release, reached } = await movable({ fallback });
    const under = appUnderTest({ model, degraded: { latencyLimitMs: 200 } });
    behaviour.holds = true;
    const answer = call(under);
    await reached(1);
    while (under.clock.elapsedMs() < 200) await under.clock.advance(50);
    const { reason, predictions } = (await answer).json();
    assert.deepEqual([reason, predictions[0].from], ['model-late', 'fallback']);
    assert.deepEqual(under.observations, [], 'how long it takes is not known yet');
    await under.clock.advance(400);
    release();
    while (under.observations.length === 0) await setImmediate();
    assert.deepEqual(outcomes(under), ['answered, degraded']);
    const [counted] = under.observations as readonly { latencyMs: number }[];
    assert.ok((counted?.latencyMs ?? 0) >= 600, 'the alarm on latency must see it');
  });

  it('is waited for when nothing can stand in', async () => {
    const { model, behaviour, release, reached } = await movable();
    const under = appUnderTest({ model });
    behaviour.holds = true;
    const answer = call(under);
    await reached(1);
    for (let pause = 0; pause < 6; pause += 1) await under.clock.advance(100);
    release();
    assert.equal((await answer).json().degraded, undefined);
    assert.deepEqual(outcomes(under), ['answered']);
  });

  it('that fails in the end is a failure, told of once', async () => {
    const { model, behaviour, release, reached } = await movable({ fallback });
    const under = appUnderTest({ model });
    Object.assign(behaviour, { holds: true, fails: true });
    const answer = call(under);
    await reached(1);
    while (under.clock.elapsedMs() < 300) await under.clock.advance(50);
    assert.equal((await answer).json().reason, 'model-late');
    release();
    while (under.observations.length === 0) await setImmediate();
    assert.deepEqual(outcomes(under), ['failed, degraded']);
  });
});

describe('the switch', () => {
  it('on: answers without the model, which is no failure; what nothing stands in for is asked of the model', async () => {
    const { model, asked } = await movable();
    const under = appUnderTest({ model, switches: { degraded: 'on' } });
    assert.equal((await call(under)).json().degraded, undefined);
    const again = (await call(under)).json();
    assert.deepEqual([again.reason, again.predictions[0].from], ['switched-on', 'cache']);
    assert.equal(asked(), 1);
    assert.deepEqual(outcomes(under), ['answered', 'stoodIn, degraded']);
  });

  it('off: fails when the model does, and keeps nothing', async () => {
    const { model, behaviour } = await movable({ fallback });
    const under = appUnderTest({ model, switches: { degraded: 'off' } });
    await call(under);
    behaviour.fails = true;
    assert.equal((await call(under)).statusCode, 500);
    assert.deepEqual(outcomes(under), ['answered', 'failed']);
  });
});

describe('a queue that is full', () => {
  it('turns away with 503 and when to come back, counts it, and takes what comes once there is room', async () => {
    const { model, behaviour, release, reached } = await movable();
    const under = appUnderTest({ model, degraded: { maxWaitingRows: 2 } });
    behaviour.holds = true;
    const waiting = [call(under), call(under)];
    await reached(2);
    const answer = await call(under, 9);
    assert.equal(answer.statusCode, 503);
    assert.equal(answer.headers['retry-after'], '1');
    assert.match(String(answer.headers['content-type']), /problem\+json/);
    assert.deepEqual(outcomes(under), ['failed']);
    release();
    behaviour.holds = false;
    for (const each of waiting) assert.equal((await each).statusCode, 200);
    assert.equal((await call(under, 9)).statusCode, 200);
  });

  it('stands in where it can', async () => {
    const { model, behaviour, release } = await movable({ fallback });
    const mode = degradedModeOf({ ...degradedDefaults, maxWaitingRows: 1 }, heldClock(0), () => 'auto');
    behaviour.holds = true;
    const row = new Float32Array(20);
    const first = mode.ask(model, [row]);
    const second = await mode.ask(model, [row]);
    assert.equal(second.reason, 'overloaded');
    release();
    assert.equal((await first).reason, undefined);
  });
});

describe('the cache', () => {
  it('knows a row by all its bits', async () => {
    const { metadata } = await shippedModel();
    const standIns = createStandIns(2);
    const answer = (share: number) => predictionOf(metadata.classes, [share, 1 - share]);
    const a = Float32Array.of(1, 2);
    const b = Float32Array.of(1, 2 + 2e-7);
    const c = Float32Array.of(3, Number.NaN);
    standIns.remember([a, b, c], [answer(0.9), answer(0.1), answer(0.6)], metadata);
    assert.deepEqual(standIns.of([a], metadata), [{ ...answer(0.9), from: 'cache' }]);
    assert.deepEqual(standIns.of([Float32Array.from(b)], metadata), [{ ...answer(0.1), from: 'cache' }]);
    assert.equal(standIns.of([a, c], metadata)?.length, 2);
    standIns.remember([a], [answer(0.2)], metadata);
    assert.equal(standIns.of([a], metadata)?.[0]?.class, 'fraud');
    assert.equal(standIns.of([a, Float32Array.of(4, 4)], metadata), undefined);
    assert.equal(createStandIns(0).of([a], metadata), undefined);
  });

  it('has a fixed number of places, in which the oldest make room', async () => {
    const { metadata } = await shippedModel();
    const standIns = createStandIns(64);
    const row = (index: number) => Float64Array.of(index, -index / 3);
    const rows = Array.from({ length: 1000 }, (_, index) => row(index));
    for (const [index, each] of rows.entries()) {
      standIns.remember([each], [predictionOf(metadata.classes, [index / 1000, 1 - index / 1000])], metadata);
      assert.ok(standIns.of([each], metadata), `the newest, ${index}, is there`);
    }
    const left = rows.flatMap((each, index) => (standIns.of([each], metadata) === undefined ? [] : [index]));
    assert.ok(left.length <= 64 && left.length > 48, `${left.length} of 64 places are taken`);
    for (const index of left) {
      const kept = standIns.of([row(index)], metadata)?.[0];
      assert.equal(kept?.probabilities.legitimate, index / 1000, 'each with its own answer');
    }
  });

  it('reads a row that lies within a larger buffer', async () => {
    const { metadata } = await shippedModel();
    const standIns = createStandIns(9);
    const all = Float32Array.of(1, 2, 3, 4);
    standIns.remember([all.subarray(0, 2)], [predictionOf(metadata.classes, [1, 0])], metadata);
    assert.equal(standIns.of([all.subarray(2)], metadata), undefined);
    assert.ok(standIns.of([Float32Array.of(1, 2)], metadata));
  });
});
