/** The health of the bundled service in a process of its own: drain, checks from a file, refusals. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import expected from '../inference/expected-predictions.json';
import { openWorkshop, type RunningService, until, type Workshop } from '../service-process';
import { extract, valuesOf } from '../telemetry/emf-rules';

const instances = { instances: [expected[0]?.instance] };
const told = async ({ emfFile }: RunningService) => {
  const text = await readFile(emfFile, 'utf8').catch(() => '');
  return extract(text.slice(0, text.lastIndexOf('\n') + 1));
};

describe('health in a process of its own', { timeout: 60_000, concurrency: 4 }, () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await openWorkshop();
  });
  after(() => workshop.close());

  it('drains first when it is told to: not ready, still at work, and no gap in its heartbeat', async () => {
    const service = await workshop.start({ VIGIA_DRAIN_SECONDS: '3' });
    service.child.kill('SIGTERM');
    await until(() => service.logged.some(({ msg }) => msg === 'draining'));
    const { status, headers } = await service.call('GET', '/health/ready');
    assert.deepEqual([status, headers.connection], [503, 'close']);
    assert.equal((await service.call('GET', '/health/self')).status, 200);
    await until(async () => {
      assert.equal((await service.call('POST', '/predict', instances)).status, 200);
      return valuesOf(await told(service), 'ServiceUp').length >= 2;
    });
    assert.ok(!service.logged.some(({ msg }) => msg === 'stopping'));
    assert.equal(await service.ended, 0);
  });

  it('takes other checks on SIGHUP, and keeps those it has when the file is wrong', async () => {
    const healthFile = join(workshop.directory, 'health.json');
    const checksOf = async () => {
      const { body } = await service.call('GET', '/health/deep');
      return JSON.parse(body).checks.map(({ name }: { name: string }) => name);
    };
    const inside = ['model', 'eventLoop', 'metricsFile'];
    const port = { kind: 'tcp', name: 'port', host: '127.0.0.1', port: 9, everySeconds: 1 };
    await writeFile(healthFile, JSON.stringify({ checks: [] }));
    const service = await workshop.start({ VIGIA_HEALTH_FILE: healthFile });
    assert.deepEqual(await checksOf(), inside);
    await writeFile(healthFile, JSON.stringify({ checks: [{ ...port, timeoutMs: 500, critical: true }] }));
    service.child.kill('SIGHUP');
    await until(async () => (await checksOf()).length === 4);
    const ready = await service.call('GET', '/health/ready');
    assert.equal(ready.status, 503);
    assert.match(JSON.parse(ready.body).detail, /^port: connect ECONNREFUSED/);
    const since = async () => {
      const { body } = await service.call('GET', '/health/deep');
      return JSON.parse(body).checks[3].failingSince;
    };
    const before = await since();
    service.child.kill('SIGHUP');
    // A second later the look is made anew, and still knows since when.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(await since(), before, 'the same file is no news');
    await writeFile(healthFile, '{"checks":[{"kind":"smell"}]}');
    service.child.kill('SIGHUP');
    await until(() => service.logged.some(({ msg }) => /health\.json: not usable/.test(String(msg))));
    assert.deepEqual(await checksOf(), [...inside, 'port']);
    const { code, stderr } = await workshop.refuse({ VIGIA_HEALTH_FILE: healthFile });
    assert.equal(code, 78);
    assert.match(
      stderr,
      /^\S+health\.json: not usable, got checks\.0\.kind: .*; correct it or deploy again\n$/,
    );
  });

  it('answers the application status check in HTTP/2, and is not ready there while it drains', async () => {
    const service = await workshop.start({ VIGIA_STATUS_CHECK_PORT: '0', VIGIA_DRAIN_SECONDS: '1' });
    const port = service.logged.find(({ msg }) => msg === 'listening')?.statusCheckPort;
    const client = connect(`http://127.0.0.1:${port}`);
    const ask = async (): Promise<unknown> => {
      const stream = client.request({ ':path': '/health/ready' });
      const [headers] = await once(stream.resume(), 'response');
      return (headers as IncomingHttpHeaders)[':status'];
    };
    assert.equal(await ask(), 200);
    service.child.kill('SIGTERM');
    await until(() => service.logged.some(({ msg }) => msg === 'draining'));
    assert.equal(await ask(), 503);
    client.on('error', () => {});
    assert.equal(await service.ended, 0);
    client.destroy();
  });
});
