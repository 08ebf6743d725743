/** How drift is asked for, how its baseline is replaced and by whom, and what a service says that cannot tell. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { driftFamilies } from '../../../service/drift/drift-families';
import type { Model } from '../../../service/inference/model';
import { renderExposition } from '../../../service/telemetry/exposition';
import { appUnderTest, sample, shippedModel } from '../app-under-test';

const good = sample().instance;

async function withoutBaseline(): Promise<Model> {
  const model = await shippedModel();
  const { baseline: _, ...metadata } = model.metadata;
  return { ...model, metadata };
}

/** A baseline that a test may spoil. */
interface Loose {
  readonly features: Record<string, unknown>;
  readonly answers: object;
}

async function ownBaseline(): Promise<Loose> {
  const { metadata } = await shippedModel();
  return { answers: {}, ...structuredClone(metadata.baseline ?? assert.fail('no baseline')) } as Loose;
}

describe('GET /drift', () => {
  it('is collecting until a day has passed, then judges, and names the features', async () => {
    const { app, clock, drift, driftLines } = appUnderTest({ model: await shippedModel() });
    const ask = async () => (await app.inject({ method: 'GET', url: '/drift' })).json();
    const first = await ask();
    assert.deepEqual([first.status, first.verdict, first.windows.needed], ['collecting', 'cannot tell', 2]);
    assert.match(first.baseline, /^20000 training rows/);
    const names = () => driftFamilies(drift).map(({ name }) => name);
    assert.deepEqual(names(), [], 'what is not known is not told');
    await clock.advance(60_000);
    for (let call = 0; call < 3; call++) {
      const payload = { instances: new Array(100).fill({ ...good, amount_eur: 90_000 }) };
      assert.equal((await app.inject({ method: 'POST', url: '/predict', payload })).statusCode, 200);
    }
    assert.equal((await ask()).windows.rowsNow, 300);
    await clock.advance(120_000);
    const judged = await ask();
    assert.equal(judged.status, 'judged');
    assert.equal(judged.windows.rowsJudged, 300);
    assert.equal(judged.features.length, 20);
    assert.deepEqual(Object.keys(judged.features[0]), ['name', 'kind', 'psi', 'ks', 'drifted', 'reason']);
    assert.deepEqual(
      judged.answers.map(({ name }: { name: string }) => name),
      ['(class)', '(confidence)'],
    );
    const amount = judged.features.find(({ name }: { name: string }) => name === 'amount_eur');
    assert.match(amount.reason, /so far at the end of 1 of the last 4 windows/);
    assert.equal(judged.drift, false, 'one window decides nothing');
    assert.equal(driftLines.filter((line) => line.includes('FeaturePsi')).length, 3);
    assert.ok(driftLines.some((line) => line.includes('"DriftLevel":0')));
    assert.deepEqual(names(), ['vigia_drift_level', 'vigia_drifted_features', 'vigia_feature_psi']);
    const text = renderExposition(driftFamilies(drift), 'prometheus');
    assert.match(text, /^vigia_feature_psi\{feature="amount_eur"\} \d/m);
    const worst = driftLines.flatMap((line) => /"WorstPsi":([\d.]+)/.exec(line)?.[1] ?? []);
    const hour = judged.features.find(({ name }: { name: string }) => name === 'hour_of_day');
    const others = judged.features.filter(
      ({ name }: { name: string }) => !/^(hour_of_day|day_of_week)$/.test(name),
    );
    const largest = Math.max(...others.map(({ psi }: { psi: number }) => psi));
    assert.ok(hour.psi > 1, 'one hour alone is far from all hours');
    assert.ok(Math.abs(Number(worst[0]) - largest) < 1e-3, 'what says when a row is from does not count');
  });

  it('says that it is off for a model without a baseline', async () => {
    const { app } = appUnderTest({ model: await withoutBaseline() });
    const answer = (await app.inject({ method: 'GET', url: '/drift' })).json();
    assert.deepEqual([answer.status, answer.verdict], ['off', 'cannot tell']);
    assert.match(answer.todo, /vigia drift baseline/);
  });

  it('has an answer before there is a model', async () => {
    const { app } = appUnderTest({});
    const response = await app.inject({ method: 'GET', url: '/drift' });
    assert.deepEqual([response.statusCode, response.json().model], [200, null]);
  });
});

describe('POST /drift/baseline', () => {
  it('begins anew with a baseline of this model', async () => {
    const { app, logged } = appUnderTest({ model: await withoutBaseline() });
    const payload = { ...(await ownBaseline()), source: 'March' };
    const response = await app.inject({ method: 'POST', url: '/drift/baseline', payload });
    assert.equal(response.statusCode, 200, response.body);
    assert.equal(response.json().source, 'March');
    assert.equal((await app.inject({ method: 'GET', url: '/drift' })).json().baseline, 'March');
    assert.match(String(logged.at(-1)?.msg), /^baseline replaced/);
  });

  const changes: readonly {
    readonly what: string;
    readonly change: (baseline: Loose) => unknown;
    readonly pointer: string;
    readonly says: RegExp;
  }[] = [
    { what: 'no object', change: () => 'null', pointer: '#', says: /expected object/ },
    {
      what: 'an unknown member',
      change: (b) => ({ ...b, colour: 'red' }),
      pointer: '#',
      says: /"colour"/,
    },
    {
      what: 'a feature that the model does not have',
      change: (b) => ({
        ...b,
        features: { ...b.features, shoe_size: { edges: [1], counts: [500, 500] } },
      }),
      pointer: '#/features/shoe_size',
      says: /is no feature of the model/,
    },
    {
      what: 'a feature that is missing',
      change: (b) => {
        const { amount_eur: _, ...features } = b.features;
        return { ...b, features };
      },
      pointer: '#/features/amount_eur',
      says: /is missing/,
    },
    {
      what: 'edges that do not ascend',
      change: (b) => ({
        ...b,
        features: { ...b.features, amount_eur: { edges: [2, 1], counts: [5, 5, 500] } },
      }),
      pointer: '#/features/amount_eur/edges',
      says: /expected ascending edges/,
    },
    {
      what: 'too few rows',
      change: (b) => ({
        ...b,
        features: { ...b.features, amount_eur: { edges: [2], counts: [5, 5] } },
      }),
      pointer: '#/features/amount_eur',
      says: /has too few rows, got 10, expected at least 100/,
    },
    {
      what: 'a class that the model does not have',
      change: (b) => ({ ...b, answers: { ...b.answers, classes: { maybe: 500 } } }),
      pointer: '#/answers/classes/maybe',
      says: /is no class of the model/,
    },
  ];
  for (const { what, change, pointer, says } of changes) {
    it(`refuses ${what} by name, and keeps the baseline it had`, async () => {
      const { app } = appUnderTest({ model: await shippedModel() });
      const payload = JSON.stringify(change(await ownBaseline()));
      const headers = { 'content-type': 'application/json' };
      const response = await app.inject({ method: 'POST', url: '/drift/baseline', payload, headers });
      assert.equal(response.statusCode, 400, response.body);
      assert.equal(response.json().errors[0].pointer, pointer);
      assert.match(response.json().detail, says);
      assert.match((await app.inject({ method: 'GET', url: '/drift' })).json().baseline, /training rows/);
    });
  }

  it('is refused to everybody who is not on the host, and through a proxy', async () => {
    const { app } = appUnderTest({ model: await shippedModel() });
    const payload = await ownBaseline();
    const from = async (remoteAddress: string, headers = {}): Promise<number> =>
      (await app.inject({ method: 'POST', url: '/drift/baseline', payload, remoteAddress, headers }))
        .statusCode;
    assert.deepEqual(
      [await from('10.0.0.7'), await from('127.0.0.1', { 'x-forwarded-for': '10.0.0.7' }), await from('::1')],
      [403, 403, 200],
    );
  });
});
