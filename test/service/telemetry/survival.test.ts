/** What happens to telemetry when disks, files and processes fail: real processes, real files, and no prediction that notices. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import expected from '../inference/expected-predictions.json';
import { openWorkshop, type RunningService, until, type Workshop } from '../service-process';
import { type Extracted, extract, sumOf, valuesOf } from './emf-rules';
import { readOpenMetrics } from './open-metrics-rules';

const instances = { instances: [expected[0]?.instance] };
const windowMs = 1000;

/** The lines of a file up to its last whole one; a line that a full disk cut short is no EMF and is left out. */
async function toldIn(path: string): Promise<Extracted[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return whole.filter((line) => line.endsWith('}')).flatMap((line) => extract(`${line}\n`));
}

/** So many predictions, one after the other; each must be answered. */
async function predict(service: RunningService, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  for (let call = 0; call < count; call += 1) {
    const { status, body } = await service.call('POST', '/predict', instances, agent);
    assert.equal(status, 200, body);
  }
  agent.destroy();
}

/** A figure of `/metrics`, fresh: the text is kept for a second. */
async function figure(service: RunningService, name: string, file: string): Promise<number> {
  const { body } = await service.call('GET', '/metrics');
  const value = new RegExp(`^${name}\\{file="${file}"\\} (.+)$`, 'm').exec(body)?.[1];
  return Number(value ?? assert.fail(`no ${name}`));
}

describe('telemetry survives', { timeout: 120_000, concurrency: 3 }, () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await openWorkshop();
  });
  after(() => workshop.close());

  it('a full disk: predictions go on, it is counted, and all is written once there is room', async (test) => {
    const disk = join(workshop.directory, 'disk');
    await mkdir(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'vigia-test', disk]).status !== 0) {
      test.skip('a small disk can only be made by root');
      return;
    }
    try {
      const emfFile = join(disk, 'metrics.emf');
      const logFile = join(disk, 'service.log');
      const service = await workshop.start({ VIGIA_EMF_FILE: emfFile, VIGIA_LOG_FILE: logFile });
      await until(async () => (await toldIn(emfFile)).length > 0);
      spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=4k']);
      await predict(service, 300);
      await until(async () => (await figure(service, 'vigia_telemetry_write_failures_total', 'metrics')) > 0);
      assert.ok((await figure(service, 'vigia_telemetry_waiting_bytes', 'metrics')) > 0);
      assert.equal((await service.call('GET', '/health/ready')).status, 200);
      // Longer than one retry: what waits is tried again and waits on.
      await predict(service, 100);
      await rm(join(disk, 'filler'));
      spawnSync('mount', ['-o', 'remount,size=4m', disk]);
      await until(async () => sumOf(await toldIn(emfFile), 'PredictionCount') === 400);
      assert.ok(Math.max(...valuesOf(await toldIn(emfFile), 'TelemetryLost')) > 0, 'the metric says so too');
      await until(async () => valuesOf(await toldIn(emfFile), 'TelemetryLost').at(-1) === 0);
      assert.equal(await figure(service, 'vigia_telemetry_lost_lines_total', 'metrics'), 0);
      service.child.kill('SIGTERM');
      assert.equal(await service.ended, 0);
      const predicted = (await readFile(logFile, 'utf8'))
        .split('\n')
        .filter((line) => /^\{.*"predicted".*\}$/.test(line));
      assert.equal(predicted.length, 400, 'the log is whole as well');
    } finally {
      spawnSync('umount', ['--lazy', disk]);
    }
  });

  for (const [what, isKept] of [
    ['deleted', false],
    ['renamed', true],
  ] as const) {
    it(`files that are ${what} under it without a word: it goes on in new ones`, async () => {
      const logFile = join(workshop.directory, `${what}.log`);
      const service = await workshop.start({ VIGIA_LOG_FILE: logFile });
      await predict(service, 10);
      await until(async () => sumOf(await toldIn(service.emfFile), 'PredictionCount') === 10);
      for (const path of [service.emfFile, logFile]) {
        await (isKept ? rename(path, `${path}.1`) : unlink(path));
      }
      await until(async () => (await toldIn(service.emfFile)).length > 0);
      await predict(service, 10);
      await until(async () => sumOf(await toldIn(service.emfFile), 'PredictionCount') === 10);
      service.child.kill('SIGTERM');
      assert.equal(await service.ended, 0);
      const lines = async (path: string) => (await readFile(path, 'utf8')).split('"predicted"').length - 1;
      if (isKept) {
        // Up to a second of the log may still go to the old file: whoever follows it reads that to its end.
        assert.equal((await lines(`${logFile}.1`)) + (await lines(logFile)), 20);
        assert.equal(sumOf(await toldIn(`${service.emfFile}.1`), 'PredictionCount'), 10);
      }
      assert.ok(existsSync(logFile));
    });
  }

  it('a disk that hangs: no prediction waits for it', async (test) => {
    const logFile = join(workshop.directory, 'hanging.log');
    const service = await workshop.start({ VIGIA_LOG_FILE: logFile });
    await rename(logFile, `${logFile}.1`);
    // A pipe that nobody reads takes 64 kB, and then a write to it does not come back.
    if (spawnSync('mkfifo', [logFile]).status !== 0) return test.skip('there is no mkfifo');
    service.child.kill('SIGHUP');
    await predict(service, 600);
    await until(async () => sumOf(await toldIn(service.emfFile), 'PredictionCount') === 600);
    assert.ok((await figure(service, 'vigia_telemetry_waiting_bytes', 'log')) > 0);
  });

  it('SIGKILL: only the window that was not over is lost', async () => {
    const service = await workshop.start();
    const answeredAt: number[] = [];
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    let killed = false;
    const caller = async (): Promise<void> => {
      while (!killed) {
        const answer = await service.call('POST', '/predict', instances, agent).catch(() => undefined);
        if (answer?.status === 200) answeredAt.push(Date.now());
      }
    };
    const callers = Array.from({ length: 4 }, caller);
    const windows = async () =>
      (await toldIn(service.emfFile)).filter(
        ({ name, values }) => name === 'PredictionCount' && (values[0] ?? 0) > 0,
      );
    await until(async () => (await windows()).length >= 2);
    service.child.kill('SIGKILL');
    assert.equal(await service.ended, 'SIGKILL');
    killed = true;
    await Promise.all(callers);
    agent.destroy();
    const told = await windows();
    const lastEnd = Math.max(...told.map(({ timestamp }) => timestamp)) + windowMs;
    const promised = answeredAt.filter((at) => at < lastEnd).length;
    assert.ok(promised > 0);
    assert.ok(sumOf(told, 'PredictionCount') >= promised, `${sumOf(told, 'PredictionCount')} of ${promised}`);
  });

  it('a metrics file that can never be written: /metrics still counts, and a stop takes no longer', async () => {
    const emfFile = join(workshop.directory, 'not-a-file.emf');
    await mkdir(emfFile);
    const service = await workshop.start({ VIGIA_EMF_FILE: emfFile });
    await predict(service, 5);
    await until(async () => (await figure(service, 'vigia_telemetry_write_failures_total', 'metrics')) > 0);
    const { body } = await service.call('GET', '/metrics');
    assert.match(body, /^vigia_predictions_total\{outcome="answered"\} 5$/m);
    service.child.kill('SIGTERM');
    assert.equal(await service.ended, 0);
  });

  it('being wanted only by a scraper, or by nobody', async () => {
    const scraped = await workshop.start({ VIGIA_TELEMETRY: 'scrape' });
    await predict(scraped, 3);
    const { body } = await scraped.call('GET', '/metrics');
    assert.match(body, /^vigia_predictions_total\{outcome="answered"\} 3$/m);
    const off = await workshop.start({ VIGIA_TELEMETRY: 'off' });
    await predict(off, 3);
    assert.equal((await off.call('GET', '/metrics')).status, 404);
    for (const service of [scraped, off]) {
      service.child.kill('SIGTERM');
      assert.equal(await service.ended, 0);
      assert.equal(existsSync(service.emfFile), false);
    }
  });

  it('being read while it counts: what the real service shows keeps the rules', async () => {
    const service = await workshop.start();
    await predict(service, 20);
    const response = await fetch(`http://127.0.0.1:${service.port}/metrics`, {
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    });
    const families = readOpenMetrics(await response.text());
    const count = families
      .flatMap(({ samples }) => samples)
      .find(({ name }) => name === 'vigia_prediction_latency_seconds_count');
    assert.equal(count?.value, 20);
    const text = join(workshop.directory, 'exposition.txt');
    await writeFile(text, (await service.call('GET', '/metrics')).body);
    const promtool = spawnSync('sh', ['-c', `promtool check metrics < ${text}`], { encoding: 'utf8' });
    // 127: there is no promtool here; the rules above were kept all the same.
    if (promtool.status !== 127) assert.deepEqual([promtool.status, promtool.stderr], [0, '']);
  });
});
