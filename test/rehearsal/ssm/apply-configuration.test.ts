/** The configuration document as it is shipped: real shell, a real supervisor, files in a sandbox. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  applyConfigurationDocument,
  hostScripts,
} from '../../../lib/render/cloudformation/documents/apply-configuration';
import { controlUnits } from '../../../rehearsal/host/control';
import { createSandbox, type Sandbox } from '../../../rehearsal/host/sandbox';
import { placeStandIns } from '../../../rehearsal/host/stand-ins';
import { eventually } from '../eventually';
import { type Supervised, supervise } from '../host/unit';
import { resource } from '../parts';
import { type Ran, runner } from './run';

const usual = {
  environment: 'VIGIA_PORT=8080\nVIGIA_SERVICE=demo',
  switches: '{"logLevel":"info"}',
  unit: '[Service]\nExecStart=/bin/true',
  agent: '{"logs":{}}',
  upkeep: 'updates=off',
  health: '{}',
};
type Files = Readonly<Record<string, string>>;
const revisions: Readonly<Record<string, Files>> = {
  '000000000000': usual,
  '111111111111': { ...usual, switches: '{"logLevel":"debug"}' },
  '222222222222': { ...usual, environment: `${usual.environment}\nVIGIA_BIND=0.0.0.0` },
  '333333333333': {
    ...usual,
    environment: `${usual.environment}\nBROKEN=yes`,
    switches: '{"logLevel":"warn"}',
  },
  '444444444444': { ...usual, agent: '{"logs":{"force_flush_interval":1}}' },
  '555555555555': { ...usual, switches: '{"logLevel":' },
  '666666666666': { ...usual, environment: 'not an assignment; touch owned' },
  '777777777777': { ...usual, upkeep: 'updates=$(reboot)' },
  '888888888888': { ...usual, agent: '{"refused":true}' },
};

let sandbox: Sandbox;
let unit: Supervised;
let control: { stop(): Promise<void> };
let ran: Ran;
let agentCalls: string[];
const file = (path: string): string => readFileSync(sandbox.path(path), 'utf8');

beforeEach(async () => {
  sandbox = createSandbox();
  agentCalls = [];
  const path = '/vigia/demo-dev/host';
  placeStandIns(sandbox, [
    resource('AWS::SSM::Parameter', `${path}/revision`, { Value: '000000000000' }),
    ...Object.entries(revisions).flatMap(([revision, files]) =>
      Object.entries(files).map(([name, Value]) =>
        resource('AWS::SSM::Parameter', `${path}/${revision}/${name}`, { Value }),
      ),
    ),
  ]);
  cpSync(hostScripts, sandbox.path('/opt/vigia/demo/host'), { recursive: true });
  sandbox.write(
    '/opt/vigia/demo/host/host.env',
    `VIGIA_SERVICE=demo\nVIGIA_REGION=us-east-1\nVIGIA_PARAMETERS=${path}\nVIGIA_NODE=node-24\nVIGIA_PACKAGES=nodejs24\n`,
  );
  sandbox.write('/var/lib/vigia/demo/booted', '');
  unit = supervise({
    name: 'vigia-demo.service',
    execStart: `! grep -q BROKEN '${sandbox.path('/etc/vigia/demo.env')}' || exit 7; trap 'echo reloaded >>reloads' HUP; while :; do sleep 0.05; done`,
    execReload: ['/bin/kill -HUP $MAINPID'],
    execStartPost: [`sleep 0.1; ! grep -q BROKEN '${sandbox.path('/etc/vigia/demo.env')}'`],
  });
  control = await controlUnits(sandbox, {
    find: (name = 'vigia-demo.service') => (name === 'vigia-demo.service' ? unit.supervisor : undefined),
    standsStill: (name) =>
      name.startsWith('amazon-') || name.endsWith('.timer') ? { active: true } : undefined,
    agentControl: (args) => {
      const asked = args.join(' ');
      agentCalls.push(asked);
      const isRefused = file('/etc/vigia/demo.agent.json').includes('refused');
      return { exitCode: isRefused ? 1 : 0, output: '', errorOutput: '' };
    },
  });
  ran = runner(applyConfigurationDocument('demo'), {
    path: `${sandbox.bin}:${process.env.PATH}`,
    environment: { VIGIA_ROOT: sandbox.root },
    mapText: sandbox.mapText,
  });
  const { command, plugins } = await ran.run({});
  assert.equal(command.status, 'Success', JSON.stringify(plugins));
  await unit.supervisor.start();
  agentCalls.length = 0;
});
afterEach(async () => {
  await ran.dispose();
  await control.stop();
  await unit.dispose();
  sandbox.remove();
});

async function apply(parameters: Record<string, string[]>): Promise<{ status: string; output: string }> {
  const { command, plugins } = await ran.run(parameters);
  return {
    status: command.status,
    output: plugins.map(({ output, errorOutput }) => output + errorOutput).join(''),
  };
}

describe('the configuration document', () => {
  it('writes every file, whole and readable, and starts nothing that does not run', async () => {
    assert.equal(file('/etc/vigia/demo.env'), `${usual.environment}\n`);
    assert.equal(file('/etc/systemd/system/vigia-demo.service'), `${usual.unit}\n`);
    assert.equal(statSync(sandbox.path('/etc/vigia/demo.switches.json')).mode & 0o777, 0o644);
    assert.ok(!existsSync(sandbox.path('/etc/vigia/demo.env.new')));
  });

  it('changes nothing when it is repeated', async () => {
    const pid = unit.supervisor.pid();
    assert.deepEqual(await apply({}), {
      status: 'Success',
      output: 'configuration: revision 000000000000 is in place, nothing to change\n',
    });
    assert.equal(unit.supervisor.pid(), pid);
    assert.deepEqual(agentCalls, []);
  });

  it('reloads for other switches, and restarts nothing', async () => {
    const pid = unit.supervisor.pid();
    const { status, output } = await apply({ Revision: ['111111111111'] });
    assert.equal(status, 'Success', output);
    assert.match(output, /revision 111111111111 changes switches\n[\s\S]*reloaded/);
    await eventually('the reload', () => existsSync(join(unit.directory, 'reloads')));
    assert.equal(unit.supervisor.pid(), pid);
    assert.equal(file('/etc/vigia/demo.switches.json'), '{"logLevel":"debug"}\n');
  });

  it('restarts for another environment, and ends when the service is ready', async () => {
    const pid = unit.supervisor.pid();
    const { status, output } = await apply({ Revision: ['222222222222'] });
    assert.equal(status, 'Success', output);
    assert.notEqual(unit.supervisor.pid(), pid);
    assert.equal(unit.supervisor.state().active, 'active');
  });

  it('brings back a unit that has failed, and leaves a stopped one alone', async () => {
    await unit.supervisor.stop();
    await apply({ Revision: ['222222222222'] });
    assert.equal(unit.supervisor.state().active, 'inactive');
    sandbox.write('/etc/vigia/demo.env', 'BROKEN=yes\n');
    await assert.rejects(unit.supervisor.start());
    assert.equal(unit.supervisor.state().active, 'failed');
    await apply({});
    assert.equal(unit.supervisor.state().active, 'active');
  });

  it('gives the agent its configuration again, and leaves the service alone', async () => {
    const pid = unit.supervisor.pid();
    assert.equal((await apply({ Revision: ['444444444444'] })).status, 'Success');
    assert.equal(agentCalls.length, 1);
    assert.match(
      agentCalls[0] ?? '',
      /^-a fetch-config -m ec2 -s -c file:.*\/etc\/vigia\/demo\.agent\.json$/,
    );
    assert.equal(unit.supervisor.pid(), pid);
  });

  it('puts every earlier file back when the service does not become ready, and fails', async () => {
    const { status, output } = await apply({ Revision: ['333333333333'] });
    assert.equal(status, 'Failed');
    assert.match(output, /does not work here[\s\S]*the earlier files are back and work/);
    assert.equal(file('/etc/vigia/demo.env'), `${usual.environment}\n`);
    assert.equal(file('/etc/vigia/demo.switches.json'), `${usual.switches}\n`);
    assert.equal(unit.supervisor.state().active, 'active');
  });

  it('puts them back when the agent refuses its own', async () => {
    const { status } = await apply({ Revision: ['888888888888'] });
    assert.equal(status, 'Failed');
    assert.equal(file('/etc/vigia/demo.agent.json'), `${usual.agent}\n`);
    assert.equal(agentCalls.length, 2);
  });

  for (const [revision, name] of [
    ['555555555555', 'switches'],
    ['666666666666', 'environment'],
    ['777777777777', 'upkeep'],
  ] as const) {
    it(`refuses unusable ${name} before anything is changed`, async () => {
      const pid = unit.supervisor.pid();
      const { status, output } = await apply({ Revision: [revision] });
      assert.equal(status, 'Failed');
      assert.match(output, new RegExp(`${name} of revision ${revision} is not usable; nothing was changed`));
      assert.equal(file('/etc/vigia/demo.env'), `${usual.environment}\n`);
      assert.equal(unit.supervisor.pid(), pid);
    });
  }

  it('fails for a revision that is not there, and changes nothing', async () => {
    const { status, output } = await apply({ Revision: ['999999999999'] });
    assert.equal(status, 'Failed');
    assert.match(output, /999999999999\/environment cannot be read; nothing was changed/);
  });

  it('only says what it would do in a dry run', async () => {
    const { status, output } = await apply({ Revision: ['222222222222'], DryRun: ['yes'] });
    assert.equal(status, 'Success');
    assert.match(output, /changes environment\nconfiguration: dry run, nothing was changed\n$/);
    assert.equal(file('/etc/vigia/demo.env'), `${usual.environment}\n`);
  });

  it('ends what a run before it began and could not end', async () => {
    const pid = unit.supervisor.pid();
    sandbox.write('/hangs/systemctl', 'sleep 60\n');
    chmodSync(sandbox.path('/hangs/systemctl'), 0o755);
    const environment = {
      PATH: `${sandbox.path('/hangs')}:${sandbox.bin}:${process.env.PATH}`,
      VIGIA_ROOT: sandbox.root,
      VIGIA_REVISION: '222222222222',
    };
    const script = sandbox.path('/opt/vigia/demo/host/configure.sh');
    const cutOff = spawn('sh', [script], { detached: true, stdio: 'ignore', env: environment });
    await eventually('the new file', () => file('/etc/vigia/demo.env').includes('VIGIA_BIND'));
    process.kill(-(cutOff.pid ?? 0), 'SIGKILL');
    await once(cutOff, 'exit');
    assert.equal(unit.supervisor.pid(), pid);

    const { status, output } = await apply({ Revision: ['222222222222'] });
    assert.equal(status, 'Success', output);
    assert.match(output, /changes environment\n[\s\S]*restarted and is ready/);
    assert.notEqual(unit.supervisor.pid(), pid);
    assert.match((await apply({ Revision: ['222222222222'] })).output, /nothing to change/);
  });

  it('goes back to what worked, also when a run was cut off in between', async () => {
    sandbox.write('/etc/vigia/demo.env', 'BROKEN=yes\n');
    sandbox.write('/var/lib/vigia/demo/earlier/environment', `${usual.environment}\n`);
    const { status, output } = await apply({ Revision: ['333333333333'] });
    assert.equal(status, 'Failed', output);
    assert.equal(file('/etc/vigia/demo.env'), `${usual.environment}\n`);
    assert.equal(unit.supervisor.state().active, 'active');
  });

  it('restarts a service that is just starting with the files before', async () => {
    const again = unit.supervisor.restart();
    await eventually('the start', () => unit.supervisor.state().active === 'activating');
    const { status, output } = await apply({ Revision: ['222222222222'] });
    await again.catch(() => undefined);
    assert.equal(status, 'Success', output);
    assert.match(output, /restarted and is ready/);
  });

  it('waits for a deployment that is under way, whose gate would take its restart for a crash', async () => {
    const pid = unit.supervisor.pid();
    const lock = sandbox.path('/opt/vigia/demo/.lock');
    const deployment = spawn('flock', [lock, 'sleep', '1.5'], { stdio: 'ignore' });
    await eventually('the lock', () => existsSync(lock));
    const applied = apply({ Revision: ['222222222222'] });
    await once(deployment, 'exit');
    assert.equal(unit.supervisor.pid(), pid);
    assert.equal(file('/etc/vigia/demo.env'), `${usual.environment}\n`);
    assert.equal((await applied).status, 'Success');
    assert.notEqual(unit.supervisor.pid(), pid);
  });

  it('leaves a host alone that is still in its first boot', async () => {
    rmSync(sandbox.path('/var/lib/vigia/demo/booted'));
    const { status, output } = await apply({ Revision: ['222222222222'] });
    assert.equal(status, 'Success');
    assert.match(output, /the first boot is under way/);
    assert.equal(file('/etc/vigia/demo.env'), `${usual.environment}\n`);
  });

  for (const hostile of ['$(touch owned)', '../000000000000', '111111111111; reboot', '', '11111111111g']) {
    it(`refuses revision ${JSON.stringify(hostile)} before anything runs`, () => {
      assert.throws(() => ran.send({ Parameters: { Revision: [hostile] } }), { code: 'InvalidParameters' });
    });
  }
});
