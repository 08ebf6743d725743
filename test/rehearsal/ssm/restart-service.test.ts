/** The restart document as it is shipped, run by a real shell against a real supervisor in a sandbox. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { restartServiceDocument } from '../../../lib/render/cloudformation/documents/restart-service';
import { startControl } from '../../../rehearsal/host/control';
import { createSandbox } from '../../../rehearsal/host/sandbox';
import { type Supervised, supervise } from '../host/unit';
import { type Ran, runner } from './run';

const unitName = 'demo.service';
const sandbox = createSandbox();
let unit: Supervised;
let control: { stop(): Promise<void> };
let ran: Ran;

before(async () => {
  unit = supervise({
    execStart: 'echo "serving now"; test ! -e broken || exit 7; exec sleep 60',
    execStartPost: ['sleep 0.05; test ! -e broken'],
    startLimitBurst: 3,
  });
  control = await startControl(sandbox, unitName, unit.supervisor);
  ran = runner(restartServiceDocument(), { path: `${sandbox.bin}:${process.env.PATH}` });
});
after(async () => {
  await ran.dispose();
  await control.stop();
  await unit.dispose();
  sandbox.remove();
});
beforeEach(async () => {
  rmSync(join(unit.directory, 'broken'), { force: true });
  unit.supervisor.resetFailed();
  await unit.supervisor.start();
});

const steps = (plugins: readonly { name: string; status: string; responseCode: number }[]) =>
  plugins.map(({ name, status, responseCode }) => `${name} ${status} ${responseCode}`);

describe('the restart document', () => {
  it('replaces the process and shows the state before and after, with the last lines of the journal', async () => {
    const earlier = unit.supervisor.pid();
    const { command, plugins, ended } = await ran.run({ Unit: [unitName] });
    assert.equal(command.status, 'Success');
    assert.equal(ended?.exitCode, 0);
    assert.notEqual(unit.supervisor.pid(), earlier);
    assert.deepEqual(steps(plugins), ['evidence Success 0', 'restart Success 0', 'state Success 0']);
    assert.match(
      plugins[0]?.output ?? '',
      /state before:\nActiveState=active\n[\s\S]*last lines:\n[\s\S]*serving now/,
    );
    assert.equal(plugins[1]?.output, `active\nresult: restarted ${unitName}, and it reports ready\n`);
    assert.match(plugins[2]?.output ?? '', /state after:\nActiveState=active\nSubState=running/);
  });

  it('brings back a unit that systemd had given up', async () => {
    await unit.supervisor.stop();
    for (let starts = 0; starts < 3; starts += 1)
      await unit.supervisor.start().then(
        () => unit.supervisor.stop(),
        () => {},
      );
    await assert.rejects(unit.supervisor.start(), /repeated too quickly/);
    assert.equal((await ran.run({ Unit: [unitName] })).command.status, 'Success');
    assert.equal(unit.supervisor.state().active, 'active');
  });

  it('fails with the code of the restart when the unit cannot start, and still prints the state', async () => {
    writeFileSync(join(unit.directory, 'broken'), '');
    const { command, plugins, ended } = await ran.run({ Unit: [unitName] });
    assert.equal(command.status, 'Failed');
    assert.equal(ended?.exitCode, 1);
    assert.deepEqual(steps(plugins), ['evidence Success 0', 'restart Failed 1', 'state Success 0']);
    assert.match(plugins[1]?.errorOutput ?? '', /Job for demo\.service failed/);
    assert.match(
      plugins[1]?.errorOutput ?? '',
      /^result: demo\.service did not become ready, it is failed; /m,
    );
    assert.match(plugins[2]?.output ?? '', /state after:\nActiveState=failed\n[\s\S]*ExecMainStatus=7/);
  });

  it('fails for a unit that is not there', async () => {
    const { command, plugins } = await ran.run({ Unit: ['other.service'] });
    assert.equal(command.status, 'Failed');
    assert.match(plugins[1]?.errorOutput ?? '', /Unit other\.service not found/);
  });

  it('in a dry run says what it would do and leaves the process alone', async () => {
    const earlier = unit.supervisor.pid();
    const { command, plugins } = await ran.run({ Unit: [unitName], DryRun: ['yes'] });
    assert.equal(command.status, 'Success');
    assert.equal(
      plugins[1]?.output,
      `result: dry run: would restart ${unitName} and wait until it is ready\n`,
    );
    assert.equal(unit.supervisor.pid(), earlier);
  });

  it('knows no other word for a dry run', () => {
    assert.throws(() => ran.send({ Parameters: { Unit: [unitName], DryRun: ['maybe'] } }), {
      code: 'InvalidParameters',
    });
  });

  for (const hostile of [
    'demo.service; touch owned',
    '$(reboot).service',
    '-H evil.service',
    '../demo.service',
    'demo.service\nreboot',
    'demo.timer',
    '',
  ]) {
    it(`refuses ${JSON.stringify(hostile)} before anything runs`, () => {
      assert.throws(() => ran.send({ Parameters: { Unit: [hostile] } }), { code: 'InvalidParameters' });
    });
  }

  it('needs its unit', () => {
    assert.throws(() => ran.send({ Parameters: {} }), { code: 'InvalidParameters' });
  });
});
