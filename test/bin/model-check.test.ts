import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const root = join(__dirname, '../..');
const shipped = join(root, 'service/model');
const directory = mkdtempSync(join(tmpdir(), 'vigia-model-'));
after(() => rmSync(directory, { recursive: true }));

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `vigia model check` as a shell starts it, from another directory than the project's. */
function check(...words: readonly string[]): Promise<Ended> {
  const command = [join(root, 'bin/vigia.js'), 'model', 'check', ...words];
  return new Promise((done) => {
    const child = execFile(process.execPath, command, { cwd: directory }, (_error, stdout, stderr) =>
      done({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

/** A copy of the shipped model whose description says something else. */
function copyWith(name: string, change: (metadata: Record<string, unknown>) => void): string {
  const copy = join(directory, name);
  cpSync(shipped, copy, { recursive: true });
  const file = join(copy, 'model.json');
  const metadata = JSON.parse(readFileSync(file, 'utf8'));
  change(metadata);
  writeFileSync(file, JSON.stringify(metadata));
  return name;
}

describe('vigia model check', () => {
  it('shows what the shipped model takes and answers', async () => {
    const [text, json] = await Promise.all([check(shipped), check(shipped, '--json')]);
    assert.equal(text.status, 0, text.stderr);
    const report = JSON.parse(json.stdout);
    const metadata = JSON.parse(readFileSync(join(shipped, 'model.json'), 'utf8'));
    assert.equal(report.name, metadata.name);
    assert.equal(report.probe.class, metadata.probe.class);
    assert.deepEqual(
      report.features.map(({ name }: { name: string }) => name),
      metadata.features.map(({ name }: { name: string }) => name),
    );
    assert.match(text.stdout, new RegExp(`^${report.name} ${report.version}: can be served`));
    for (const { name } of report.features) assert.match(text.stdout, new RegExp(`^ {4}${name} `, 'm'));
  });

  it('says in one line why a model cannot be served', async () => {
    const wrongProbe = copyWith('wrong-probe', (metadata) => {
      const { instance } = metadata.probe as { instance: object };
      metadata.probe = { instance, class: 'fraud' };
    });
    const otherFile = copyWith('other-file', (metadata) => {
      metadata.sha256 = '0'.repeat(64);
    });
    const misspelt = copyWith('misspelt', (metadata) => {
      metadata.clases = metadata.classes;
    });
    const refused = await Promise.all(
      [wrongProbe, otherFile, misspelt, 'nowhere'].map((name) => check(name)),
    );
    const reasons = [
      /model probe: wrong answer, got legitimate, expected fraud/,
      /model\.onnx: is not the file that model\.json describes/,
      /model\.json: does not describe a model, .*clases/,
      /nowhere\/model\.json: cannot be read/,
    ];
    for (const [index, { status, stdout, stderr }] of refused.entries()) {
      assert.equal(status, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, reasons[index] ?? /never/);
      assert.doesNotMatch(stderr, /\n {4}at /);
    }
  });
});
