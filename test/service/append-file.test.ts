/** Lines survive rotation, crashes and full disks; callers notice none of it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
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

  it('keeps lines for a directory that comes later', async () => {
    const { path, file } = setUp('later/a');
    file.write('one\n');
    await failed(file);
    await mkdir(join(directory, 'later'));
    file.write('two\n');
    await file.close();
    assert.equal(await readFile(path, 'utf8'), 'one\ntwo\n');
    assert.deepEqual(file.state(), { failure: undefined, lostLines: 0 });
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
