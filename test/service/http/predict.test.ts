/** Prediction requests: good ones, every kind of bad one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Model } from '../../../service/inference/model';
import { appUnderTest, sample, shippedModel } from '../app-under-test';

const good = sample().instance;
const json = { 'content-type': 'application/json' };

/** What is sent, the status it deserves, and what the answer must name. */
interface BadInput {
  readonly what: string;
  readonly body: unknown;
  readonly status?: number;
  readonly pointer?: string;
  readonly says: RegExp;
  readonly type?: string;
}

const one = (instance: unknown): unknown => ({ instances: [instance] });
const without = (name: string): unknown =>
  one(Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)));
const withText = (text: string): string =>
  JSON.stringify(one(good)).replace(`"amount_eur":${good.amount_eur}`, `"amount_eur":${text}`);

const badInputs: readonly BadInput[] = [
  { what: 'no body', body: '', says: /empty/i },
  { what: 'no JSON', body: '{"instances":', says: /JSON/ },
  { what: 'null', body: 'null', pointer: '#', says: /got null/ },
  { what: 'an array', body: '[]', pointer: '#', says: /got an array/ },
  { what: 'a string', body: '"x"', pointer: '#', says: /got string/ },
  { what: 'no instances', body: {}, pointer: '#/instances', says: /got nothing, expected an array/ },
  { what: 'an unknown member', body: { instances: [good], rows: 1 }, pointer: '#/rows', says: /is unknown/ },
  { what: 'an object as instances', body: { instances: good }, pointer: '#/instances', says: /got object/ },
  { what: 'no instance', body: { instances: [] }, pointer: '#/instances', says: /got 0, expected 1 to 256/ },
  { what: 'too many', body: { instances: Array(257).fill(good) }, pointer: '#/instances', says: /got 257/ },
  { what: 'a null instance', body: one(null), pointer: '#/instances/0', says: /got null/ },
  { what: 'an array instance', body: one([1, 2]), pointer: '#/instances/0', says: /got an array/ },
  {
    what: 'a missing feature',
    body: without('hour_of_day'),
    pointer: '#/instances/0/hour_of_day',
    says: /is missing, expected an integer from 0 to 23/,
  },
  {
    what: 'an unknown feature',
    body: one({ ...good, 'a/b~c': 1 }),
    pointer: '#/instances/0/a~1b~0c',
    says: /is unknown/,
  },
  {
    what: 'a name from the prototype',
    body: one({ ...good, toString: 1 }),
    pointer: '#/instances/0/toString',
    says: /is unknown/,
  },
  { what: 'a polluted prototype', body: '{"instances":[{"__proto__":{"amount_eur":1}}]}', says: /./ },
  {
    what: 'text for a number',
    body: withText('"12"'),
    pointer: '#/instances/0/amount_eur',
    says: /got string/,
  },
  {
    what: 'null for a number',
    body: withText('null'),
    pointer: '#/instances/0/amount_eur',
    says: /got null/,
  },
  {
    what: 'a boolean for a number',
    body: withText('true'),
    pointer: '#/instances/0/amount_eur',
    says: /got boolean/,
  },
  {
    what: 'an infinite number',
    body: withText('1e999'),
    pointer: '#/instances/0/amount_eur',
    says: /is not finite/,
  },
  { what: 'not a number', body: withText('NaN'), says: /JSON/ },
  {
    what: 'a number out of range',
    body: withText('-0.01'),
    pointer: '#/instances/0/amount_eur',
    says: /out of range, got -0.01/,
  },
  {
    what: 'a fraction',
    body: one({ ...good, hour_of_day: 3.5 }),
    pointer: '#/instances/0/hour_of_day',
    says: /is not whole, got 3.5/,
  },
  {
    what: 'an error in a later row',
    body: { instances: [good, { ...good, day_of_week: 7 }] },
    pointer: '#/instances/1/day_of_week',
    says: /got 7/,
  },
  {
    what: 'another content type',
    body: JSON.stringify(one(good)),
    type: 'text/csv',
    status: 415,
    says: /expected content-type application\/json/,
  },
  {
    what: 'plain text',
    body: JSON.stringify(one(good)),
    type: 'text/plain',
    status: 415,
    says: /expected content-type application\/json/,
  },
  {
    what: 'too many bytes',
    body: `{"instances":"${'x'.repeat(1024 * 1024)}"}`,
    status: 413,
    says: /too large/,
  },
];

async function failing(): Promise<Model> {
  const { metadata } = await shippedModel();
  return { metadata, predict: () => Promise.reject(new Error('bad allocation')) };
}

describe('POST /predict', () => {
  it('answers each instance in order, with the model, the probabilities and the request id', async () => {
    const { app, observations } = appUnderTest({ model: await shippedModel() });
    const payload = { instances: [sample(0).instance, sample(9).instance] };
    const response = await app.inject({
      method: 'POST',
      url: '/predict',
      payload,
      headers: { 'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793' },
    });
    assert.equal(response.statusCode, 200);
    const { model, predictions, requestId } = response.json();
    assert.deepEqual(model, { name: 'payment-fraud', version: '1.0.0' });
    assert.equal(requestId, '1-5759e988-bd862e3fe1be46a994272793');
    for (const [index, wanted] of [sample(0), sample(9)].entries()) {
      assert.equal(predictions[index].class, wanted.class);
      assert.equal(predictions[index].confidence, predictions[index].probabilities[wanted.class]);
      assert.ok(
        Math.abs(predictions[index].confidence - Math.max(...Object.values(wanted.probabilities))) < 2e-6,
      );
    }
    assert.deepEqual(
      observations.map(({ outcome, confidence }) => ({ outcome, confidence })),
      predictions.map(({ confidence }: { confidence: number }) => ({ outcome: 'answered', confidence })),
    );
  });

  for (const { what, body, status = 400, pointer, says, type } of badInputs) {
    it(`refuses ${what} with ${status} and says where`, async () => {
      const { app, observations, logged } = appUnderTest({ model: await shippedModel() });
      const payload = typeof body === 'string' ? body : JSON.stringify(body);
      const headers = type === undefined ? json : { 'content-type': type };
      const response = await app.inject({ method: 'POST', url: '/predict', payload, headers });
      const problem = response.json();
      assert.equal(response.statusCode, status, response.body);
      assert.match(String(response.headers['content-type']), /^application\/problem\+json/);
      assert.equal(problem.status, status);
      assert.equal(problem.requestId, response.headers['x-request-id']);
      assert.match(problem.detail, says);
      if (pointer !== undefined) assert.ok(problem.detail.startsWith(`${pointer}: `), problem.detail);
      if (pointer !== undefined) assert.equal(problem.errors[0].pointer, pointer);
      assert.deepEqual(observations, [], 'a refusal is no prediction');
      assert.deepEqual(
        logged.map(({ msg, statusCode }) => [msg, statusCode]),
        [['request refused', status]],
      );
    });
  }

  it('names all wrong fields at once, up to twenty', async () => {
    const { app } = appUnderTest({ model: await shippedModel() });
    const response = await app.inject({ method: 'POST', url: '/predict', payload: { instances: [{}, {}] } });
    assert.equal(response.json().errors.length, 20);
    assert.match(response.json().detail, /^#\/instances\/0\/amount_eur: is missing, .* and 19 more$/);
  });

  it('answers 500 when the model fails, counts each instance, and keeps the reason for the log', async () => {
    const { app, observations, logged } = appUnderTest({ model: await failing() });
    const response = await app.inject({
      method: 'POST',
      url: '/predict',
      payload: { instances: [good, good] },
    });
    assert.equal(response.statusCode, 500);
    assert.match(String(response.headers['content-type']), /^application\/problem\+json/);
    assert.doesNotMatch(response.body, /bad allocation|stack/);
    assert.deepEqual(
      observations.map(({ outcome }) => outcome),
      ['failed', 'failed'],
    );
    assert.equal(logged.length, 1);
    assert.equal(logged[0]?.level, 50);
    assert.match(JSON.stringify(logged[0]), /bad allocation/);
    assert.equal(logged[0]?.requestId, response.json().requestId);
  });

  it('asks to come back while there is no model yet, and does not count it', async () => {
    const { app, observations } = appUnderTest({});
    const response = await app.inject({ method: 'POST', url: '/predict', payload: { instances: [good] } });
    assert.equal(response.statusCode, 503);
    assert.equal(response.headers['retry-after'], '1');
    assert.deepEqual(observations, []);
  });

  it('leaves one log line for a prediction, without a single value of its features', async () => {
    const { app, logged } = appUnderTest({ model: await shippedModel() });
    const odd = { ...good, amount_eur: 8765.43 };
    await app.inject({ method: 'POST', url: '/predict?amount_eur=8765.43', payload: { instances: [odd] } });
    const wrong = { ...odd, hour_of_day: 8765.43 };
    await app.inject({ method: 'POST', url: '/predict', payload: { instances: [wrong] } });
    assert.deepEqual(
      logged.map(({ msg }) => msg),
      ['predicted', 'request refused'],
    );
    assert.doesNotMatch(JSON.stringify(logged), /8765/);
    assert.deepEqual(logged[1]?.fields, ['#/instances/0/hour_of_day']);
  });

  it('leaves no line for an ordinary prediction outside the share, and always one for a refusal', async () => {
    const { app, logged } = appUnderTest({ model: await shippedModel(), switches: { logShare: 0 } });
    await app.inject({ method: 'POST', url: '/predict', payload: { instances: [good] } });
    assert.deepEqual(logged, []);
    await app.inject({ method: 'POST', url: '/predict', payload: {} });
    assert.deepEqual(
      logged.map(({ msg }) => msg),
      ['request refused'],
    );
  });

  it('writes the values of the features where a switch asks for them', async () => {
    const switches = { logFeaturesShare: 1 };
    const { app, logged } = appUnderTest({ model: await shippedModel(), switches });
    await app.inject({ method: 'POST', url: '/predict', payload: { instances: [good] } });
    const [line] = logged as { features: Record<string, number>[] }[];
    const features = line?.features[0] ?? {};
    assert.deepEqual(Object.keys(features).sort(), Object.keys(good).sort());
    assert.equal(features.hour_of_day, good.hour_of_day);
  });

  it('says of a slow prediction that it was', async () => {
    const { metadata, predict } = await shippedModel();
    const { app, logged, clock } = appUnderTest({
      switches: { logShare: 0 },
      model: {
        metadata,
        predict: async (rows) => {
          clock.stall(251);
          return predict(rows);
        },
      },
    });
    await app.inject({ method: 'POST', url: '/predict', payload: { instances: [good] } });
    assert.deepEqual([logged[0]?.msg, logged[0]?.slow, logged[0]?.latencyMs], ['predicted', true, 251]);
  });
});
