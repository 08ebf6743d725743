/** What the health routes say in each phase, and of what is wrong. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Check } from '../../../service/health/check';
import { appUnderTest, shippedModel } from '../app-under-test';
import { stubCheck } from '../health/stub-check';

const breaks = (more: Partial<Check> = {}): Check =>
  stubCheck({ name: 'paper', ...more, run: () => Promise.reject(new Error('out of paper')) });

describe('health routes', () => {
  it('are alive from the start, well in themselves while they serve, ready only before a stop', async () => {
    const { app, lifecycle } = appUnderTest({});
    const urls = ['/health/live', '/health/self', '/health/ready', '/health'];
    const statuses = async (): Promise<number[]> =>
      Promise.all(urls.map(async (url) => (await app.inject({ url })).statusCode));
    assert.deepEqual(await statuses(), [200, 503, 503, 503]);
    assert.equal((await app.inject({ url: '/health' })).json().status, 'starting');
    lifecycle.drain();
    assert.equal(lifecycle.phase, 'starting', 'nobody to wait for');
    lifecycle.ready(await shippedModel());
    assert.deepEqual(await statuses(), [200, 200, 200, 200]);
    const { uptimeSeconds, ...summary } = (await app.inject({ url: '/health' })).json();
    assert.equal(uptimeSeconds, 0);
    assert.deepEqual(summary, {
      status: 'ready',
      service: 'fraud',
      stage: 'dev',
      release: '0123456789ab',
      model: { name: 'payment-fraud', version: '1.0.0' },
      degraded: 'auto',
    });
    lifecycle.drain();
    assert.deepEqual(await statuses(), [200, 200, 503, 503], 'still at work, no longer to be sent to');
    lifecycle.stop();
    assert.deepEqual(await statuses(), [200, 503, 503, 503]);
    lifecycle.ready(await shippedModel());
    assert.equal(lifecycle.phase, 'stopping', 'a stop is final');
  });

  it('say why not in a problem document', async () => {
    const { app } = appUnderTest({});
    const response = await app.inject({ url: '/health/ready' });
    assert.match(String(response.headers['content-type']), /^application\/problem\+json/);
    assert.equal(response.headers['retry-after'], '1');
    const { title, status, detail } = response.json();
    assert.deepEqual([title, status, detail], ['Service Unavailable', 503, 'the service is starting']);
  });

  it('are not ready when the model fails its probe, or does not answer it in time', async () => {
    const { metadata } = await shippedModel();
    const broken = appUnderTest({
      model: { metadata, predict: () => Promise.reject(new Error('bad allocation')) },
    });
    for (const url of ['/health/ready', '/health/self']) {
      const response = await broken.app.inject({ url });
      assert.equal(response.statusCode, 503);
      assert.equal(response.json().detail, 'model: bad allocation');
    }
    assert.match(JSON.stringify(broken.logged), /check fails/);
    const stuck = appUnderTest({ model: { metadata, predict: () => new Promise(() => {}) } });
    const answer = stuck.app.inject({ url: '/health/ready' });
    while ((await Promise.race([answer, stuck.clock.advance(1000)])) === undefined);
    assert.equal((await answer).json().detail, 'model: no answer within 1000 ms');
  });

  it('are not ready for a critical check alone, and well in themselves all the same', async () => {
    const statusesWith = async (critical: boolean): Promise<number[]> => {
      const { app } = appUnderTest({ model: await shippedModel(), checks: [breaks({ critical })] });
      const urls = ['/health/self', '/health/ready', '/health/deep'];
      return Promise.all(urls.map(async (url) => (await app.inject({ url })).statusCode));
    };
    assert.deepEqual(await statusesWith(true), [200, 503, 503]);
    assert.deepEqual(await statusesWith(false), [200, 200, 503]);
  });

  it('go deep: every check with its time, 503 as soon as one fails, and since when it does', async () => {
    const well = appUnderTest({ model: await shippedModel(), checks: [stubCheck({ name: 'paper' })] });
    const { status, passedPercent, checks } = (await well.app.inject({ url: '/health/deep' })).json();
    assert.deepEqual([status, passedPercent], ['well', 100]);
    assert.deepEqual(checks[1], { name: 'paper', kind: 'tcp', critical: false, ok: true, ms: 0 });
    const unwell = appUnderTest({ model: await shippedModel(), checks: [breaks()] });
    const response = await unwell.app.inject({ url: '/health/deep' });
    assert.equal(response.statusCode, 503);
    assert.equal(response.json().passedPercent, 50);
    assert.deepEqual(response.json().checks[1], {
      name: 'paper',
      kind: 'tcp',
      critical: false,
      ok: false,
      ms: 0,
      detail: 'out of paper',
      failingSince: '1970-01-01T00:00:00.000Z',
    });
  });

  it('close the connection while the service is draining or stopping', async () => {
    const { app, lifecycle } = appUnderTest({ model: await shippedModel() });
    const connection = async () => (await app.inject({ url: '/health/live' })).headers.connection;
    assert.equal(await connection(), 'keep-alive');
    lifecycle.drain();
    assert.equal(await connection(), 'close');
    lifecycle.stop();
    assert.equal(await connection(), 'close');
  });
});
