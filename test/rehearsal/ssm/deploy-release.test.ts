/** The deployment document as it is shipped: a real shell, real archives, a real server under a real supervisor. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { deployReleaseDocument } from '../../../lib/render/cloudformation/documents/deploy-release';
import { idOf, quick, type ReleaseHost, startReleaseHost } from './release-host';

const document = quick(deployReleaseDocument('demo'));
const [first, second, third] = [idOf('first'), idOf('second'), idOf('third')];
let host: ReleaseHost;
before(async () => {
  host = await startReleaseHost();
});
after(() => host.dispose());
beforeEach(async () => {
  await host.reset();
  host.place(first);
  host.link('current', first);
  await host.unit.supervisor.start();
});

const unchanged = async (): Promise<void> => {
  assert.equal(host.pointTo('current'), first);
  assert.equal(await host.serving(), first);
  assert.deepEqual(host.releases(), [first]);
};

describe('deploy-release', () => {
  it('fetches, checks, switches, and says from what to what', async () => {
    const { command, result, output } = await host.run(document, host.upload(second));
    assert.equal(command.status, 'Success', output);
    assert.equal(result, `deployed release ${second}, before it ${first}`);
    assert.match(output, /fetched: \d+ bytes, sha256 as expected\n/);
    assert.match(output, new RegExp(`switched: ${first} -> ${second}\n`));
    assert.deepEqual([host.pointTo('current'), host.pointTo('previous')], [second, first]);
    assert.equal(await host.serving(), second);
    assert.ok(!existsSync(join(host.root, '.switching')));
  });

  it('does nothing the second time', async () => {
    const parameters = host.upload(second);
    await host.run(document, parameters);
    const pid = host.unit.supervisor.pid();
    const { command, result } = await host.run(document, parameters);
    assert.equal(command.status, 'Success');
    assert.equal(result, `release ${second} is current and ready already; nothing was done`);
    assert.equal(host.unit.supervisor.pid(), pid);
    assert.equal(host.pointTo('previous'), first);
  });

  it('keeps current, previous and one more', async () => {
    for (const word of ['a', 'b', 'c', 'd']) {
      const { command, output } = await host.run(document, host.upload(idOf(word)));
      assert.equal(command.status, 'Success', output);
    }
    assert.deepEqual(host.releases(), [idOf('b'), idOf('c'), idOf('d')].sort());
    assert.deepEqual([host.pointTo('current'), host.pointTo('previous')], [idOf('d'), idOf('c')]);
  });

  it('lets the image of a container come while the earlier release serves, and switches only when it is there', async () => {
    host.place(second);
    writeFileSync(join(host.root, 'releases', second, 'container.env'), 'VIGIA_IMAGE=a/b:1\n');
    mkdirSync(join(host.root, 'host'));
    const pulls = (shell: string): void =>
      writeFileSync(
        join(host.root, 'host', 'container.sh'),
        `echo "$1 of \${VIGIA_RELEASE_DIRECTORY##*/} beside $(readlink '${host.root}/current')"\n${shell}\n`,
      );
    pulls('exit 1');
    const refused = await host.run(document, host.upload(second));
    assert.equal(refused.code, 13, refused.output);
    assert.match(
      refused.output,
      /the image of release \w+ could not be fetched within \d+ s; nothing was changed/,
    );
    assert.equal(host.pointTo('current'), first);
    assert.equal(await host.serving(), first);
    pulls('');
    const { command, output } = await host.run(document, host.upload(second));
    assert.equal(command.status, 'Success', output);
    assert.match(output, new RegExp(`pull of ${second} beside releases/${first}\n`));
    assert.equal(await host.serving(), second);
  });

  it('uses what is on the disk already without fetching it', async () => {
    host.place(second);
    const parameters = { ...host.upload(second), Source: 's3://demo-releases/releases/gone.tar.gz' };
    const { command, output } = await host.run(document, parameters);
    assert.equal(command.status, 'Success', output);
    assert.match(output, /on the disk already, so nothing was fetched/);
  });

  it('in a dry run says what it would do and changes nothing', async () => {
    const { command, result } = await host.run(document, { ...host.upload(second), DryRun: 'yes' });
    assert.equal(command.status, 'Success');
    assert.match(
      result ?? '',
      new RegExp(`^dry run: would fetch s3://.*, check it, and switch ${first} -> ${second}$`),
    );
    await unchanged();
    assert.deepEqual(readdirSync(host.root).sort(), ['current', 'releases']);
  });
});

describe('a release that does not serve', () => {
  const broken = [
    ['ends at its start', { exitsAtOnce: true }, /did not become ready/],
    ['never becomes ready', { neverReady: true }, /did not become ready/],
    ['ends once it was ready', { endsAfterMs: 600 }, /ended by itself/],
    ['stops being ready', { unreadyAfterMs: 600 }, /stopped being ready/],
    ['fails most predictions', { answered: 40, failed: 30 }, /30 of 40 predictions failed/],
  ] as const;
  for (const [name, behaviour, reason] of broken) {
    it(`because it ${name} is refused, and the earlier one serves again`, async () => {
      const { command, code, result, plugins } = await host.run(document, host.upload(second, behaviour));
      assert.equal(command.status, 'Failed');
      assert.equal(code, 16);
      assert.match(result ?? '', reason);
      assert.match(result ?? '', new RegExp(`${first} serves again$`));
      assert.equal(host.pointTo('current'), first);
      assert.equal(host.pointTo('previous'), undefined);
      assert.equal(await host.serving(), first);
      assert.match(readFileSync(join(host.root, 'bad', second), 'utf8'), /refused by the gate/);
      assert.match(plugins[1]?.output ?? '', new RegExp(`^current: ${first}`, 'm'));
    });
  }

  it('is not taken again, unless that is asked for', async () => {
    const parameters = host.upload(second, { exitsAtOnce: true });
    await host.run(document, parameters);
    const again = await host.run(document, parameters);
    assert.deepEqual([again.command.status, again.code], ['Failed', 19]);
    assert.equal(await host.serving(), first);
    // What made it fail lay outside of it, and is gone.
    writeFileSync(join(host.root, 'releases', second, 'behaviour.json'), '{}');
    const forced = await host.run(document, { ...parameters, AllowBad: 'yes' });
    assert.equal(forced.command.status, 'Success', forced.output);
    assert.ok(!existsSync(join(host.root, 'bad', second)));
  });

  it('with few predictions is not judged by their share', async () => {
    const { command, output } = await host.run(document, host.upload(second, { answered: 19, failed: 19 }));
    assert.equal(command.status, 'Success', output);
  });

  it('leaves a clear word when the earlier one does not serve either', async () => {
    writeFileSync(join(host.root, 'releases', first, 'behaviour.json'), '{"exitsAtOnce":true}');
    const { code, result } = await host.run(document, host.upload(second, { exitsAtOnce: true }));
    assert.equal(code, 17);
    assert.match(result ?? '', /a person must look$/);
  });
});

describe('a deployment that is cut off', () => {
  it('at its time limit is put back by the last step', async () => {
    const steps = document.mainSteps.map((step) =>
      step.name === 'deploy' ? { ...step, inputs: { ...step.inputs, timeoutSeconds: '5' } } : step,
    );
    // Patient enough that the step, and not the restart, comes to its limit.
    const patient = steps.map((step) => ({
      ...step,
      inputs: {
        ...step.inputs,
        runCommand: step.inputs.runCommand.map((line) =>
          line.replace(/^watch_seconds='1'/, "watch_seconds='8'"),
        ),
      },
    }));
    const cut = { ...document, mainSteps: [patient[0], steps[1]].filter((step) => step !== undefined) };
    const { command, plugins, output } = await host.run(cut, host.upload(second));
    assert.equal(command.status, 'TimedOut', output);
    assert.match(plugins[1]?.output ?? '', new RegExp(`put back: ${first} serves again`));
    assert.equal(host.pointTo('current'), first);
    assert.equal(await host.serving(), first);
    assert.ok(existsSync(join(host.root, 'bad', second)));
  });

  it('with its host is put back by the next one', async () => {
    host.place(second);
    host.link('current', second);
    writeFileSync(join(host.root, '.switching'), `${first} ${second}\n`);
    const { command, output, result } = await host.run(document, host.upload(third));
    assert.equal(command.status, 'Success', output);
    assert.match(output, /was cut off before it was judged/);
    assert.equal(result, `deployed release ${third}, before it ${first}`);
  });

  it('and its leavings do not stand in the way', async () => {
    host.place('.incoming.abc123');
    const { command } = await host.run(document, host.upload(second));
    assert.equal(command.status, 'Success');
    assert.deepEqual(host.releases(), [first, second].sort());
  });
});

describe('two deployments', () => {
  it('never interleave: the second waits, and both are judged', async () => {
    const [a, b] = await Promise.all([
      host.run(document, host.upload(second)),
      host.run(document, host.upload(third)),
    ]);
    assert.deepEqual([a.command.status, b.command.status], ['Success', 'Success'], a.output + b.output);
    const results = [a.result, b.result].sort();
    const isSecondLast = host.pointTo('current') === second;
    const [before, last] = isSecondLast ? [third, second] : [second, third];
    assert.deepEqual(
      results,
      [
        `deployed release ${before}, before it ${first}`,
        `deployed release ${last}, before it ${before}`,
      ].sort(),
    );
    assert.equal(host.pointTo('previous'), before);
  });

  it('the one that waits in vain says so and changes nothing', async () => {
    const holder = spawn('flock', [join(host.root, '.lock'), 'sh', '-c', 'echo held; exec sleep 60']);
    await once(holder.stdout, 'data');
    const impatient = {
      ...document,
      mainSteps: document.mainSteps.map((step) => ({
        ...step,
        inputs: {
          ...step.inputs,
          runCommand: step.inputs.runCommand.map((line) => line.replace(/^lock 20$/, 'lock 1')),
        },
      })),
    };
    const { code, result } = await host.run(impatient, host.upload(second));
    holder.kill('SIGKILL');
    assert.equal(code, 11);
    assert.match(result ?? '', /^another deployment holds/);
    await unchanged();
  });
});
