/** The real service: what drift is judged from outlives its process, and a broken file of it keeps nothing from starting. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createDriftWatch, type DriftWatch } from '../../../service/drift/watch';
import { sample, shippedModel } from '../app-under-test';
import { heldClock } from '../held-clock';
import { openWorkshop, parseLines, type RunningService, until, type Workshop } from '../service-process';

interface Drift {
  readonly status: string;
  readonly baseline: string;
  readonly windows: { readonly seen: number; readonly rowsNow: number; readonly rowsJudged: number };
}

describe('the service that watches drift', { timeout: 120_000 }, () => {
  let workshop: Workshop;
  let settings: Readonly<Record<string, string>>;
  before(async () => {
    workshop = await openWorkshop();
    settings = {
      VIGIA_STATE_DIRECTORY: join(workshop.directory, 'state'),
      VIGIA_DRIFT_WINDOW_SECONDS: '1',
      VIGIA_DRIFT_WINDOWS: '1000',
    };
  });
  after(() => workshop.close());

  const ask = async (service: RunningService): Promise<Drift> =>
    JSON.parse((await service.call('GET', '/drift')).body) as Drift;
  const stop = async (service: RunningService): Promise<void> => {
    service.child.kill('SIGTERM');
    assert.equal(await service.ended, 0, service.stderr());
  };

  it('goes on after a restart with the windows and the baseline it had', async () => {
    const first = await workshop.start(settings);
    const { baseline } = JSON.parse(
      readFileSync(join(__dirname, '../../../service/model/model.json'), 'utf8'),
    );
    const posted = await first.call('POST', '/drift/baseline', { ...baseline, source: 'posted' });
    assert.equal(posted.status, 200, posted.body);
    await first.call('POST', '/predict', { instances: new Array(50).fill(sample().instance) });
    await until(async () => (await ask(first)).windows.seen >= 2);
    const seen = (await ask(first)).windows.seen;
    await stop(first);
    const second = await workshop.start(settings);
    const found = await ask(second);
    assert.ok(found.windows.seen >= seen, `${found.windows.seen} of ${seen} windows`);
    assert.deepEqual([found.baseline, found.status], ['posted', 'collecting']);
    const kept = JSON.parse(readFileSync(join(workshop.directory, 'state/drift.json'), 'utf8'));
    const rows = kept.monitor.windows.counters.map((counters: number[]) => counters.slice(0, 11));
    assert.equal(
      rows.flat().reduce((sum: number, count: number) => sum + count, 0),
      50,
    );
    await stop(second);
  });

  it('starts with a broken file, says so, and counts anew', async () => {
    writeFileSync(join(workshop.directory, 'state/drift.json'), '{"of":');
    writeFileSync(join(workshop.directory, 'state/baseline.json'), '[]');
    const service = await workshop.start(settings);
    const found = await ask(service);
    assert.equal(found.windows.seen, 0);
    assert.match(found.baseline, /training rows/);
    const told = service.logged.map(({ msg }) => String(msg));
    assert.ok(
      told.some((msg) => /state\/drift\.json: cannot be used/.test(msg)),
      told.join('\n'),
    );
    assert.ok(told.some((msg) => /state\/baseline\.json: cannot be used/.test(msg)));
    await stop(service);
  });

  it('goes on predicting and telling while the disk of its state hangs', async (test) => {
    const hung = join(workshop.directory, 'hung');
    mkdirSync(hung);
    // Whoever opens it to write waits for a reader that never comes.
    if (spawnSync('mkfifo', [join(hung, 'drift.json.new')]).status !== 0)
      return test.skip('there is no mkfifo');
    const service = await workshop.start({ ...settings, VIGIA_STATE_DIRECTORY: hung });
    await until(async () => (await ask(service)).windows.seen >= 2);
    const predict = () => service.call('POST', '/predict', { instances: [sample().instance] });
    assert.equal((await predict()).status, 200);
    service.child.kill('SIGTERM');
    await until(() => service.logged.some(({ msg }) => msg === 'stopped'));
    const counts = parseLines(readFileSync(service.emfFile, 'utf8')).map(({ PredictionCount = 0 }) =>
      Number(PredictionCount),
    );
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      1,
    );
  });

  it('forgets a posted baseline when a release brings another one', async () => {
    const directory = join(workshop.directory, 'other-state');
    const model = await shippedModel();
    const own = model.metadata.baseline ?? assert.fail('no baseline');
    const watchOf = (): DriftWatch =>
      createDriftWatch({
        clock: heldClock(0),
        plan: { windowMs: 60_000, windows: 2 },
        identity: { Service: 'fraud', Stage: 'dev' },
        write: () => {},
        stateDirectory: directory,
        complain: (message) => assert.fail(message),
      });
    const before = watchOf();
    before.start(model.metadata);
    await before.replaceBaseline({ ...own, source: 'posted' });
    await before.stop();
    const same = watchOf();
    same.start(model.metadata);
    assert.equal(same.drift()?.source, 'posted');
    const released = watchOf();
    released.start({ ...model.metadata, baseline: { ...own, source: 'released' } });
    assert.equal(released.drift()?.source, 'released');
  });
});
