/** The checks that look inside: model, event loop, telemetry, disk. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createAppendFile } from '../../../../service/append-file';
import { systemClock } from '../../../../service/clock';
import { diskCheck } from '../../../../service/health/checks/disk';
import { eventLoopCheck } from '../../../../service/health/checks/event-loop';
import { modelCheck } from '../../../../service/health/checks/model';
import { telemetryCheck } from '../../../../service/health/checks/telemetry';
import { createLifecycle } from '../../../../service/lifecycle';
import { shippedModel } from '../../app-under-test';
import { heldClock } from '../../held-clock';

const { signal } = new AbortController();

describe('the checks that look inside', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vigia-checks-'));
  });
  after(() => rm(directory, { recursive: true }));

  it('model: missing, wrong, well', async () => {
    const lifecycle = createLifecycle();
    await assert.rejects(modelCheck(lifecycle).run(signal), /^Error: no model is loaded$/);
    const { metadata, predict } = await shippedModel();
    const wrong = { metadata, predict: async () => [{ class: 'x', confidence: 1, probabilities: {} }] };
    await assert.rejects(modelCheck({ model: wrong }).run(signal), /wrong answer, got x/);
    assert.equal(await modelCheck({ model: { metadata, predict } }).run(signal), undefined);
  });

  it('telemetry: metrics that do not reach their file', async () => {
    const lost = createAppendFile({
      path: directory,
      maxBufferedBytes: 100,
      clock: systemClock(),
      complain: () => {},
    });
    assert.equal(await telemetryCheck(lost).run(signal), undefined);
    lost.write('x\n');
    await lost.close();
    await assert.rejects(telemetryCheck(lost).run(signal), /cannot be written \(EISDIR/);
  });

  it('event loop: one that is behind', async () => {
    const clock = heldClock(0);
    const behind = eventLoopCheck(clock).run(signal);
    clock.stall(201);
    const refused = assert.rejects(behind, /behind by 201 ms, expected at most 200 ms/);
    await clock.advance(0);
    await refused;
    const inTime = eventLoopCheck(clock).run(signal);
    await clock.advance(0);
    await inTime;
  });

  it('disk: a directory that takes no file, or has less room than asked for; leaves nothing behind', async () => {
    const settings = {
      kind: 'disk',
      name: 'disk',
      critical: false,
      timeoutMs: 1000,
      minFreePercent: 0,
      minFreeInodesPercent: 0,
    } as const;
    assert.match((await diskCheck(settings, directory).run(signal)) ?? '', /^[\d.]+ % free$/);
    assert.deepEqual(await readdir(directory), []);
    await assert.rejects(diskCheck(settings, join(directory, 'nowhere')).run(signal), /ENOENT/);
    // More than any disk has: that nothing is full here cannot be arranged.
    await assert.rejects(
      diskCheck({ ...settings, minFreePercent: 101 }, directory).run(signal),
      /^Error: [\d.]+ % free, expected at least 101 %$/,
    );
    await assert.rejects(
      diskCheck({ ...settings, minFreeInodesPercent: 101 }, directory).run(signal),
      /% of the inodes free, expected at least 101 %$/,
    );
  });
});
