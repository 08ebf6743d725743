/** Lines survive rotation, crashes and full disks; callers notice none of it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  rmdir,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { type AppendFile, createAppendFile } from '../../service/append-file';
import { heldClock } from './held-clock';

describe('append file', { timeout: 10_000 }, () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vigia-append-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  function setUp(name: string, maxBufferedBytes = 10_000) {
    const complaints: string[] = [];
    const clock = heldClock(0);
    const path = join(directory, name);
    const file = createAppendFile({
      path,
      maxBufferedBytes,
      clock,
      complain: (message) => complaints.push(message),
    });
    return { path, file, clock, complaints };
  }
  /** Waits for real disk work to have failed; the loop ends with the condition, not with time. */
  const failed = async (file: AppendFile): Promise<void> => {
    while (file.state().failure === undefined) await setImmediate();
  };

  it('appends whole lines in order, to what is already there', async () => {
    const { path, file } = setUp('a');
    await writeFile(path, 'before\n');
    for (let index = 0; index < 1000; index += 1) file.write(`${index}\n`);
    await file.close();
    const lines = (await readFile(path, 'utf8')).split('\n');
    assert.deepEqual(lines, ['before', ...Array.from({ length: 1000 }, (_, index) => String(index)), '']);
  });

  it('ends a line that a crash cut short, so that the next one stands for itself', async () => {
    const { path, file } = setUp('a');
    await writeFile(path, 'whole\nhalf of a li');
    file.write('next\n');
    await file.close();
    assert.equal(await readFile(path, 'utf8'), 'whole\nhalf of a li\nnext\n');
  });

  it('goes on in a new file after the old one was renamed and it was told so', async () => {
    const { path, file } = setUp('a');
    file.write('one\n');
    while (!existsSync(path)) await setImmediate();
    await rename(path, `${path}.1`);
    file.reopen();
    file.write('two\n');
    await file.close();
    assert.equal(await readFile(`${path}.1`, 'utf8'), 'one\n');
    assert.equal(await readFile(path, 'utf8'), 'two\n');
  });

  for (const [what, away] of [
    ['deleted', (path: string) => unlink(path)],
    ['renamed', (path: string) => rename(path, `${path}.1`)],
    ['replaced by another', (path: string) => rename(path, `${path}.1`).then(() => writeFile(path, ''))],
  ] as const) {
    it(`notices within a second that its file was ${what}, though nobody told it`, async () => {
      const { path, file, clock } = setUp('a');
      file.write('one\n');
      while (!existsSync(path) || file.state().waitingLines > 0) await setImmediate();
      await away(path);
      await clock.advance(1000);
      file.write('two\n');
      await file.close();
      assert.equal(await readFile(path, 'utf8'), 'two\n');
    });
  }

  it('goes on behind the cut when its file is truncated', async () => {
    const { path, file } = setUp('a');
    file.write('one\n');
    while (!existsSync(path) || file.state().waitingLines > 0) await setImmediate();
    await truncate(path);
    file.write('two\n');
    await file.close();
    assert.equal(await readFile(path, 'utf8'), 'two\n');
  });

  it('asks a broken disk once a second, not with each line', async () => {
    const { path, file, clock } = setUp('a');
    await mkdir(path);
    for (let line = 0; line < 100; line += 1) {
      file.write('line\n');
      await setImmediate();
    }
    await failed(file);
    assert.deepEqual([file.state().failures, file.state().waitingLines], [1, 100]);
    await clock.advance(1000);
    file.write('line\n');
    while (file.state().failures < 2) await setImmediate();
    await rmdir(path);
    await file.close();
    assert.equal(await readFile(path, 'utf8'), 'line\n'.repeat(101));
  });

  it('keeps lines for a directory that comes later', async () => {
    const { path, file } = setUp('later/a');
    file.write('one\n');
    await failed(file);
    await mkdir(join(directory, 'later'));
    file.write('two\n');
    await file.close();
    assert.equal(await readFile(path, 'utf8'), 'one\ntwo\n');
    assert.deepEqual(file.state(), {
      failure: undefined,
      failures: 1,
      lostLines: 0,
      waitingLines: 0,
      waitingBytes: 0,
    });
  });

  it('keeps lines that come together whole, or counts each of them as lost', async () => {
    const { path, file } = setUp('later/a', 12);
    file.write('one\ntwo\n', 2);
    file.write('six\nten\n', 2);
    await failed(file);
    assert.deepEqual([file.state().waitingLines, file.state().lostLines], [2, 2]);
    await mkdir(join(directory, 'later'));
    await file.close();
    assert.equal(await readFile(path, 'utf8'), 'one\ntwo\n');
  });

  it('keeps what fits while the disk is full, counts the rest, and complains once a minute', {
    skip: !existsSync('/dev/full'),
  }, async () => {
    const { path, file, clock, complaints } = setUp('a', 12);
    await symlink('/dev/full', path);
    file.write('one\n');
    await failed(file);
    assert.match(file.state().failure ?? '', /a: cannot be written \(ENOSPC/);
    for (const line of ['two\n', 'six\n', 'ten\n']) file.write(line);
    await clock.advance(59_999);
    assert.equal(file.state().lostLines, 1);
    assert.equal(complaints.length, 1);
    await clock.advance(1);
    // The attempt that the lines above began must be over: only a new one complains again.
    await setTimeout(50);
    file.write('odd\n');
    for (let tries = 0; complaints.length < 2 && tries < 100; tries += 1) await setTimeout(10);
    assert.match(complaints[1] ?? '', /2 lines lost so far; free the disk or correct the path$/);
    await unlink(path);
    await file.close();
    assert.equal(await readFile(path, 'utf8'), 'one\ntwo\nsix\n');
  });
});
