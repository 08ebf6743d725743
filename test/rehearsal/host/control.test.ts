/** The sandbox's systemctl and journalctl as programs, talking to a real supervisor. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { controlUnits, startControl, systemctlVerbs } from '../../../rehearsal/host/control';
import { createSandbox } from '../../../rehearsal/host/sandbox';
import { eventually, isAlive } from '../eventually';
import { type Supervised, supervise } from './unit';

const sandbox = createSandbox();
let unit: Supervised;
let control: { stop(): Promise<void> };
before(async () => {
  unit = supervise({
    execStart: 'echo "one line"; test ! -e broken || exit 7; exec sleep 60',
    execStartPost: ['sleep 0.05; test ! -e broken'],
  });
  control = await startControl(sandbox, 'demo.service', unit.supervisor);
});
after(async () => {
  await control.stop();
  await unit.dispose();
  sandbox.remove();
});

interface Answer {
  readonly code: number;
  readonly output: string;
  readonly errorOutput: string;
}

function run(program: 'systemctl' | 'journalctl', ...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(join(sandbox.bin, program), args, { env: {} }, (error, output, errorOutput) => {
      resolve({ code: Number(error?.code ?? 0), output, errorOutput });
    });
  });
}
const systemctl = (...args: string[]): Promise<Answer> => run('systemctl', ...args);

describe('systemctl', () => {
  it('starts the unit, says that it is active, and stops it', async () => {
    assert.deepEqual(await systemctl('is-active', 'demo.service'), {
      code: 3,
      output: 'inactive\n',
      errorOutput: '',
    });
    assert.deepEqual(await systemctl('start', 'demo.service'), { code: 0, output: '', errorOutput: '' });
    assert.deepEqual(await systemctl('is-active', 'demo.service'), {
      code: 0,
      output: 'active\n',
      errorOutput: '',
    });
    const pid = unit.supervisor.pid() ?? 0;
    assert.equal((await systemctl('stop', 'demo')).code, 0, 'a name without a suffix means a service');
    assert.equal((await systemctl('is-active', 'demo.service')).code, 3);
    assert.ok(!isAlive(pid));
  });

  it('restart replaces the process and show tells of the new one', async () => {
    await systemctl('start', 'demo.service');
    const earlier = unit.supervisor.pid();
    assert.equal((await systemctl('restart', 'demo.service')).code, 0);
    assert.notEqual(unit.supervisor.pid(), earlier);
    const { output } = await systemctl(
      'show',
      'demo.service',
      '--property=ActiveState,SubState',
      '--property=MainPID',
    );
    assert.equal(output, `ActiveState=active\nSubState=running\nMainPID=${unit.supervisor.pid()}\n`);
  });

  it('tells of a failed start with code 1 and where to look; is-failed then answers 0', async () => {
    await systemctl('stop', 'demo.service');
    assert.equal((await systemctl('is-failed', 'demo.service')).code, 1);
    writeFileSync(join(unit.directory, 'broken'), '');
    const failed = await systemctl('start', 'demo.service');
    rmSync(join(unit.directory, 'broken'));
    assert.equal(failed.code, 1);
    assert.match(failed.errorOutput, /^Job for demo\.service failed: .*journalctl --unit demo\.service/);
    assert.deepEqual(await systemctl('is-failed', 'demo.service'), {
      code: 0,
      output: 'failed\n',
      errorOutput: '',
    });
    assert.match((await systemctl('show', 'demo.service')).output, /ExecMainStatus=7/);
    assert.equal((await systemctl('reset-failed', 'demo.service')).code, 0);
    assert.equal((await systemctl('is-active', 'demo.service')).output, 'inactive\n');
  });

  it('daemon-reload needs no unit', async () => {
    assert.equal((await systemctl('daemon-reload')).code, 0);
  });

  it('answers 5 for a unit that is not there', async () => {
    for (const args of [['start', 'other.service'], ['restart'], ['is-active', 'demo.timer']]) {
      const { code, errorOutput } = await systemctl(...args);
      assert.equal(code, 5, args.join(' '));
      assert.match(errorOutput, /^Unit .* not found\.$/m);
    }
  });

  it('is quiet when asked to be, and has nothing to enable', async () => {
    await systemctl('stop', 'demo.service');
    assert.deepEqual(await systemctl('is-active', '--quiet', 'demo.service'), {
      code: 3,
      output: '',
      errorOutput: '',
    });
    assert.equal((await systemctl('enable', 'demo.service')).code, 0);
    assert.equal(unit.supervisor.state().active, 'inactive');
    assert.equal((await systemctl('enable', '--now', 'demo.service')).code, 0);
    assert.equal(unit.supervisor.state().active, 'active');
  });

  it('names what is not rehearsed: verbs, options, properties', async () => {
    for (const [args, named] of [
      [['mask', 'demo.service'], 'systemctl mask'],
      [['is-active', '--failed', 'demo.service'], 'systemctl --failed'],
      [['show', 'demo.service', '--property=CPUUsageNSec'], 'systemctl show --property=CPUUsageNSec'],
      [[], 'systemctl '],
    ] as const) {
      const { code, errorOutput } = await systemctl(...args);
      assert.equal(code, 1);
      assert.equal(errorOutput, `not rehearsed: ${named}; see npx vigia rehearse --capabilities\n`);
    }
    assert.ok(!(systemctlVerbs as readonly string[]).includes('mask'));
  });

  it('passes arguments on as they are', async () => {
    const { errorOutput } = await systemctl('start', '$(touch x); "a\nb".service');
    assert.equal(errorOutput, 'Unit $(touch x); "a\nb".service not found.\n');
    assert.ok(!existsSync('x'));
  });
});

describe('journalctl', () => {
  it('prints the newest lines in every usual spelling', async () => {
    await systemctl('restart', 'demo.service');
    await eventually('a line', () => unit.supervisor.journal().at(-1) === 'one line');
    const all = unit.supervisor.journal();
    for (const args of [['--lines', '1'], ['-n', '1'], ['--lines=1'], ['-n1']]) {
      const { output } = await run(
        'journalctl',
        '--unit',
        'demo.service',
        ...args,
        '--no-pager',
        '--output',
        'cat',
      );
      assert.equal(output, 'one line\n', args.join(' '));
    }
    assert.equal((await run('journalctl', '-u', 'demo')).output, `${all.slice(-10).join('\n')}\n`);
    assert.equal((await run('journalctl', '-n', '0')).output, '');
  });

  it('has nothing of another unit, and names an option that is not rehearsed', async () => {
    assert.equal((await run('journalctl', '-u', 'other')).output, '-- No entries --\n');
    const { code, errorOutput } = await run('journalctl', '--since', 'today');
    assert.equal(code, 1);
    assert.match(errorOutput, /^not rehearsed: journalctl: .*--since/);
    assert.equal((await run('journalctl', '-n', 'few')).code, 1);
  });
});

describe('without a supervisor', () => {
  it('the programs fail and say so', async () => {
    const lonely = createSandbox();
    const gone = await startControl(lonely, 'demo.service', unit.supervisor);
    await gone.stop();
    const answer = await new Promise<Answer>((resolve) => {
      execFile(join(lonely.bin, 'systemctl'), ['start', 'demo.service'], (error, output, errorOutput) =>
        resolve({ code: Number(error?.code ?? 0), output, errorOutput }),
      );
    });
    lonely.remove();
    assert.equal(answer.code, 1);
    assert.match(answer.errorOutput, /^Failed to connect to the supervisor/);
  });
});

describe('a unit of the host that does not run here', () => {
  it('says of itself whether it counts as active, and nothing that nobody knows', async () => {
    const host = createSandbox();
    const units = await controlUnits(host, {
      find: () => undefined,
      standsStill: (name) => ({ active: name === 'clock.service' }),
    });
    const show = (name: string, property: string): Promise<Answer> =>
      new Promise((resolve) => {
        const program = join(host.bin, 'systemctl');
        execFile(
          program,
          ['show', name, `--property=${property}`],
          { env: {} },
          (error, output, errorOutput) => resolve({ code: Number(error?.code ?? 0), output, errorOutput }),
        );
      });
    try {
      assert.equal((await show('clock.service', 'ActiveState')).output, 'ActiveState=active\n');
      assert.equal((await show('demo.service', 'ActiveState')).output, 'ActiveState=inactive\n');
      assert.match((await show('demo.service', 'MainPID')).errorOutput, /not rehearsed: systemctl show/);
    } finally {
      await units.stop();
      host.remove();
    }
  });
});
