/** `vigia release`: the same bytes each time, an archive that tar reads, and commands that fit the documents. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { buildRelease } from '../../bin/release';
import { filesBelow, packed } from '../../bin/release-archive';
import { deployReleaseDocument } from '../../lib/render/cloudformation/documents/deploy-release';
import { sampleConfig } from '../lib/sample-config';

const work = mkdtempSync(join(tmpdir(), 'vigia-release-test-'));
after(() => rmSync(work, { recursive: true, force: true }));

describe('an archive', () => {
  it('holds every file as tar reads it, long names and odd sizes included', () => {
    const source = join(work, 'source');
    const deep = join('a'.repeat(60), 'b'.repeat(60), 'c.txt');
    const contents: Readonly<Record<string, string>> = {
      'z.txt': '',
      'a.txt': 'x'.repeat(513),
      [deep]: 'y'.repeat(512),
    };
    for (const [name, content] of Object.entries(contents)) {
      mkdirSync(join(source, name, '..'), { recursive: true });
      writeFileSync(join(source, name), content);
    }
    chmodSync(join(source, 'z.txt'), 0o700);
    const file = join(work, 'archive.tar.gz');
    writeFileSync(file, packed(filesBelow(source)));
    const out = join(work, 'out');
    mkdirSync(out);
    execFileSync('tar', ['-xzf', file, '-C', out]);
    for (const [name, content] of Object.entries(contents))
      assert.equal(readFileSync(join(out, name), 'utf8'), content);
    assert.match(execFileSync('tar', ['-tvzf', file], { encoding: 'utf8' }), /^-rwxr-xr-x .* z\.txt$/m);
    assert.match(
      execFileSync('tar', ['-tvzf', file], { encoding: 'utf8' }),
      /^-rw-r--r-- 0\/0 +513 1970-01-01 .* a\.txt$/m,
    );
  });

  it('refuses a name that no ustar holds, by its name', () => {
    assert.throws(
      () => packed([{ name: 'n'.repeat(101), content: Buffer.alloc(0) }]),
      /^Error: n+: too long for an archive/,
    );
  });
});

describe('vigia release', () => {
  it('gives the same bytes for the same sources, under the id that they carry', async () => {
    const config = sampleConfig({});
    const [one, two] = [
      await buildRelease(config, join(work, '1')),
      await buildRelease(config, join(work, '2')),
    ];
    assert.deepEqual([two.release, two.sha256, two.bytes], [one.release, one.sha256, one.bytes]);
    const inside = execFileSync('tar', ['-xzOf', one.file, 'release.json'], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(inside), { release: one.release });
    const names = execFileSync('tar', ['-tzf', one.file], { encoding: 'utf8' }).split('\n');
    for (const name of ['server.js', 'outgoing.js', 'ready.js', 'model/model.onnx'])
      assert.ok(names.includes(name), name);

    // What is printed must pass the document's own patterns.
    const { parameters } = deployReleaseDocument(config.service);
    const given = Object.fromEntries(
      [...one.commands.dryRun.matchAll(/(Source|Release|Sha256|DryRun)=([^,"]+)/g)].map(
        ([, name = '', value = '']) => [name, value.replace('$BUCKET', 'a-bucket')],
      ),
    );
    assert.deepEqual(Object.keys(given), ['Source', 'Release', 'Sha256', 'DryRun']);
    for (const [name, value] of Object.entries(given))
      assert.match(value, new RegExp(parameters[name]?.allowedPattern ?? 'never'), name);
    assert.match(one.commands.deploy, /--document-name fraud-dev-deploy-release /);
    assert.ok(!one.commands.deploy.includes('DryRun'));
    execFileSync('sh', ['-n'], { input: Object.values(one.commands).join('\n') });
  });
});
