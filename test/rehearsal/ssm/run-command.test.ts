/** Run Command with a real shell: order, exit codes, output, patience. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { systemClock } from '../../../rehearsal/clock';
import { eventually, isAlive } from '../eventually';
import { manualClock } from '../manual-clock';
import { documentOf, hostId, type Ran, runner } from './run';

const open: Ran[] = [];
function given(...args: Parameters<typeof runner>): Ran {
  const ran = runner(...args);
  open.push(ran);
  return ran;
}
afterEach(async () => {
  for (const each of open.splice(0)) await each.dispose();
});

const results = (plugins: readonly { name: string; status: string; responseCode: number }[]) =>
  plugins.map(({ name, status, responseCode }) => `${name} ${status} ${responseCode}`);

describe('the steps of a document', () => {
  it('run one after the other, each with the identity of the command', async () => {
    const ran = given(
      documentOf({
        one: { lines: ['echo $SSM_COMMAND_ID $AWS_SSM_INSTANCE_ID $AWS_SSM_REGION_NAME'] },
        two: { lines: ['ls ..', 'echo err >&2'] },
      }),
    );
    const { plugins, command, ended } = await ran.run();
    assert.deepEqual(results(plugins), ['one Success 0', 'two Success 0']);
    assert.equal(plugins[0]?.output, `${command.commandId} ${hostId} us-east-1\n`);
    assert.equal(plugins[1]?.output, 'one\ntwo\n');
    assert.equal(plugins[1]?.errorOutput, 'err\n');
    assert.deepEqual(
      ran.log.of('command').map(({ status }) => status),
      ['Pending', 'InProgress', 'Success'],
    );
    assert.deepEqual(
      [ended?.exitCode, ended?.output],
      [0, `--- one\n${plugins[0]?.output}\n--- two\none\ntwo\nerr\n`],
    );
  });

  it('go on after a failure without onFailure, and the command has failed', async () => {
    const ran = given(documentOf({ one: { lines: ['exit 3'] }, two: { lines: ['true'] } }));
    const { plugins, command, ended } = await ran.run();
    assert.deepEqual(results(plugins), ['one Failed 3', 'two Success 0']);
    assert.equal(command.status, 'Failed');
    assert.equal(ended?.exitCode, 3);
  });

  it('end at a failure with onFailure exit, but for the one that always runs', async () => {
    const ran = given(
      documentOf({
        one: { lines: ['false', 'exit 4'], inputs: { onFailure: 'exit' } },
        two: { lines: ['true'] },
        last: { lines: ['echo state'], inputs: { finallyStep: true } },
      }),
    );
    const { plugins, command } = await ran.run();
    assert.deepEqual(results(plugins), ['one Failed 4', 'last Success 0']);
    assert.equal(command.status, 'Failed');
  });

  it('end well with onFailure successAndExit and with onSuccess exit', async () => {
    const forgiving = given(
      documentOf({
        one: { lines: ['exit 4'], inputs: { onFailure: 'successAndExit' } },
        two: { lines: ['true'] },
      }),
    );
    assert.equal((await forgiving.run()).command.status, 'Success');
    const early = given(
      documentOf({ one: { lines: ['true'], inputs: { onSuccess: 'exit' } }, two: { lines: ['false'] } }),
    );
    assert.deepEqual(results((await early.run()).plugins), ['one Success 0']);
  });

  it('end at exit 168 as success and at 169 as failure', async () => {
    for (const [code, status] of [
      [168, 'Success'],
      [169, 'Failed'],
    ] as const) {
      const ran = given(
        documentOf({
          one: { lines: [`exit ${code}`] },
          two: { lines: ['true'] },
          last: { lines: ['true'], inputs: { finallyStep: true } },
        }),
      );
      const { plugins, command } = await ran.run();
      assert.deepEqual(results(plugins), [`one ${status} ${code}`, 'last Success 0']);
      assert.equal(command.status, status);
    }
  });

  it('are skipped when their precondition is false', async () => {
    const ran = given(
      documentOf({
        windows: { lines: ['exit 1'], when: ['platformType', 'Windows'] },
        linux: { lines: ['true'], when: ['platformType', 'Linux'] },
      }),
    );
    assert.deepEqual(results((await ran.run()).plugins), ['linux Success 0']);
  });

  it('may name their own shell in the first line', async () => {
    const ran = given(documentOf({ one: { lines: ['#!/usr/bin/env node', 'console.log(1 + 1)'] } }));
    assert.equal((await ran.run()).plugins[0]?.output, '2\n');
  });

  it('keep the first 24 000 characters of output and 8 000 of errors', async () => {
    const ran = given(
      documentOf({
        one: {
          lines: ['head -c 100000 /dev/zero | tr "\\0" a', 'head -c 100000 /dev/zero | tr "\\0" b >&2'],
        },
      }),
    );
    const [plugin] = (await ran.run()).plugins;
    assert.deepEqual([plugin?.output, plugin?.errorOutput], ['a'.repeat(24_000), 'b'.repeat(8_000)]);
  });

  it('that run too long are killed with all they have started: TimedOut, 137', async () => {
    const clock = systemClock();
    // The shortest time a document may ask for is five seconds; here they pass in a fifth of one.
    const hasty = {
      now: clock.now,
      after: (delayMs: number, run: () => void) => clock.after(delayMs / 25, run),
    };
    const lines = ['sleep 60 & echo $!', 'trap "" TERM', 'sleep 60'];
    const ran = given(
      documentOf({
        one: { lines, inputs: { timeoutSeconds: 5, onFailure: 'exit' } },
        two: { lines: ['true'] },
      }),
      { clock: hasty },
    );
    const { plugins, command, ended } = await ran.run();
    assert.deepEqual(results(plugins), ['one TimedOut 137']);
    assert.deepEqual(
      [command.status, command.statusDetails, ended?.exitCode],
      ['TimedOut', 'ExecutionTimedOut', 137],
    );
    const child = Number(plugins[0]?.output);
    assert.ok(child > 0);
    await eventually('the end of the child', () => !isAlive(child));
  });
});

describe('a command', () => {
  const well = documentOf({ one: { lines: ['true'] } });

  it('is answered before it runs', () => {
    const ran = given(well);
    const command = ran.send({ Comment: 'why' });
    assert.deepEqual(
      [command.status, command.comment, command.invocations[0]?.status],
      ['Pending', 'why', 'Pending'],
    );
    assert.deepEqual(ran.ssm.commands(), [command]);
  });

  it('to a tag reaches the hosts that carry it; to a tag nobody carries it succeeds without doing anything', async () => {
    const ran = given(well);
    const to = (value: string) => ({ InstanceIds: [], Targets: [{ Key: 'tag:Scope', Values: [value] }] });
    assert.equal((await ran.run({}, to('demo'))).plugins.length, 1);
    const { command } = await ran.run({}, to('nobody'));
    assert.deepEqual(
      [command.status, command.statusDetails, command.invocations],
      ['Success', 'NoInstancesInTag', []],
    );
  });

  it('to a host that does not answer ends when its delivery time is over', () => {
    const clock = manualClock();
    const ran = given(well, { clock });
    ran.setOnline(false);
    const command = ran.send({ TimeoutSeconds: 30 });
    clock.advance(29_999);
    assert.equal(command.status, 'Pending');
    clock.advance(1);
    assert.deepEqual([command.status, command.statusDetails], ['TimedOut', 'DeliveryTimedOut']);
    assert.equal(command.invocations[0]?.statusDetails, 'DeliveryTimedOut');
    assert.deepEqual(
      ran.events.map(({ detail }) => detail.status),
      ['TimedOut'],
    );
    assert.deepEqual(ran.spawned, []);
  });

  it("tells EventBridge of its end as Systems Manager does, with the caller's parameters", async () => {
    const ran = given(documentOf({ one: { lines: ['exit 1'] } }, { P: { type: 'String' } }));
    const { command } = await ran.run({ P: ['v'] });
    assert.deepEqual(ran.events.slice(-1), [
      {
        source: 'aws.ssm',
        'detail-type': 'EC2 Command Status-change Notification',
        detail: {
          'command-id': command.commandId,
          'document-name': 'the-document',
          'requested-date-time': new Date(command.requestedAt).toISOString(),
          'expire-after': new Date(command.requestedAt + 3_600_000).toISOString(),
          parameters: { P: ['v'] },
          status: 'Failed',
        },
      },
    ]);
  });

  const refusals: readonly [string, object, string][] = [
    ['an unknown document', { DocumentName: 'other' }, 'InvalidDocument'],
    ['an unknown host', { InstanceIds: ['i-other'] }, 'InvalidInstanceId'],
    ['nobody at all', { InstanceIds: [] }, 'InvalidParameters'],
    ['an unknown parameter', { Parameters: { Other: ['x'] } }, 'InvalidParameters'],
  ];
  for (const [name, request, code] of refusals) {
    it(`for ${name} is refused and leaves no trace`, () => {
      const ran = given(well);
      assert.throws(() => ran.send(request), { code });
      assert.deepEqual([ran.ssm.commands(), ran.log.events], [[], []]);
    });
  }
});

describe('at the end of the rehearsal', () => {
  it('a running command is ended with all it has started, and nobody is told', async () => {
    const ran = given(
      documentOf({
        one: { lines: ['sleep 60 & echo $! > ../child', 'sleep 60'] },
        two: { lines: ['touch ../two'] },
      }),
    );
    const command = ran.send();
    const file = join(ran.directory, command.commandId, 'child');
    await eventually('the child', () => existsSync(file) && readFileSync(file, 'utf8') !== '');
    await ran.ssm.stop();
    const child = Number(readFileSync(file, 'utf8'));
    await eventually('the end of the child', () => ![child, ...ran.spawned].some(isAlive));
    assert.ok(!existsSync(join(ran.directory, command.commandId, 'two')));
    assert.deepEqual(
      [ran.events.map(({ detail }) => detail.status), ran.log.of('command').length],
      [['InProgress'], 2],
    );
  });

  it('a command that has not begun never does', async () => {
    const ran = given(documentOf({ one: { lines: ['true'] } }));
    ran.send();
    await ran.ssm.stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(ran.spawned, []);
  });
});

describe('the rest of Systems Manager', () => {
  it('knows the documents, parameters and hosts of the template', () => {
    const { ssm, setOnline } = given(documentOf({ one: { lines: ['true'] } }));
    assert.deepEqual(
      ssm.documents().map(({ name, schemaVersion }) => [name, schemaVersion]),
      [['the-document', '2.2']],
    );
    assert.equal(ssm.parameter('/a/parameter'), 'its value');
    assert.equal(ssm.parameter('/another'), undefined);
    setOnline(false);
    assert.deepEqual(ssm.instances(), [
      { instanceId: hostId, tags: { Scope: 'demo' }, instanceType: 't3.small', online: false },
    ]);
  });
});
