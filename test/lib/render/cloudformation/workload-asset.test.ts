import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { AssetError } from '../../../../lib/render/cloudformation/asset-error';
import { copyDirectory, placeContainer } from '../../../../lib/render/cloudformation/workload-asset';

const work = mkdtempSync(join(tmpdir(), 'vigia-asset-'));
after(() => rmSync(work, { recursive: true }));

describe('the release of a workload', () => {
  it('is the directory as it lies there, links followed, without what tools leave behind', () => {
    const source = join(work, 'churn');
    mkdirSync(join(source, '__pycache__'), { recursive: true });
    mkdirSync(join(source, 'data'));
    writeFileSync(join(source, 'serve.py'), 'print(1)\n');
    writeFileSync(join(source, '__pycache__', 'serve.pyc'), 'x');
    writeFileSync(join(work, 'shared.csv'), 'a\n');
    symlinkSync(join(work, 'shared.csv'), join(source, 'data', 'table.csv'));
    copyDirectory(work, 'churn', join(work, 'out'));
    const files = readdirSync(join(work, 'out'), { recursive: true, encoding: 'utf8' }).sort();
    assert.deepEqual(files, ['data', 'data/table.csv', 'serve.py']);
    rmSync(join(work, 'shared.csv'));
    assert.equal(readFileSync(join(work, 'out', 'data', 'table.csv'), 'utf8'), 'a\n');
  });

  it('that is not there is told in one line', () => {
    mkdirSync(join(work, 'empty'));
    writeFileSync(join(work, 'file'), '');
    for (const name of ['nowhere', 'empty', 'file']) {
      assert.throws(
        () => copyDirectory(work, name, join(work, 'none')),
        (error: unknown) =>
          error instanceof AssetError &&
          error.message.startsWith(`workload.directory: nothing to ship, got '${name}', expected`),
      );
    }
  });

  it('of a container says what is started, in words that a shell reads as they stand', () => {
    placeContainer(
      {
        kind: 'container',
        image: 'a/b:1',
        port: 9000,
        memoryMiB: 256,
        healthPath: '/',
        environment: {},
        reload: 'none',
      },
      join(work, 'container'),
    );
    assert.equal(
      readFileSync(join(work, 'container', 'container.env'), 'utf8'),
      'VIGIA_IMAGE=a/b:1\nVIGIA_CONTAINER_PORT=9000\nVIGIA_CONTAINER_MEMORY=256\n',
    );
  });
});
