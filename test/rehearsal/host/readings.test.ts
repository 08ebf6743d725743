/** The figures that this machine gives, and those of the service in the sandbox. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReadings, type HostReadings, hostSize, measurements } from '../../../rehearsal/host/readings';
import { createSandbox } from '../../../rehearsal/host/sandbox';

const sandbox = createSandbox();
after(() => sandbox.remove());

describe('the readings of this machine', () => {
  const size = hostSize('t3.small', 8);
  const readings = createReadings(size, { diskDirectory: sandbox.root, pid: () => process.pid });

  it('are there for every measurement that is promised', async () => {
    for (const [plugin, names] of Object.entries(measurements)) {
      const found = (await readings(plugin, ['/'])).map(({ measurement }) => measurement);
      assert.deepEqual(found.sort(), [...names].sort(), plugin);
    }
    assert.deepEqual(await readings('unknown', []), []);
  });

  it('are plausible from the first one on', async () => {
    const waited = iowaitTicks();
    const fresh = createReadings(size, { diskDirectory: sandbox.root, pid: () => process.pid });
    await sleep(150);
    const first = await fresh('cpu', []);
    const iowait = first.find(({ measurement }) => measurement === 'usage_iowait')?.value;
    // What the machine has waited since its boot is no part of the first reading.
    assert.ok(iowait === 0 || iowaitTicks() > waited, `${iowait}`);
    for (const cpu of [first, await spin(fresh)]) {
      const total = cpu.reduce((sum, { value }) => sum + value, 0);
      assert.ok(Math.abs(total - 100) < 0.01, JSON.stringify(cpu));
      assert.ok(cpu.every(({ value }) => value >= 0 && value <= 100));
    }
    const busy = await spin(fresh);
    assert.ok((busy.find(({ measurement }) => measurement === 'usage_user')?.value ?? 0) > 0);
  });

  it("measure the service's memory and disk against the size of the template", async () => {
    sandbox.write('/opt/big', 'x'.repeat(1024 ** 2));
    const [memory] = await readings('mem', []);
    const resident = process.memoryUsage().rss;
    assert.ok(Math.abs((memory?.value ?? 0) - (100 * resident) / (2 * 1024 ** 3)) < 3, `${memory?.value}`);
    const disk = await readings('disk', ['*']);
    assert.deepEqual(
      disk.map(({ dimensions: own }) => own.path),
      ['/'],
    );
    assert.ok((disk[0]?.value ?? 0) >= 100 / (8 * 1024) && (disk[0]?.value ?? 0) < 1);
    const dead = createReadings(size, { diskDirectory: '/nowhere', pid: () => undefined });
    assert.deepEqual(
      (await dead('mem', [])).map(({ value }) => value),
      [0],
    );
    assert.deepEqual(
      (await dead('disk', ['/'])).map(({ value }) => value),
      [0],
    );
  });

  it('tell what the disks did since the last look, and who is connected', async () => {
    const [first] = await readings('diskio', ['*']);
    assert.ok((first?.value ?? -1) >= 0);
    for (const { value } of await readings('netstat', [])) assert.ok(Number.isInteger(value) && value >= 0);
  });

  it('count an unknown instance type as large as this machine', () => {
    assert.equal(hostSize('t3.small', 8).memoryBytes, 2 * 1024 ** 3);
    assert.ok(hostSize('x99.metal', 8).memoryBytes > 0);
  });
});

/** Keeps a processor busy long enough to be measured, and reads. */
function spin(readings: HostReadings): ReturnType<HostReadings> {
  for (const end = performance.now() + 150; performance.now() < end; );
  return readings('cpu', []);
}

/** Linux alone tells it. */
function iowaitTicks(): number {
  try {
    return Number(readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/\s+/)[5]);
  } catch {
    return 0;
  }
}
