/** The beats that systemd waits for, sent by the real shell to a stand-in for systemd-notify. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../service/clock';
import { startWatchdog, type Watchdog } from '../../service/watchdog';
import { eventually } from '../rehearsal/eventually';

const directory = mkdtempSync(join(tmpdir(), 'vigia-watchdog-'));
const said = join(directory, 'said');
const path = process.env.PATH;
before(() => {
  writeFileSync(join(directory, 'systemd-notify'), `#!/bin/sh\necho "$1" >>'${said}'\n`);
  chmodSync(join(directory, 'systemd-notify'), 0o755);
  process.env.PATH = `${directory}${delimiter}${path}`;
});
after(() => {
  process.env.PATH = path;
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => rmSync(said, { force: true }));

const lines = (): string[] => (existsSync(said) ? readFileSync(said, 'utf8').trim().split('\n') : []);
/** A third of this is a beat. */
const environment = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '90000' };

async function during(watchdog: Watchdog, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } finally {
    watchdog.stop();
  }
}

describe('the watchdog', () => {
  it('is told again and again while the service is alive', async () => {
    const watchdog = startWatchdog(environment, systemClock(), async () => true);
    await during(watchdog, async () => {
      await eventually('three beats', () => lines().length >= 3);
      assert.ok(lines().every((line) => line === 'WATCHDOG=1'));
    });
  });

  it('is told nothing while the service does not answer itself, and again when it does', async () => {
    let asked = 0;
    let isAlive = false;
    const watchdog = startWatchdog(environment, systemClock(), async () => {
      asked += 1;
      if (!isAlive && asked === 2) throw new Error('no answer');
      return isAlive;
    });
    await during(watchdog, async () => {
      await eventually('four questions', () => asked >= 4);
      assert.deepEqual(lines(), []);
      isAlive = true;
      await eventually('a beat', () => lines().length > 0);
    });
  });

  it('passes on what else is told, in order', async () => {
    const watchdog = startWatchdog(
      { ...environment, WATCHDOG_USEC: '60000000' },
      systemClock(),
      async () => false,
    );
    await during(watchdog, async () => {
      watchdog.tell('STATUS=two words; $(none) of them run');
      watchdog.tell('STOPPING=1');
      await eventually('both', () => lines().length === 2);
      assert.deepEqual(lines(), ['STATUS=two words; $(none) of them run', 'STOPPING=1']);
    });
  });

  it('starts nothing where systemd does not wait for it', async () => {
    for (const without of [{}, { NOTIFY_SOCKET: '/x' }, { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '0' }]) {
      let asked = 0;
      const watchdog = startWatchdog(without, systemClock(), async () => {
        asked += 1;
        return true;
      });
      watchdog.tell('STOPPING=1');
      watchdog.stop();
      assert.equal(asked, 0);
    }
    assert.deepEqual(lines(), []);
  });
});
