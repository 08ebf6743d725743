import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const work = mkdtempSync(join(tmpdir(), 'vigia-determinism-'));
after(() => rmSync(work, { recursive: true, force: true }));

const program = join(__dirname, 'synthesise-program.ts');

/** Synthesises in a process of its own, in a directory of its own, and returns what would be deployed, by file. */
async function synthesiseAs(person: string, environment: Readonly<Record<string, string>>) {
  const cwd = join(work, person, 'somewhere');
  mkdirSync(cwd, { recursive: true });
  const outdir = join(work, person);
  const child = spawn(process.execPath, ['--import', require.resolve('tsx'), program, outdir], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: outdir, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text;
  });
  const code = await new Promise((done) => child.on('close', done));
  assert.equal(code, 0, complaints);
  const directory = join(outdir, 'assembly');
  return {
    templates: Object.fromEntries(
      readdirSync(directory)
        .filter((name) => /\.(template|assets)\.json$/.test(name))
        .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
    ),
    assets: readdirSync(directory)
      .filter((name) => name.startsWith('asset.'))
      .sort(),
  };
}

describe('synthesis', () => {
  it('gives everybody the same bytes, wherever and whoever they are, with no account and no AWS setting', async () => {
    const [here, there] = await Promise.all([
      synthesiseAs('ada', { TZ: 'UTC', USER: 'ada', LANG: 'C' }),
      synthesiseAs('bob', {
        TZ: 'Pacific/Auckland',
        USER: 'bob',
        LANG: 'de_DE.UTF-8',
        AWS_REGION: 'sa-east-1',
        AWS_PROFILE: 'nobody',
      }),
    ]);
    assert.equal(Object.keys(here.templates).length, 6);
    assert.deepEqual(there.assets, here.assets, 'the content hash of an asset differs');
    for (const [name, template] of Object.entries(here.templates)) {
      assert.equal(there.templates[name], template, name);
      assert.doesNotMatch(template, /sa-east-1|\bada\b|\bbob\b/);
    }
  });
});
