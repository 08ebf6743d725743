/** What the health routes say in each phase, and what the deep checks can see. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createAppendFile } from '../../../service/append-file';
import { systemClock } from '../../../service/clock';
import {
  type DeepCheck,
  diskCheck,
  eventLoopCheck,
  metricsFileCheck,
  modelCheck,
  runChecks,
} from '../../../service/health/checks';
import { createLifecycle } from '../../../service/lifecycle';
import { appUnderTest, shippedModel } from '../app-under-test';
import { heldClock } from '../held-clock';

const passes: DeepCheck = { name: 'passes', run: async () => {} };
const breaks: DeepCheck = { name: 'breaks', run: () => Promise.reject(new Error('out of paper')) };

describe('health routes', () => {
  it('are alive from the start, ready only between start and stop', async () => {
    const { app, lifecycle } = appUnderTest({});
    const statuses = async (): Promise<number[]> => {
      const urls = ['/health/live', '/health/ready', '/health'];
      return Promise.all(urls.map(async (url) => (await app.inject({ url })).statusCode));
    };
    assert.deepEqual(await statuses(), [200, 503, 503]);
    assert.equal((await app.inject({ url: '/health' })).json().status, 'starting');
    lifecycle.ready(await shippedModel());
    assert.deepEqual(await statuses(), [200, 200, 200]);
    const { uptimeSeconds, ...summary } = (await app.inject({ url: '/health' })).json();
    assert.equal(uptimeSeconds, 0);
    assert.deepEqual(summary, {
      status: 'ready',
      service: 'fraud',
      stage: 'dev',
      model: { name: 'payment-fraud', version: '1.0.0' },
    });
    lifecycle.stop();
    assert.deepEqual(await statuses(), [200, 503, 503]);
    lifecycle.ready(await shippedModel());
    assert.equal(lifecycle.phase, 'stopping', 'a stop is final');
  });

  it('are not ready when the model fails its probe, or does not answer it in time', async () => {
    const { metadata } = await shippedModel();
    const broken = appUnderTest({
      model: { metadata, predict: () => Promise.reject(new Error('bad allocation')) },
    });
    assert.equal((await broken.app.inject({ url: '/health/ready' })).statusCode, 503);
    assert.match(JSON.stringify(broken.logged), /bad allocation/);
    const stuck = appUnderTest({ model: { metadata, predict: () => new Promise(() => {}) } });
    const answer = stuck.app.inject({ url: '/health/ready' });
    while ((await Promise.race([answer, stuck.clock.advance(1000)])) === undefined);
    assert.equal((await answer).statusCode, 503);
  });

  it('go deep: every check with its time, 503 as soon as one fails', async () => {
    const well = appUnderTest({ checks: [passes] });
    assert.deepEqual((await well.app.inject({ url: '/health/deep' })).json(), {
      status: 'well',
      checks: [{ name: 'passes', ok: true, ms: 0 }],
    });
    const unwell = appUnderTest({ checks: [passes, breaks] });
    const response = await unwell.app.inject({ url: '/health/deep' });
    assert.equal(response.statusCode, 503);
    assert.deepEqual(response.json().checks[1], { name: 'breaks', ok: false, ms: 0, detail: 'out of paper' });
  });

  it('close the connection while the service is stopping', async () => {
    const { app, lifecycle } = appUnderTest({ model: await shippedModel() });
    assert.equal((await app.inject({ url: '/health/live' })).headers.connection, 'keep-alive');
    lifecycle.stop();
    assert.equal((await app.inject({ url: '/health/live' })).headers.connection, 'close');
  });
});

describe('deep checks', () => {
  it('are given up one by one at their limit, and count as a share', async () => {
    const clock = heldClock(0);
    const never: DeepCheck = { name: 'never', run: () => new Promise(() => {}) };
    const report = runChecks(clock, [passes, never, breaks, passes]);
    await clock.advance(0);
    await clock.advance(1000);
    const { ok, passedPercent, checks } = await report;
    assert.equal(ok, false);
    assert.equal(passedPercent, 50);
    assert.deepEqual(checks[1], { name: 'never', ok: false, ms: 1000, detail: 'no answer within 1000 ms' });
  });

  it('see a directory that takes no file, a missing model, and metrics that do not reach their file', async () => {
    const clock = systemClock();
    const directory = await mkdtemp(join(tmpdir(), 'vigia-checks-'));
    try {
      const lost = createAppendFile({ path: directory, maxBufferedBytes: 100, clock, complain: () => {} });
      lost.write('x\n');
      await lost.close();
      const lifecycle = createLifecycle();
      const { checks } = await runChecks(clock, [
        diskCheck(join(directory, 'probe')),
        diskCheck(join(directory, 'nowhere', 'probe')),
        modelCheck(lifecycle),
        metricsFileCheck(lost),
      ]);
      assert.deepEqual(
        checks.map(({ ok }) => ok),
        [true, false, false, false],
      );
      assert.match(checks[1]?.detail ?? '', /ENOENT/);
      assert.equal(checks[2]?.detail, 'no model is loaded');
      assert.match(checks[3]?.detail ?? '', /cannot be written \(EISDIR/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('see an event loop that is behind', async () => {
    const clock = heldClock(0);
    const behind = runChecks(clock, [eventLoopCheck(clock)]);
    clock.stall(201);
    await clock.advance(0);
    assert.match((await behind).checks[0]?.detail ?? '', /behind by 201 ms, expected at most 200 ms/);
    const inTime = runChecks(clock, [eventLoopCheck(clock)]);
    await clock.advance(0);
    assert.equal((await inTime).ok, true);
  });
});
