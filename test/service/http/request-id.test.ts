/** The id that runs through all: in the answer, in the log, on every kind of refusal. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { appUnderTest, sample, shippedModel } from '../app-under-test';

const good = sample().instance;
const json = { 'content-type': 'application/json' };

describe('request id', () => {
  const root = '1-5759e988-bd862e3fe1be46a994272793';

  it("is the id of the caller's trace, in either form, and a new one where there is none", async () => {
    const { app, logged } = appUnderTest({ model: await shippedModel() });
    const ask = (headers: Record<string, string>) => app.inject({ method: 'GET', url: '/nowhere', headers });
    for (const headers of [
      { 'x-amzn-trace-id': `Root=${root};Parent=53995c3f42cd8ad8;Sampled=0` },
      { 'x-amzn-trace-id': `Root=${root}`, 'x-request-id': 'abc' },
      { traceparent: '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00' },
    ]) {
      const response = await ask(headers);
      assert.equal(response.headers['x-request-id'], root);
      assert.equal(response.json().requestId, root);
      assert.equal(logged.at(-1)?.requestId, root);
    }
    for (const given of ['nonsense', 'Root=1-2-3', `Root=${root}"`]) {
      const response = await ask({ 'x-amzn-trace-id': given });
      assert.match(String(response.headers['x-request-id']), /^1-00000000-0{23}\d$/);
    }
  });

  it("keeps the caller's own name for the request beside it, when it is plain", async () => {
    const { app, logged } = appUnderTest({ model: await shippedModel() });
    const ask = async (given: string) => {
      await app.inject({ method: 'GET', url: '/nowhere', headers: { 'x-request-id': given } });
      return logged.at(-1);
    };
    for (const given of ['abc', 'A-1_b.2', 'x'.repeat(128)]) {
      assert.equal((await ask(given))?.callerRequestId, given);
    }
    for (const given of ['', 'x'.repeat(129), 'two words', 'a"b', 'a\u00e9', '{"level":"fatal"}']) {
      const line = await ask(given);
      assert.ok(line !== undefined && !('callerRequestId' in line), given);
      assert.match(String(line.requestId), /^1-/);
    }
  });

  it('is on every answer: health, not found, refused, failed, and an address that cannot be read', async () => {
    const { metadata } = await shippedModel();
    const failing = { metadata, predict: () => Promise.reject(new Error('bad allocation')) };
    const { app, logged } = appUnderTest({ model: failing });
    const calls = [
      { method: 'GET', url: '/health/live' },
      { method: 'GET', url: '/nowhere' },
      { method: 'GET', url: '/predict' },
      { method: 'POST', url: '/predict', payload: '{', headers: json },
      { method: 'POST', url: '/predict', payload: { instances: [good] } },
      { method: 'GET', url: '/%zz' },
    ] as const;
    const statuses = [];
    for (const [index, call] of calls.entries()) {
      const trace = `Root=${root.slice(0, -1)}${index}`;
      const headers = { ...('headers' in call ? call.headers : {}), 'x-amzn-trace-id': trace };
      const response = await app.inject({ ...call, headers });
      assert.equal(`Root=${response.headers['x-request-id']}`, trace);
      if (response.statusCode >= 400)
        assert.match(String(response.headers['content-type']), /^application\/problem\+json/);
      statuses.push(response.statusCode);
    }
    assert.deepEqual(statuses, [200, 404, 404, 400, 500, 400]);
    for (const line of logged) assert.match(String(line.requestId), /^1-5759e988-bd862e3fe1be46a99427279\d$/);
  });
});
