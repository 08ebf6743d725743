/** Faults exist only where they may, and look like the real thing. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Clock } from '../../service/clock';
import { createFaults, readStandingFault } from '../../service/faults';
import type { Model } from '../../service/inference/model';
import { noTracing, type Tracing } from '../../service/tracing/tracing';
import { type AppUnderTest, appUnderTest, sample, shippedModel } from './app-under-test';
import { heldClock } from './held-clock';

const good = { instances: [sample().instance] };

async function rehearsed(draws: readonly number[] = [], tracing: Tracing = noTracing) {
  const effects: string[] = [];
  let drawn = 0;
  const under = appUnderTest({
    model: await shippedModel(),
    tracing,
    // What the fault does must be seen, not what stands in for it.
    switches: { degraded: 'off' },
    faults: (clock) =>
      createFaults({
        clock,
        random: () => draws[drawn++] ?? 0,
        exit: (code) => void effects.push(`exit ${code}`),
        block: () => void effects.push('block'),
      }),
  });
  return { ...under, effects };
}

const set = async ({ app }: AppUnderTest, payload: object, remoteAddress = '127.0.0.1') =>
  app.inject({ method: 'POST', url: '/__faults', payload, remoteAddress });
const predict = async ({ app }: AppUnderTest) =>
  app.inject({ method: 'POST', url: '/predict', payload: good });

describe('faults', () => {
  it('do not exist for a service that was not told to rehearse', async () => {
    const { app } = appUnderTest({ model: await shippedModel() });
    for (const method of ['POST', 'DELETE'] as const) {
      const response = await app.inject({
        method,
        url: '/__faults',
        payload: { kind: 'hang' },
        remoteAddress: '127.0.0.1',
      });
      assert.equal(response.statusCode, 404);
    }
  });

  it('do not exist for another machine, whatever its headers say', async () => {
    const under = await rehearsed();
    const nowhere = await under.app.inject({ method: 'POST', url: '/nowhere', remoteAddress: '10.0.0.9' });
    for (const remoteAddress of ['10.0.0.9', '::ffff:10.0.0.9', 'fe80::1', '192.0.2.127']) {
      for (const payload of ['{"kind":"hang"}', 'no JSON']) {
        const response = await under.app.inject({
          method: 'POST',
          url: '/__faults',
          payload,
          remoteAddress,
          headers: {
            'content-type': 'application/json',
            'x-forwarded-for': '127.0.0.1',
            forwarded: 'for=127.0.0.1',
          },
        });
        assert.equal(response.statusCode, 404, remoteAddress);
        const { requestId: _, ...problem } = response.json();
        const { requestId: __, ...other } = nowhere.json();
        assert.deepEqual(problem, other);
      }
    }
    assert.deepEqual(under.effects, []);
    for (const remoteAddress of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
      assert.equal(
        (await set(under, { kind: 'low-confidence' }, remoteAddress)).statusCode,
        202,
        remoteAddress,
      );
    }
  });

  it('refuse what is no fault', async () => {
    const under = await rehearsed();
    for (const payload of [
      {},
      { kind: 'fire' },
      { kind: 'errors' },
      { kind: 'errors', rate: 80 },
      { kind: 'slow', delayMs: -1 },
      { kind: 'exit', code: 256 },
      { kind: 'hang', for: 5 },
    ]) {
      assert.equal((await set(under, payload)).statusCode, 400, JSON.stringify(payload));
    }
    assert.deepEqual(under.effects, []);
  });

  it('errors fail that share of predictions as a real model would, and the probe stays well', async () => {
    const under = await rehearsed([0.79, 0.8, 0, 0.99]);
    await set(under, { kind: 'errors', rate: 0.8 });
    const statuses = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await predict(under)).statusCode);
    assert.deepEqual(statuses, [500, 200, 500, 200]);
    assert.deepEqual(
      under.observations.map(({ outcome }) => outcome),
      ['failed', 'answered', 'failed', 'answered'],
    );
    const failure = under.logged.find(({ msg }) => msg === 'request failed');
    assert.equal(failure?.level, 50);
    assert.match(
      JSON.stringify(failure?.err),
      /Non-zero status code returned while running TreeEnsembleClassifier/,
    );
    assert.equal((await under.app.inject({ url: '/health/ready' })).statusCode, 200);
  });

  it('slow delays predictions by that much and no more', async () => {
    const under = await rehearsed();
    await set(under, { kind: 'slow', delayMs: 600 });
    const answer = predict(under);
    while (under.observations.length === 0) await under.clock.advance(100);
    assert.equal((await answer).statusCode, 200);
    const [observation] = under.observations;
    assert.ok(
      (observation?.latencyMs ?? 0) >= 600 && (observation?.latencyMs ?? 0) < 800,
      `${observation?.latencyMs}`,
    );
  });

  it('low confidence keeps the class and leaves hardly any certainty', async () => {
    const under = await rehearsed();
    const before = (await predict(under)).json().predictions[0];
    await set(under, { kind: 'low-confidence' });
    const during = (await predict(under)).json().predictions[0];
    assert.equal(during.class, before.class);
    assert.ok(during.confidence >= 0.5 && during.confidence < 0.51, `${during.confidence}`);
    assert.equal(during.confidence, during.probabilities[during.class]);
    assert.ok(before.confidence > 0.7);
  });

  it('blind lets predictions be answered, and nothing see them', async () => {
    const seen: string[] = [];
    const tracing: Tracing = {
      isOn: true,
      begin: () => void seen.push('trace'),
      late: () => void seen.push('late trace'),
    };
    const under = await rehearsed([], tracing);
    const rows = () => under.drift.drift()?.rowsNow;
    const lines = () => under.logged.filter(({ msg }) => msg === 'predicted').length;
    const before = (await predict(under)).json().predictions;
    assert.deepEqual([seen, under.observations.length, rows(), lines()], [['trace'], 1, 1, 1]);
    await set(under, { kind: 'blind' });
    assert.deepEqual((await predict(under)).json().predictions, before);
    assert.deepEqual([seen, under.observations.length, rows(), lines()], [['trace'], 1, 1, 1]);
    await under.app.inject({ method: 'DELETE', url: '/__faults', remoteAddress: '127.0.0.1' });
    await predict(under);
    assert.deepEqual([seen, under.observations.length, rows(), lines()], [['trace', 'trace'], 2, 2, 2]);
  });

  it('blind hides failures and stand-ins as well', async () => {
    const { metadata } = await shippedModel();
    const fallback = Object.fromEntries(metadata.classes.map((name, index) => [name, index === 0 ? 1 : 0]));
    const broken: Model = {
      metadata: { ...metadata, fallback },
      predict: () => Promise.reject(new Error('bad allocation')),
    };
    for (const [degraded, statusCode, outcome, reasons] of [
      ['off', 500, 'failed', ['failure']],
      ['on', 200, 'stoodIn', []],
    ] as const) {
      const seen: string[] = [];
      const under = appUnderTest({
        model: broken,
        tracing: { isOn: true, begin: () => undefined, late: ({ reason }) => void seen.push(reason) },
        switches: { degraded },
        faults: (clock) => createFaults({ clock, random: () => 0, exit: () => {}, block: () => {} }),
      });
      const outcomes = () => under.observations.map((each) => each.outcome);
      assert.equal((await predict(under)).statusCode, statusCode);
      assert.deepEqual([outcomes(), seen], [[outcome], reasons]);
      await set(under, { kind: 'blind' });
      assert.equal((await predict(under)).statusCode, statusCode);
      assert.deepEqual([outcomes(), seen], [[outcome], reasons]);
    }
  });

  it('end when they are cleared', async () => {
    const under = await rehearsed([0, 0]);
    await set(under, { kind: 'errors', rate: 1 });
    assert.equal((await predict(under)).statusCode, 500);
    const cleared = await under.app.inject({
      method: 'DELETE',
      url: '/__faults',
      remoteAddress: '127.0.0.1',
    });
    assert.equal(cleared.statusCode, 204);
    assert.equal((await predict(under)).statusCode, 200);
  });

  it('exit and hang strike only after the answer is out', async () => {
    const under = await rehearsed();
    assert.equal((await set(under, { kind: 'exit', code: 3 })).statusCode, 202);
    assert.equal((await set(under, { kind: 'hang' })).statusCode, 202);
    assert.deepEqual(under.effects, ['exit 3', 'block']);
  });
});

describe('a fault that came with the release', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-faults-'));
  after(() => rmSync(directory, { recursive: true }));
  const standing = (content: string) => {
    writeFileSync(join(directory, 'faults.json'), content);
    return readStandingFault(directory);
  };

  it('is read from beside the program, and none where none lies', () => {
    assert.equal(readStandingFault(join(directory, 'elsewhere')), undefined);
    assert.deepEqual(standing('{"kind":"errors","rate":0.8,"afterSeconds":20}'), {
      fault: { kind: 'errors', rate: 0.8 },
      afterSeconds: 20,
    });
    assert.throws(() => standing('{"kind":"unknown"}'));
  });

  it('begins so long after the start, and a process that must end ends', async () => {
    const ended: number[] = [];
    const begin = (clock: Clock, content: string) =>
      createFaults({
        clock,
        random: () => 0,
        exit: (code) => void ended.push(code),
        block: () => {},
        standing: standing(content),
      });
    const under = appUnderTest({
      model: await shippedModel(),
      // The same request comes twice: the cache would answer for the model that fails.
      switches: { degraded: 'off' },
      faults: (clock) => begin(clock, '{"kind":"errors","rate":1,"afterSeconds":20}'),
      // An answer from the cache would hide the fault.
      degraded: { maxCachedRows: 0 },
    });
    assert.equal((await predict(under)).statusCode, 200);
    await under.clock.advance(20_000);
    assert.equal((await predict(under)).statusCode, 500);
    const clock = heldClock(0);
    begin(clock, '{"kind":"exit","code":3}');
    await clock.advance(0);
    assert.deepEqual(ended, [3]);
  });
});
