/** The unit as systemd's own tools judge it, where they are at hand. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { serviceUnit } from '../../../../lib/render/cloudformation/constructs/service-unit';
import { sampleConfig } from '../../sample-config';

const directory = mkdtempSync(join(tmpdir(), 'vigia-unit-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const skip =
  spawnSync('systemd-analyze', ['--version']).status === 0
    ? false
    : 'no systemd-analyze here; CI and the host have one';

/**
 * What is left of ten: the network, which is what a service is for; its group's read access to the logs; messages from
 * the process beside it.
 */
const mostExposure = 1.6;

describe('the unit', { skip }, () => {
  const file = join(directory, 'vigia-fraud.service');
  // The distribution's Node is not on every machine; that its path is right is seen where the unit runs.
  writeFileSync(file, serviceUnit(sampleConfig()).replaceAll('/usr/bin/node-24', process.execPath));

  it('is understood in full: no unknown key, no value that would be passed over', () => {
    const { status, stdout, stderr } = spawnSync(
      'systemd-analyze',
      ['verify', '--man=no', '--recursive-errors=no', file],
      { encoding: 'utf8' },
    );
    const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('vigia-fraud'));
    assert.deepEqual(ours, []);
    assert.equal(status, 0);
  });

  it('leaves little open', () => {
    const { status, stdout, stderr } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', `--threshold=${mostExposure * 10}`, '--no-pager', file],
      { encoding: 'utf8' },
    );
    const open = stdout.split('\n').filter((line) => line.startsWith('✗'));
    assert.equal(status, 0, `${open.join('\n')}\n${stderr}`);
    assert.match(stdout, /Overall exposure level/);
  });
});
