/** The bundled service as a real process: start, signals, files, faults, refusals. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import expected from './inference/expected-predictions.json';
import { openWorkshop, parseLines, type RunningService, until, type Workshop } from './service-process';
import { extract, sumOf, valuesOf } from './telemetry/emf-rules';

const instances = { instances: [expected[0]?.instance] };
const rehearsal = { VIGIA_ALLOW_FAULTS: 'rehearsal' };
/** What the metrics file says by now, up to its last whole line: the service may be writing the next. */
const told = async ({ emfFile }: RunningService) => {
  const text = await readFile(emfFile, 'utf8').catch(() => '');
  return extract(text.slice(0, text.lastIndexOf('\n') + 1));
};
const pause = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

describe('the service as a process', { timeout: 60_000, concurrency: 4 }, () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await openWorkshop();
  });
  after(() => workshop.close());

  it('starts on a free port, says which, and predicts', async () => {
    const service = await workshop.start();
    const { status, body } = await service.call('POST', '/predict', instances);
    assert.equal(status, 200, body);
    assert.equal(JSON.parse(body).predictions[0].class, expected[0]?.class);
    assert.equal((await service.call('GET', '/health/ready')).status, 200);
    const deep = await service.call('GET', '/health/deep');
    assert.deepEqual(
      JSON.parse(deep.body).checks.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok]),
      [
        ['model', true],
        ['eventLoop', true],
        ['metricsFile', true],
        ['disk', true],
      ],
    );
    assert.equal(
      (await service.call('POST', '/__faults', { kind: 'hang' })).status,
      404,
      'no rehearsal, no faults',
    );
    service.child.kill('SIGINT');
    assert.equal(await service.ended, 0);
  });

  it('beats its heart once per window, on the boundary', async () => {
    const service = await workshop.start();
    await until(async () => valuesOf(await told(service), 'ServiceUp').length >= 2);
    const metrics = await told(service);
    const beats = metrics.filter(({ name }) => name === 'ServiceUp');
    for (const { timestamp, values } of beats) {
      assert.equal(timestamp % 1000, 0);
      assert.deepEqual(values, [1]);
    }
    assert.equal(new Set(beats.map(({ timestamp }) => timestamp)).size, beats.length);
    assert.deepEqual(new Set(valuesOf(metrics, 'ModelLoaded')), new Set([1]));
    assert.deepEqual(new Set(valuesOf(metrics, 'SystemHealth')), new Set([100]));
    service.child.kill('SIGTERM');
    await service.ended;
    assert.deepEqual(
      new Set(valuesOf(await told(service), 'ServiceUp')),
      new Set([1]),
      'a stop is no outage',
    );
  });

  it('loses nothing on SIGTERM under load: every answered prediction is in the file', async () => {
    const service = await workshop.start();
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    let answered = 0;
    const caller = async (): Promise<void> => {
      for (;;) {
        const answer = await service.call('POST', '/predict', instances, agent).catch(() => undefined);
        if (answer === undefined) return;
        assert.equal(answer.status, 200, answer.body);
        answered += 1;
        if (answered === 1000) service.child.kill('SIGTERM');
      }
    };
    await Promise.all(Array.from({ length: 8 }, caller));
    assert.equal(await service.ended, 0);
    agent.destroy();
    const metrics = await told(service);
    assert.ok(answered >= 1000);
    assert.equal(sumOf(metrics, 'PredictionCount'), answered);
    assert.equal(sumOf(metrics, 'PredictionErrors'), 0);
    assert.equal(service.logged.filter(({ msg }) => msg === 'predicted').length, answered);
    assert.equal(service.logged.at(-1)?.msg, 'stopped');
  });

  it('finishes what is in flight on SIGTERM, closes its connection, and takes nothing new', async () => {
    const service = await workshop.start(rehearsal);
    await service.call('POST', '/__faults', { kind: 'slow', delayMs: 4000 });
    const agent = new Agent({ keepAlive: true });
    let isAnswered = false;
    const slow = service.call('POST', '/predict', instances, agent).finally(() => {
      isAnswered = true;
    });
    // A second round trip after the first request was sent: the service has read it by then.
    await service.call('GET', '/health/live');
    service.child.kill('SIGTERM');
    await until(() => service.logged.some(({ msg }) => msg === 'stopping'));
    // A connection that came just before the port was closed is answered or reset; from then on each is refused.
    await until(() =>
      service.call('GET', '/health/ready').then(
        () => false,
        (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
      ),
    );
    assert.equal(isAnswered, false, 'refused while the request was still in flight');
    const { status, headers } = await slow;
    assert.equal(status, 200);
    assert.equal(headers.connection, 'close');
    assert.equal(await service.ended, 0);
    const metrics = await told(service);
    assert.equal(sumOf(metrics, 'PredictionCount'), 1);
    // A window ended in the meantime, and nobody could connect any more: that is leaving, not being down.
    assert.ok(!valuesOf(metrics, 'ServiceUp').includes(0));
    agent.destroy();
  });

  it('leaves only whole lines behind when it is killed', async () => {
    const service = await workshop.start();
    await until(async () => (await told(service)).length > 0);
    service.child.kill('SIGKILL');
    assert.equal(await service.ended, 'SIGKILL');
    assert.ok(extract(await readFile(service.emfFile, 'utf8')).length > 0);
  });

  it('goes on in new files after a rotation and SIGHUP', async () => {
    const logFile = join(workshop.directory, 'rotated.log');
    const service = await workshop.start({ VIGIA_LOG_FILE: logFile });
    await until(async () => (await told(service)).length > 0);
    await rename(service.emfFile, `${service.emfFile}.1`);
    await rename(logFile, `${logFile}.1`);
    service.child.kill('SIGHUP');
    await service.call('POST', '/predict', instances);
    await until(async () => sumOf(await told(service), 'PredictionCount') === 1);
    service.child.kill('SIGTERM');
    await service.ended;
    const messages = async (path: string) => parseLines(await readFile(path, 'utf8')).map(({ msg }) => msg);
    assert.ok((await messages(`${logFile}.1`)).includes('ready'));
    assert.deepEqual(await messages(logFile), ['predicted', 'stopping', 'stopped']);
    assert.deepEqual([service.logged.length, service.stderr()], [0, ''], 'no news on the terminal');
  });

  it('takes level and share of its log from the switches, at each SIGHUP and without a restart', async () => {
    const switchesFile = join(workshop.directory, 'turned.json');
    const turn = (switches: object) => writeFile(switchesFile, JSON.stringify(switches));
    await turn({ logShare: 1 });
    const service = await workshop.start({ VIGIA_SWITCHES_FILE: switchesFile, VIGIA_LOG_LEVEL: 'info' });
    const leavesLine = async (): Promise<boolean> => {
      const answer = JSON.parse((await service.call('POST', '/predict', instances)).body);
      await sleep(300); // Ordinary lines wait for one another.
      return service.logged.some(({ requestId }) => requestId === answer.requestId);
    };
    await until(leavesLine);
    await turn({ logLevel: 'warn', logShare: 1 });
    service.child.kill('SIGHUP');
    await until(async () => !(await leavesLine()));
    await writeFile(switchesFile, '{ "logLevel": "loud" }');
    service.child.kill('SIGHUP');
    await until(() => service.logged.some(({ level }) => level === 'warn'));
    assert.match(
      String(service.logged.at(-1)?.msg),
      /turned\.json: not usable, got logLevel: .*stay as they were/,
    );
    await turn({ logLevel: 'info', logShare: 0 });
    service.child.kill('SIGHUP');
    await service.call('GET', '/health/live');
    assert.equal(await leavesLine(), false);
    await turn({ logLevel: 'info', logShare: 1 });
    service.child.kill('SIGHUP');
    await until(leavesLine);
    service.child.kill('SIGTERM');
    assert.equal(await service.ended, 0);
  });

  it('writes warnings to standard error too when the log has a file', async () => {
    const logFile = join(workshop.directory, 'errors.log');
    const service = await workshop.start({ ...rehearsal, VIGIA_LOG_FILE: logFile });
    await service.call('POST', '/__faults', { kind: 'errors', rate: 1 });
    assert.equal((await service.call('POST', '/predict', instances)).status, 500);
    service.child.kill('SIGTERM');
    await service.ended;
    assert.match(service.stderr(), /^error: request failed: .+ \(request [\w-]+\)\n$/);
    const metrics = await told(service);
    assert.deepEqual([sumOf(metrics, 'PredictionCount'), sumOf(metrics, 'PredictionErrors')], [1, 1]);
  });

  it('predicts on when neither log nor metrics can be written, and its deep health says so', {
    skip: !existsSync('/dev/full'),
  }, async () => {
    const logFile = join(workshop.directory, 'full.log');
    const service = await workshop.start({ VIGIA_LOG_FILE: logFile });
    for (const path of [service.emfFile, logFile]) {
      // In one step: the service looks at the path each second, and would make a file where it finds none.
      await symlink('/dev/full', `${path}.full`);
      await rename(`${path}.full`, path);
    }
    service.child.kill('SIGHUP');
    // Not the first answer that is unwell: on a busy machine another check may be it before.
    await until(async () =>
      /"metricsFile","kind":"telemetry","critical":false,"ok":false,.*ENOSPC/.test(
        (await service.call('GET', '/health/deep')).body,
      ),
    );
    for (let call = 0; call < 20; call += 1) {
      assert.equal((await service.call('POST', '/predict', instances)).status, 200);
    }
    await until(async () => (await service.call('GET', '/health/ready')).status === 200);
    service.child.kill('SIGTERM');
    assert.equal(await service.ended, 0);
    const complaints = service.stderr().split('\n');
    assert.equal(complaints.filter((line) => line.includes('.emf: cannot be written (ENOSPC')).length, 1);
    assert.equal(complaints.filter((line) => line.includes('full.log: cannot be written (ENOSPC')).length, 1);
  });

  it('hangs on request: no answer, deaf to SIGTERM, until it is killed', async () => {
    const service = await workshop.start(rehearsal);
    assert.equal((await service.call('POST', '/__faults', { kind: 'hang' })).status, 202);
    let answered = false;
    void service.call('GET', '/health/live').then(
      () => {
        answered = true;
      },
      () => {},
    );
    service.child.kill('SIGTERM');
    // A write that was under way ends by itself; from then on, for longer than a window, nothing may come.
    await pause(200);
    const beats = valuesOf(await told(service), 'ServiceUp').length;
    await pause(1300);
    assert.equal(answered, false);
    assert.equal(service.child.exitCode, null);
    assert.equal(valuesOf(await told(service), 'ServiceUp').length, beats, 'a hung service has no heartbeat');
    service.child.kill('SIGKILL');
    assert.equal(await service.ended, 'SIGKILL');
  });

  it('exits on request with that code, right after the answer', async () => {
    const service = await workshop.start(rehearsal);
    assert.equal((await service.call('POST', '/__faults', { kind: 'exit', code: 7 })).status, 202);
    assert.equal(await service.ended, 7);
    assert.ok(!service.logged.some(({ msg }) => msg === 'stopped'), 'nothing orderly about it');
  });

  it('answers bytes that are no request with a problem, and goes on', async () => {
    const service = await workshop.start();
    const socket = connect(service.port, '127.0.0.1');
    let raw = '';
    socket.on('data', (chunk) => {
      raw += chunk;
    });
    socket.write('GARBAGE\r\n\r\n');
    await new Promise((resolve) => socket.on('close', resolve));
    assert.match(
      raw,
      /^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json\r\nx-request-id: 1-[0-9a-f]{8}-[0-9a-f]{24}\r/,
    );
    assert.equal((await service.call('GET', '/health/live')).status, 200);
  });

  it('refuses a wrong setting with one line and exit 78, without a stack', async () => {
    const { code, stderr } = await workshop.refuse({ VIGIA_EMF_FILE: undefined });
    assert.equal(code, 78);
    assert.equal(
      stderr,
      "VIGIA_EMF_FILE: is missing, expected the path of the file that the CloudWatch agent ships; set it in the service's environment\n",
    );
  });

  it('refuses a model that cannot be used with one line and exit 78', async () => {
    const { code, stderr } = await workshop.refuse({ VIGIA_MODEL_DIRECTORY: '/nowhere' });
    assert.equal(code, 78);
    assert.match(
      stderr,
      /^\/nowhere\/model\.json: cannot be read \(ENOENT.*\); deploy the model or set its directory\n$/,
    );
  });

  it('refuses a port that is taken with one line and exit 1', async () => {
    const first = await workshop.start();
    const { code, stderr } = await workshop.refuse({ VIGIA_PORT: String(first.port) });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^127\.0\.0\.1 port \d+: cannot be listened on \(listen EADDRINUSE.*\); free it or choose another\n$/,
    );
  });
});
