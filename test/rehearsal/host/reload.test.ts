/** What a reload does to a real process, by what the unit says of it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import type { Unit } from '../../../rehearsal/host/unit-file';
import { eventually } from '../eventually';
import { type Supervised, supervise } from './unit';

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

describe('reload', () => {
  it('sends SIGHUP to the main process, and is refused when there is none', async () => {
    const unit = given({
      execStart: 'trap "touch reloaded" HUP; touch ready; while :; do sleep 0.02; done',
      execStartPost: whenReady,
      execReload: ['/bin/kill -HUP $MAINPID'],
    });
    assert.throws(() => unit.supervisor.reload(), /not active/);
    await unit.supervisor.start();
    unit.supervisor.reload();
    await eventually('the reload', () => existsSync(`${unit.directory}/reloaded`));
  });

  it('leaves a service alone that has nothing to reload, and is refused where the unit knows none', async () => {
    const quiet = given({ execReload: ['/bin/true'] });
    await quiet.supervisor.start();
    quiet.supervisor.reload();
    assert.equal(quiet.supervisor.state().active, 'active');
    const none = given({});
    await none.supervisor.start();
    assert.throws(() => none.supervisor.reload(), /Job type reload is not applicable/);
  });
});
