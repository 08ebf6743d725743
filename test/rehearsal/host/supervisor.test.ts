/** The supervisor with real processes: starts, crashes, patience, and that nothing survives. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import { systemClock } from '../../../rehearsal/clock';
import { createSupervisor } from '../../../rehearsal/host/supervisor';
import type { Unit } from '../../../rehearsal/host/unit-file';
import { eventually, isAlive } from '../eventually';
import { type Supervised, supervise, usualUnit } from './unit';

const running: Supervised[] = [];
function given(unit: Partial<Unit>): Supervised {
  const supervised = supervise(unit);
  running.push(supervised);
  return supervised;
}
afterEach(async () => {
  for (const each of running.splice(0)) await each.dispose();
});

/** A shell must have set its traps before it is sent anything. */
const whenReady = ['until test -e ready; do sleep 0.01; done'];

const becomes = (unit: Supervised, state: string): Promise<void> =>
  eventually(`state ${state}`, () => unit.supervisor.state().active === state);

describe('start', () => {
  it('is over only when every ExecStartPost has ended well', async () => {
    const unit = given({ execStartPost: ['echo first; sleep 0.2', 'echo second'] });
    const started = unit.supervisor.start();
    assert.equal(unit.supervisor.state().active, 'activating');
    await started;
    assert.equal(unit.supervisor.state().active, 'active');
    await eventually('the output of both', () => unit.supervisor.journal().length === 2);
    assert.deepEqual(unit.supervisor.journal(), ['first', 'second']);
    assert.deepEqual(unit.changes, ['demo.service start', 'demo.service active']);
  });

  it('asked for twice at once starts one main process', async () => {
    const unit = given({ execStart: 'echo $$ >> mains; exec sleep 60', execStartPost: ['sleep 0.1'] });
    await Promise.all([unit.supervisor.start(), unit.supervisor.start()]);
    await unit.supervisor.start();
    assert.equal(unit.pids('mains').length, 1);
  });

  it('is rejected when ExecStartPost fails, and the unit has failed although the process obeyed SIGTERM', async () => {
    const unit = given({
      execStart: 'trap "exit 0" TERM; touch ready; while :; do sleep 0.02; done',
      execStartPost: [...whenReady, 'exit 3'],
    });
    await assert.rejects(unit.supervisor.start(), /ExecStartPost ended with 3/);
    assert.equal(unit.supervisor.state().active, 'failed');
    assert.equal(unit.supervisor.pid(), undefined);
  });

  it('that fails in ExecStartPost is tried again under Restart=on-failure', async () => {
    const unit = given({
      execStartPost: ['test -e tried || { touch tried; exit 1; }'],
      restart: 'on-failure',
      restartSeconds: 0.05,
    });
    await assert.rejects(unit.supervisor.start(), /ExecStartPost/);
    await becomes(unit, 'active');
    assert.equal(unit.supervisor.state().restarts, 1);
  });

  it('is rejected as soon as the main process dies, and ends what waits for it', async () => {
    const unit = given({
      execStart: 'exit 4',
      execStartPost: ['echo $$ > waiter; sleep 60 & echo $! >> waiter; wait'],
    });
    await assert.rejects(unit.supervisor.start(), /ended before it was ready/);
    assert.equal(unit.supervisor.state().exitStatus, 4);
    await eventually('the end of ExecStartPost and its child', () => !unit.spawned.some(isGroupAlive));
  });

  it('gives the commands after it no more than TimeoutStartSec together', async () => {
    const unit = given({ execStartPost: ['sleep 0.2', 'sleep 60'], timeoutStartSeconds: 0.4 });
    await assert.rejects(unit.supervisor.start(), /not ready after 0.4 s/);
    await eventually('nobody left', () => !unit.spawned.some(isGroupAlive));
  });

  it('of a command that does not exist fails with 203 instead of waiting for ever', async () => {
    const supervisor = createSupervisor({
      unit: usualUnit,
      clock: systemClock(),
      command: () => ({ file: '/nowhere/at-all', args: [] }),
      environment: () => ({}),
      workingDirectory: '/',
      onChange: () => {},
      onSpawn: () => assert.fail('nothing was spawned'),
    });
    await assert.rejects(supervisor.start(), /ENOENT/);
    assert.deepEqual(supervisor.state(), { active: 'failed', sub: 'failed', restarts: 0, exitStatus: 203 });
    assert.match(supervisor.journal().join('\n'), /Failed to execute \/nowhere\/at-all/);
  });
});

describe('a main process that dies', () => {
  it('is started again after RestartSec, with a counter and a line in the journal', async () => {
    const unit = given({ restart: 'on-failure', restartSeconds: 0.1 });
    await unit.supervisor.start();
    const first = unit.supervisor.pid() ?? 0;
    process.kill(first, 'SIGKILL');
    await eventually('another process', () => ![undefined, first].includes(unit.supervisor.pid()));
    await becomes(unit, 'active');
    assert.equal(unit.supervisor.state().restarts, 1);
    assert.equal(unit.supervisor.state().exitStatus, constants.signals.SIGKILL);
    assert.match(
      unit.supervisor.journal().join('\n'),
      /code=killed, signal=SIGKILL\n.*restart counter is at 1/,
    );
    assert.ok(unit.changes.includes('demo.service auto-restart'));
  });

  it('with code 0 is left alone under on-failure and started again under always', async () => {
    const left = given({ execStart: 'sleep 0.05', restart: 'on-failure' });
    await left.supervisor.start();
    await becomes(left, 'inactive');
    assert.equal(left.supervisor.state().restarts, 0);
    const again = given({ execStart: 'sleep 0.05', restart: 'always', restartSeconds: 0.01 });
    await again.supervisor.start();
    await eventually('a second start', () => again.supervisor.state().restarts >= 2);
  });

  it('too often in the interval is given up until it is reset', async () => {
    const unit = given({
      execStart: 'test -e well && exec sleep 60; exit 1',
      restart: 'on-failure',
      restartSeconds: 0.01,
      startLimitBurst: 3,
    });
    await unit.supervisor.start().catch(() => {});
    await becomes(unit, 'failed');
    assert.equal(unit.spawned.length, 3);
    assert.match(unit.supervisor.journal().at(-1) ?? '', /Start request repeated too quickly/);
    await assert.rejects(unit.supervisor.start(), /repeated too quickly/);
    await unit.supervisor.stop();
    assert.equal(unit.supervisor.state().active, 'failed', 'a stop does not make a failed unit well');
    unit.supervisor.resetFailed();
    assert.equal(unit.supervisor.state().active, 'inactive');
    writeFileSync(`${unit.directory}/well`, '');
    await unit.supervisor.start();
    assert.equal(unit.supervisor.state().active, 'active');
    assert.equal(unit.supervisor.state().restarts, 0);
  });

  it('takes with it what it has started', async () => {
    const unit = given({ execStart: 'sleep 60 & echo $! > child; sleep 0.1; exit 1' });
    await unit.supervisor.start();
    await becomes(unit, 'failed');
    const [child = 0] = unit.pids('child');
    await eventually('the end of its child', () => !isAlive(child));
  });
});

describe('stop', () => {
  it('asks with SIGTERM, waits, and leaves the unit inactive', async () => {
    const unit = given({
      execStart: 'trap "echo saved; exit 0" TERM; touch ready; while :; do sleep 0.02; done',
      execStartPost: whenReady,
    });
    await unit.supervisor.start();
    await unit.supervisor.stop();
    assert.deepEqual(unit.supervisor.state().active, 'inactive');
    await eventually('its last words', () => unit.supervisor.journal().includes('saved'));
  });

  it('kills a process that ignores SIGTERM, and its children, after TimeoutStopSec', async () => {
    const unit = given({
      execStart:
        'trap "" TERM; sh -c "trap \\"\\" TERM; echo \\$\\$ > child; while :; do sleep 0.02; done" & while :; do sleep 0.02; done',
      timeoutStopSeconds: 0.3,
    });
    await unit.supervisor.start();
    await eventually('the child', () => unit.pids('child').length === 1);
    const [child = 0] = unit.pids('child');
    const main = unit.supervisor.pid() ?? 0;
    await unit.supervisor.stop();
    assert.ok(!isAlive(main));
    await eventually('the end of the child', () => !isAlive(child));
    assert.match(unit.supervisor.journal().join('\n'), /timed out. Killing/);
    assert.equal(unit.supervisor.state().active, 'inactive');
  });

  it('during a start ends it, and the starter is told', async () => {
    const unit = given({ execStartPost: ['sleep 60'] });
    const started = assert.rejects(unit.supervisor.start(), /ended before it was ready/);
    await eventually('the command after the start', () => unit.spawned.length === 2);
    await unit.supervisor.stop();
    await started;
    assert.equal(unit.supervisor.state().active, 'inactive');
    await eventually('nobody left', () => !unit.spawned.some(isGroupAlive));
  });

  it('during the wait for a restart means that none comes', async () => {
    const unit = given({ execStart: 'exit 1', restart: 'on-failure', restartSeconds: 0.1 });
    await unit.supervisor.start().catch(() => {});
    await eventually('the wait', () => unit.supervisor.state().sub === 'auto-restart');
    await unit.supervisor.stop();
    await new Promise((resolve) => setTimeout(resolve, 250));
    assert.equal(unit.spawned.length, 1);
  });

  it('that comes during a restart wins: nothing is left running', async () => {
    const unit = given({});
    await unit.supervisor.start();
    const restarted = assert.rejects(unit.supervisor.restart(), /canceled by a later job/);
    await unit.supervisor.stop();
    await restarted;
    assert.equal(unit.supervisor.state().active, 'inactive');
    assert.equal(unit.spawned.length, 1);
  });
});

describe('the journal', () => {
  it('has whole lines of both outputs, newest last, and forgets the oldest', async () => {
    const unit = given({
      execStart:
        'printf "half "; sleep 0.05; echo line; echo oops >&2; i=0; while [ $i -lt 600 ]; do echo n$i; i=$((i+1)); done; exec sleep 60',
    });
    await unit.supervisor.start();
    await eventually('the last line', () => unit.supervisor.journal().at(-1) === 'n599');
    assert.equal(unit.supervisor.journal().length, 500);
    const small = given({ execStart: 'printf "half "; sleep 0.05; echo line; echo oops >&2; exec sleep 60' });
    await small.supervisor.start();
    await eventually('both lines', () => small.supervisor.journal().length === 2);
    assert.deepEqual([...small.supervisor.journal()].sort(), ['half line', 'oops']);
  });
});

/** Whether the leader of a group or anyone in it still runs. */
function isGroupAlive(leader: number): boolean {
  try {
    process.kill(-leader, 0);
  } catch {
    return false;
  }
  return isAlive(leader);
}

describe('a unit with a watchdog', () => {
  const watched = { watchdogSeconds: 0.4, notifyAccess: 'all', restart: 'on-failure' } as const;

  it('is killed and started again when it gives no sign of life', async () => {
    const { supervisor, dispose } = supervise(watched);
    try {
      await supervisor.start();
      const first = supervisor.pid();
      await eventually('another process', () => ![undefined, first].includes(supervisor.pid()));
      assert.ok(supervisor.journal().includes('demo.service: Watchdog timeout (limit 0.4s)!'));
      assert.equal(supervisor.state().restarts, 1);
    } finally {
      await dispose();
    }
  });

  it('lives on while it gives signs, and only messages that count are signs', async () => {
    const { supervisor, dispose } = supervise({ ...watched, watchdogSeconds: 1.5 });
    try {
      await supervisor.start();
      const first = supervisor.pid();
      for (let beats = 0; beats < 8; beats += 1) {
        supervisor.notify(['WATCHDOG=1', 'STATUS=well']);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      assert.equal(supervisor.pid(), first);
      assert.ok(supervisor.journal().includes('demo.service: well'));
    } finally {
      await dispose();
    }
  });

  it('hears nobody without access for its messages', async () => {
    const { supervisor, dispose } = supervise({ ...watched, notifyAccess: 'main' });
    try {
      await supervisor.start();
      supervisor.notify(['STATUS=unheard']);
      assert.ok(!supervisor.journal().some((line) => line.includes('unheard')));
    } finally {
      await dispose();
    }
  });
});
