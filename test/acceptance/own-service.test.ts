/** The Python example as the workload of a stage: the loop closes with a service that knows nothing of Vigía but its contract. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { synthesise } from '../../bin/synthesise';
import type { StageInput } from '../../lib/config/schema';
import { sampleConfig } from '../lib/sample-config';
import { vigia } from './rehearsal-process';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const work = mkdtempSync(join(tmpdir(), 'vigia-own-'));
after(() => rmSync(work, { recursive: true, force: true }));

async function assemblyOf(name: string, workload: StageInput['workload']): Promise<string> {
  const directory = join(work, name);
  const config = sampleConfig({ remediation: { mode: 'on', verifySeconds: 60 }, ...{ workload } });
  await synthesise(config, directory);
  return directory;
}

describe('a service of your own', { concurrency: true }, () => {
  it('is restarted when it dies, and the incident closes', {
    skip: !hasPython && 'needs python3',
  }, async () => {
    const assembly = await assemblyOf('command', {
      kind: 'command',
      directory: 'docs/examples/python',
      command: ['python3', 'serve.py'],
    });
    const words = ['rehearse', 'crash', '--json', '--assembly', assembly, '--out', join(work, 'out')];
    const { exitCode, stdout, stderr } = await vigia(words);
    assert.equal(exitCode, 0, stderr + stdout);
    const { runs } = JSON.parse(stdout);
    assert.deepEqual(
      runs.map(({ closed, expectationsMet }: Record<string, unknown>) => ({ closed, expectationsMet })),
      [{ closed: true, expectationsMet: true }],
    );
  });

  it('in a container is refused by name, with what to do', async () => {
    const assembly = await assemblyOf('container', {
      kind: 'container',
      image: 'docker.io/library/nginx:1.27',
    });
    const { exitCode, stderr } = await vigia(['rehearse', 'crash', '--plain', '--assembly', assembly]);
    assert.equal(exitCode, 2, stderr);
    assert.match(
      stderr,
      /vigia-fraud\.service: runs a container, .* rehearse what is inside as a command workload$/m,
    );
    assert.doesNotMatch(stderr, /\n {4}at /);
  });
});
