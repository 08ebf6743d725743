/** Faults and traffic against a real server on loopback. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { systemClock } from '../../rehearsal/clock';
import { type FaultTargets, injectFaults } from '../../rehearsal/faults';
import type { Fault } from '../../rehearsal/scenario';
import { seededRandom, startTraffic } from '../../rehearsal/traffic';
import { eventually } from './eventually';
import { manualClock } from './manual-clock';
import { recorder } from './parts';
import { type Asked, serve, type TestServer } from './server';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const each of servers.splice(0)) await each.stop();
});
async function given(answer: (asked: Asked) => number | 'hang' | 'drop'): Promise<TestServer> {
  const server = await serve(answer);
  servers.push(server);
  return server;
}

/** One letter of ps: T is stopped. */
const stateOf = (pid: number | undefined): string =>
  spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
    .stdout.trim()
    .slice(0, 1);

function targets(url: string, pid?: number) {
  const clock = manualClock();
  const log = recorder(() => clock.now());
  const overridden: [string, object][] = [];
  const on = {
    clock,
    log,
    host: { url, supervisor: { pid: () => pid } },
    lambda: {
      functions: () => [{ name: 'demo-dev-remediation' }],
      overrideEnvironment: (name: string, environment: object) => overridden.push([name, environment]),
    },
  } as unknown as FaultTargets;
  return { on, clock, log, overridden };
}
const errors = (more: object = {}): Fault =>
  ({ service: { kind: 'errors', rate: 0.8 }, repeat: 'once', ...more }) as Fault;

describe('a fault of the service', () => {
  it('is asked for at its own door, and told of first', async () => {
    const server = await given(() => 202);
    const { on, log } = targets(server.url);
    await injectFaults([errors()], on);
    assert.deepEqual(server.asked, [
      { method: 'POST', path: '/__faults', body: { kind: 'errors', rate: 0.8 } },
    ]);
    assert.deepEqual(
      log.of('fault').map(({ what, fault, detail }) => [what, fault, detail]),
      [['start', 'errors', 'rate=0.8']],
    );
  });

  it('has happened also when the service dies of the request', async () => {
    const server = await given(() => 'drop');
    await injectFaults([errors()], targets(server.url).on);
    assert.equal(server.asked.length, 1);
  });

  it('that the service refuses is an error that says so', async () => {
    const server = await given(({ method }) => (method === 'DELETE' ? 204 : 404));
    await assert.rejects(
      injectFaults([errors()], targets(server.url).on),
      /^Error: fault: the service refused it, got 404 as told, expected 202/,
    );
  });

  it('comes from outside where the service has no door for it', async () => {
    const server = await given(() => 404);
    for (const [kind, signal] of [
      ['exit', 'SIGKILL'],
      ['hang', 'SIGKILL'],
    ] as const) {
      const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
      const ended = once(child, 'exit');
      const { on, log } = targets(server.url, child.pid);
      await injectFaults([{ service: { kind, code: 1 }, repeat: 'once' } as Fault], on);
      assert.match(log.of('notice')[0]?.text ?? '', /no fault routes: its process gets SIG(KILL|STOP)$/);
      if (kind === 'hang') {
        await eventually('a process that stands still', () => stateOf(child.pid) === 'T');
        child.kill('SIGKILL');
      }
      assert.deepEqual(await ended, [null, signal]);
    }
  });

  it('that cannot come from outside is refused there, with those that can', async () => {
    const server = await given(() => 404);
    await assert.rejects(
      injectFaults([errors()], targets(server.url).on),
      /the service has no fault routes, got errors, expected one of exit, hang, .* rehearse crash/,
    );
  });

  it('is over after its time, and that is told', async () => {
    const server = await given(() => 202);
    const { on, clock, log } = targets(server.url);
    await injectFaults([errors({ forSeconds: 4 })], on);
    clock.advance(3999);
    assert.equal(server.asked.length, 1);
    clock.advance(1);
    await log.until('fault', 2);
    assert.equal(server.asked.at(-1)?.method, 'DELETE');
    assert.equal(log.of('fault').at(-1)?.what, 'stop');
  });

  it('comes again after each start, until stopped', async () => {
    const server = await given(() => 202);
    const { on, log } = targets(server.url);
    const stop = await injectFaults([errors({ repeat: 'each-start' })], on);
    for (const what of [
      'demo.service failed',
      'demo.service active',
      'demo.service start',
      'demo.service active',
    ])
      log.emit({ kind: 'host', what });
    await eventually('two more', () => server.asked.length === 3);
    stop();
    log.emit({ kind: 'host', what: 'demo.service active' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(server.asked.length, 3);
  });

  it('comes again only until systemd gives the unit up', async () => {
    const server = await given(() => 202);
    const { on, log } = targets(server.url);
    await injectFaults([errors({ repeat: 'until-failed' })], on);
    for (const what of ['demo.service active', 'demo.service failed', 'demo.service active'])
      log.emit({ kind: 'host', what });
    await eventually('one more', () => server.asked.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(server.asked.length, 2);
  });

  it('that is refused when it comes again is noted, and ends nothing', async () => {
    let count = 0;
    const server = await given(({ method }) => (method === 'DELETE' ? 204 : ++count === 1 ? 202 : 404));
    const { on, log } = targets(server.url);
    await injectFaults([errors({ repeat: 'each-start' })], on);
    log.emit({ kind: 'host', what: 'demo.service active' });
    const [notice] = await log.until('notice');
    assert.match(notice?.text ?? '', /refused it, got 404/);
  });
});

describe('a fault of a function', () => {
  const broken = (name: string): Fault => ({ function: name, environment: { TABLE: 'none' } });

  it('changes its environment under its short name', async () => {
    const { on, log, overridden } = targets('http://127.0.0.1:1');
    await injectFaults([broken('remediation')], on);
    assert.deepEqual(overridden, [['demo-dev-remediation', { TABLE: 'none' }]]);
    assert.deepEqual(
      log.of('fault').map(({ fault, detail }) => [fault, detail]),
      [['remediation misconfigured', 'TABLE=none']],
    );
  });

  it('that is not there is refused with those that are', async () => {
    await assert.rejects(
      injectFaults([broken('other')], targets('http://127.0.0.1:1').on),
      /unknown function, got other, expected one of demo-dev-remediation/,
    );
  });
});

describe('traffic', () => {
  const release = mkdtempSync(join(tmpdir(), 'vigia-release-'));
  after(() => rmSync(release, { recursive: true }));
  mkdirSync(join(release, 'model'));
  const features = [
    { name: 'amount', type: 'number', min: 0, max: 100 },
    { name: 'hour', type: 'integer', min: 0, max: 23 },
    { name: 'new', type: 'number', min: -1, max: 1 },
  ];
  writeFileSync(
    join(release, 'model', 'model.json'),
    JSON.stringify({ features, probe: { instance: { amount: 95, hour: 22 } } }),
  );

  const start = (url: string, more: object = {}) =>
    startTraffic({
      url,
      releaseDirectory: release,
      clock: systemClock(),
      random: seededRandom(7),
      patienceMs: 200,
      requestsPerSecond: 50,
      ...more,
    });

  it("is predictions near the model's own example, each within its limits", async () => {
    const server = await given(() => 200);
    const traffic = start(server.url);
    await eventually('some calls', () => server.asked.length >= 8);
    traffic.stop();
    for (const { method, path, body } of server.asked) {
      assert.deepEqual([method, path], ['POST', '/predict']);
      const [instance] = (body as { instances: Record<string, number>[] }).instances;
      const { amount = -1, hour = -1, new: unnamed } = instance ?? {};
      assert.ok(amount >= 85.5 && amount <= 100, `${amount}`);
      assert.ok(Number.isInteger(hour) && hour >= 19 && hour <= 23, `${hour}`);
      assert.equal(unnamed, 0);
    }
    assert.ok(new Set(server.asked.map(({ body }) => JSON.stringify(body))).size > 4);
  });

  it('counts answers, errors, silence and refused connections by second', async () => {
    let count = 0;
    const answers = [200, 500, 'hang', 'drop', 200] as const;
    const server = await given(() => answers[count++] ?? 200);
    const clock = manualClock(1_000_000);
    const traffic = start(server.url, { clock, requestsPerSecond: 4 });
    clock.advance(1000);
    traffic.stop();
    clock.advance(5000);
    const total = (): number =>
      traffic.seconds.reduce((sum, { answered, failed }) => sum + answered + failed, 0);
    await eventually('five outcomes', () => total() === 5);
    assert.deepEqual(
      [...traffic.seconds]
        .sort((a, b) => a.at - b.at)
        .map(({ at, answered, failed }) => [at, answered + failed]),
      [
        [1_000_000, 4],
        [1_001_000, 1],
      ],
    );
    assert.equal(
      traffic.seconds.reduce((sum, { failed }) => sum + failed, 0),
      3,
    );
  });

  it('is the same in every rehearsal', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
    const many = Array.from({ length: 10_000 }, seededRandom(7));
    assert.ok(many.every((value) => value >= 0 && value < 1));
    assert.ok(Math.abs(many.reduce((sum, value) => sum + value, 0) / many.length - 0.5) < 0.02);
  });
});
