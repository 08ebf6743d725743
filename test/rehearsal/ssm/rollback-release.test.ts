/** The rollback document as it is shipped, on a host whose releases were really deployed. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { deployReleaseDocument } from '../../../lib/render/cloudformation/documents/deploy-release';
import { rollbackReleaseDocument } from '../../../lib/render/cloudformation/documents/rollback-release';
import { idOf, quick, type ReleaseHost, startReleaseHost, unguarded } from './release-host';

const deploy = quick(deployReleaseDocument('demo'));
const rollback = quick(rollbackReleaseDocument('demo'));
const [first, second, third] = [idOf('first'), idOf('second'), idOf('third')];
let host: ReleaseHost;
before(async () => {
  host = await startReleaseHost();
});
after(() => host.dispose());
/** The second release serves, the first lies behind it. */
beforeEach(async () => {
  await host.reset();
  host.place(first);
  host.place(second);
  host.link('current', second);
  host.link('previous', first);
  await host.unit.supervisor.start();
});

describe('rollback-release', () => {
  it('brings the previous release back, and says from what to what', async () => {
    const { command, result, output } = await host.run(rollback, {});
    assert.equal(command.status, 'Success', output);
    assert.equal(result, `rolled back release ${second} to ${first}`);
    assert.equal(await host.serving(), first);
    assert.deepEqual([host.pointTo('current'), host.pointTo('previous')], [first, undefined]);
    assert.match(readFileSync(join(host.root, 'bad', second), 'utf8'), new RegExp(`rolled back to ${first}`));
  });

  it('never goes back to the bad one when it is repeated', async () => {
    await host.run(rollback, {});
    const pid = host.unit.supervisor.pid();
    const again = await host.run(rollback, {});
    assert.deepEqual([again.command.status, again.code], ['Failed', 18]);
    assert.equal(again.result, `there is no previous release to roll back to; ${first} stays`);
    assert.equal(host.unit.supervisor.pid(), pid, 'the service was not touched');
    const named = await host.run(rollback, { Release: second });
    assert.deepEqual([named.command.status, named.code], ['Failed', 19]);
    assert.equal(await host.serving(), first);
  });

  it('after it, a deployment of the bad release is refused, and one of a good release works', async () => {
    await host.run(rollback, {});
    assert.equal((await host.run(deploy, host.upload(second))).code, 19);
    const next = await host.run(deploy, host.upload(third));
    assert.equal(next.result, `deployed release ${third}, before it ${first}`);
    assert.equal((await host.run(rollback, {})).result, `rolled back release ${third} to ${first}`);
  });

  it('takes a named release that is still on the disk', async () => {
    host.place(third);
    const { result } = await host.run(rollback, { Release: third });
    assert.equal(result, `rolled back release ${second} to ${third}`);
    assert.equal(await host.serving(), third);
  });

  it('to the release that serves already does nothing', async () => {
    const { command, result } = await host.run(rollback, { Release: second });
    assert.equal(command.status, 'Success');
    assert.match(result ?? '', /nothing was done$/);
  });

  it('works for a service that is down', async () => {
    writeFileSync(join(host.root, 'releases', second, 'behaviour.json'), '{"exitsAtOnce":true}');
    await host.unit.supervisor.restart().catch(() => {});
    assert.equal(await host.serving(), undefined);
    assert.equal((await host.run(rollback, {})).command.status, 'Success');
    assert.equal(await host.serving(), first);
  });

  it('in a dry run says from what to what and changes nothing', async () => {
    const { command, result } = await host.run(rollback, { DryRun: 'yes' });
    assert.equal(command.status, 'Success');
    assert.equal(result, `dry run: would roll back release ${second} to ${first}`);
    assert.equal(await host.serving(), second);
    assert.ok(!existsSync(join(host.root, 'bad')) && !existsSync(join(host.root, '.lock')));
  });

  it('fails clearly where nothing lies behind', async () => {
    rmSync(join(host.root, 'previous'));
    const { code, result } = await host.run(rollback, {});
    assert.equal(code, 18);
    assert.equal(result, `there is no previous release to roll back to; ${second} stays`);
    host.link('previous', idOf('pruned'));
    assert.match((await host.run(rollback, {})).result ?? '', /not on the disk any more/);
  });

  it('to a release that does not serve either goes back, and takes the mark off again', async () => {
    writeFileSync(join(host.root, 'releases', first, 'behaviour.json'), '{"neverReady":true}');
    const { code, result } = await host.run(rollback, {});
    assert.equal(code, 16);
    assert.match(result ?? '', new RegExp(`${second} serves again$`));
    assert.equal(await host.serving(), second);
    assert.deepEqual(
      [existsSync(join(host.root, 'bad', second)), existsSync(join(host.root, 'bad', first))],
      [false, true],
    );
  });

  it('after a deployment that was cut off goes back to where that began', async () => {
    host.place(third);
    host.link('current', third);
    writeFileSync(join(host.root, '.switching'), `${second} ${third}\n`);
    const { result } = await host.run(rollback, {});
    assert.equal(result, `rolled back release ${third} to ${second}`);
    assert.equal(await host.serving(), second);
    assert.equal(host.pointTo('previous'), first);
  });
});

describe('a rollback that was cut off', () => {
  beforeEach(() => {
    // Between its switch and its verdict, and the host went down: the second release is what it left.
    mkdirSync(join(host.root, 'bad'));
    writeFileSync(join(host.root, 'bad', second), `2026-11-21T02:00:00Z rolled back to ${first}\n`);
    writeFileSync(join(host.root, '.switching'), `${second} ${first}\n`);
    host.link('current', first);
  });

  it('is finished by the next one, and never brings the bad release back', async () => {
    const { command, output, result } = await host.run(rollback, {});
    assert.equal(command.status, 'Success', output);
    assert.equal(result, `rolled back release ${second} to ${first}`);
    assert.equal(await host.serving(), first);
    assert.deepEqual([host.pointTo('current'), host.pointTo('previous')], [first, undefined]);
    assert.deepEqual(
      [existsSync(join(host.root, 'bad', second)), existsSync(join(host.root, 'bad', first))],
      [true, false],
    );
  });

  it('is finished before its switch too', async () => {
    host.link('current', second);
    const { result } = await host.run(rollback, {});
    assert.equal(result, `rolled back release ${second} to ${first}`);
    assert.equal(await host.serving(), first);
  });

  it('is finished by the next deployment before that begins', async () => {
    const { command, output, result } = await host.run(deploy, host.upload(third));
    assert.equal(command.status, 'Success', output);
    assert.equal(result, `deployed release ${third}, before it ${first}`);
    assert.ok(!existsSync(join(host.root, 'bad', first)));
  });
});

describe('hostile parameters', () => {
  const hostile = [
    '$(touch owned)',
    '`id`',
    '; id',
    '../../etc',
    'previous\n',
    `${first}\nid`,
    'é'.repeat(12),
    'a'.repeat(50_000),
    '-x',
    '',
  ];
  for (const name of ['Release', 'DryRun'] as const) {
    it(`${name}: are refused, and harmless where the pattern was got round`, async () => {
      for (const value of hostile) {
        await assert.rejects(host.run(rollback, { [name]: value }), { code: 'InvalidParameters' });
        const { code } = await host.run(unguarded(rollback), {
          DryRun: 'no',
          Release: 'previous',
          [name]: value,
        });
        assert.equal(code, 10, JSON.stringify(value));
      }
      assert.equal(await host.serving(), second);
      assert.equal(host.pointTo('current'), second);
    });
  }
});
