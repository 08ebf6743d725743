/** Late labels: found by the request's id, counted once, and refused in words when they cannot be meant. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { appUnderTest, sample, shippedModel } from '../app-under-test';

const good = sample().instance;

describe('POST /labels', () => {
  it('finds the predictions of a request, counts each label once, and tells the accuracy when there are enough', async () => {
    const { app, driftLines, clock } = appUnderTest({ model: await shippedModel() });
    const payload = { instances: new Array(200).fill(good) };
    const labels = [];
    for (let call = 0; call < 3; call++) {
      const { requestId, predictions } = (
        await app.inject({ method: 'POST', url: '/predict', payload })
      ).json();
      for (const [index, { class: predicted }] of predictions.entries()) {
        const other = predicted === 'fraud' ? 'legitimate' : 'fraud';
        labels.push({ requestId, index, label: index % 4 === 0 ? other : predicted });
      }
    }
    const tell = async (some: unknown) =>
      (await app.inject({ method: 'POST', url: '/labels', payload: some as object })).json();
    assert.deepEqual(await tell({ labels }), { counted: 600, unknown: 0, repeated: 0 });
    assert.deepEqual(await tell(labels[0]), { counted: 0, unknown: 0, repeated: 1 });
    assert.deepEqual(await tell({ requestId: 'never', label: 'fraud' }), {
      counted: 0,
      unknown: 1,
      repeated: 0,
    });
    const { accuracy } = (await app.inject({ method: 'GET', url: '/drift' })).json();
    assert.deepEqual([accuracy.accuracy, accuracy.labels, accuracy.validation], [0.75, 600, 0.858]);
    assert.ok(Math.abs(accuracy.dropPoints - 10.8) < 1e-9);
    await clock.advance(60_000);
    assert.ok(driftLines.some((line) => line.includes('"Accuracy":75,"AccuracyDrop":10.8')));
  });

  const refusals: readonly {
    readonly what: string;
    readonly body: string;
    readonly pointer?: string;
    readonly says: RegExp;
  }[] = [
    { what: 'no JSON', body: '{', says: /JSON/ },
    { what: 'no object', body: '[]', pointer: '#', says: /is not an object/ },
    { what: 'no labels', body: '{"labels":[]}', pointer: '#/labels', says: /./ },
    { what: 'a label without a request', body: '{"label":"fraud"}', pointer: '#/requestId', says: /./ },
    {
      what: 'a class the model does not have',
      body: '{"requestId":"a","label":"maybe"}',
      pointer: '#/label',
      says: /expected one of legitimate, fraud; no label was counted/,
    },
    {
      what: 'one wrong label among good ones',
      body: '{"labels":[{"requestId":"a","label":"fraud"},{"requestId":"b","label":7}]}',
      pointer: '#/labels/1/label',
      says: /./,
    },
    {
      what: 'a place that is none',
      body: '{"requestId":"a","index":-1,"label":"fraud"}',
      pointer: '#/index',
      says: /./,
    },
    { what: 'unknown members', body: '{"requestId":"a","label":"fraud","why":1}', pointer: '#', says: /why/ },
    {
      what: 'an endless id',
      body: JSON.stringify({ requestId: 'x'.repeat(200), label: 'fraud' }),
      pointer: '#/requestId',
      says: /./,
    },
  ];
  for (const { what, body, pointer, says } of refusals) {
    it(`refuses ${what}`, async () => {
      const { app } = appUnderTest({ model: await shippedModel() });
      const headers = { 'content-type': 'application/json' };
      const response = await app.inject({ method: 'POST', url: '/labels', payload: body, headers });
      assert.equal(response.statusCode, 400, response.body);
      assert.match(String(response.headers['content-type']), /^application\/problem\+json/);
      assert.match(response.json().detail, says);
      if (pointer !== undefined) assert.equal(response.json().errors[0].pointer, pointer);
    });
  }

  it('asks to come back while there is no model yet', async () => {
    const { app } = appUnderTest({});
    const response = await app.inject({
      method: 'POST',
      url: '/labels',
      payload: { requestId: 'a', label: 'b' },
    });
    assert.equal(response.statusCode, 503);
  });
});
