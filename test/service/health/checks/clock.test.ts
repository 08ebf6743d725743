/** What chrony says of the clock, from real reports and through a real program. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../../../service/clock';
import { createHealthBoard } from '../../../../service/health/board';
import { clockCheck, judge } from '../../../../service/health/checks/clock';

/** As chrony 4 prints it for the time service of EC2, with the given offset and leap status. */
const report = (offsetSeconds: string, leapStatus = 'Normal'): string =>
  `A9FEA97B,169.254.169.123,4,1767225600.123456789,${offsetSeconds},-0.000000210,0.000003316,` +
  `-12.345,0.000,0.012,0.000412000,0.000201000,16.1,${leapStatus}\n`;

const settings = {
  kind: 'clock',
  name: 'clock',
  critical: false,
  timeoutMs: 1000,
  maxOffsetMs: 500,
} as const;

describe('the clock check', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vigia-clock-'));
  });
  after(() => rm(directory, { recursive: true }));

  it('judges offset and source', () => {
    assert.equal(judge(report('-0.000012345'), 500), 'off by 0.012 ms, source 169.254.169.123');
    assert.equal(judge(report('0.499', 'Insert second'), 500), 'off by 499 ms, source 169.254.169.123');
    for (const offset of ['0.501', '-0.501']) {
      assert.throws(() => judge(report(offset), 500), /^Error: off by 501 ms, expected at most 500 ms$/);
    }
    assert.throws(
      () => judge('00000000,,0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised', 500),
      /follows no source of time/,
    );
    for (const strange of ['', '506 Cannot talk to daemon', report('x')]) {
      assert.throws(() => judge(strange, 500), /cannot be read/);
    }
  });

  it('asks the program, says when it is missing or fails, and kills one that hangs', async () => {
    const look = async (script: string | undefined, timeoutMs = 5000) => {
      const client = join(directory, script === undefined ? 'missing' : 'chronyc');
      if (script !== undefined) {
        await writeFile(client, `#!/bin/sh\n${script}\n`);
        await chmod(client, 0o755);
      }
      const board = createHealthBoard(systemClock(), [clockCheck({ ...settings, timeoutMs }, client)]);
      return (await board.look()).checks[0]?.detail ?? '';
    };
    assert.match(
      await look(`[ "$*" = "-n -c tracking" ] && printf '%s' '${report('0.001').trim()}'`),
      /^off by 1 ms, source/,
    );
    assert.match(await look(undefined), /missing is not installed$/);
    assert.match(
      await look('echo "506 Cannot talk to daemon"; exit 1'),
      /chronyc: 506 Cannot talk to daemon$/,
    );
    assert.equal(await look('exec sleep 60', 300), 'no answer within 300 ms');
  });
});
