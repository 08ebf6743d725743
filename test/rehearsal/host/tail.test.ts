/** Following a file: what is shipped is what was written, in order, whatever happens to the file. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { tailFile } from '../../../rehearsal/host/tail';
import { manualClock } from '../manual-clock';

/** A little more than the time between two looks. */
const look = 250;
const open: Followed[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.dispose();
});

interface Followed {
  readonly file: string;
  readonly shipped: string[];
  readonly batches: number[];
  readonly clock: ReturnType<typeof manualClock>;
  rotate(): void;
  stop(): void;
  dispose(): void;
}

function follow(flushMs = 0): Followed {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-tail-'));
  const file = join(directory, 'service.log');
  const clock = manualClock();
  const start = clock.now();
  const shipped: string[] = [];
  const batches: number[] = [];
  let rotations = 0;
  const stop = tailFile(file, { clock, flushMs }, (lines) => {
    shipped.push(...lines);
    batches.push(clock.now() - start);
  });
  const followed: Followed = {
    file,
    shipped,
    batches,
    clock,
    rotate: () => {
      rotations += 1;
      renameSync(file, `${file}.${rotations}`);
    },
    stop,
    dispose: () => {
      stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  open.push(followed);
  return followed;
}

describe('a followed file', () => {
  it('may come into being later, and is read from its beginning', () => {
    const { file, shipped, clock } = follow();
    clock.advance(look * 3);
    writeFileSync(file, 'one\ntwo\n');
    clock.advance(look);
    assert.deepEqual(shipped, ['one', 'two']);
  });

  it('is shipped by whole lines: half a line waits for its end', () => {
    const { file, shipped, clock } = follow();
    writeFileSync(file, 'one\ntw');
    clock.advance(look);
    assert.deepEqual(shipped, ['one']);
    appendFileSync(file, 'o\n\nthree\n');
    clock.advance(look);
    assert.deepEqual(shipped, ['one', 'two', 'three']);
  });

  it('loses nothing when it is renamed and another takes its place', () => {
    const { file, shipped, clock, rotate } = follow();
    writeFileSync(file, 'one\n');
    clock.advance(look);
    appendFileSync(file, 'two\nlast words');
    rotate();
    writeFileSync(file, 'three\n');
    clock.advance(look);
    assert.deepEqual(shipped, ['one', 'two', 'last words', 'three']);
  });

  it('loses nothing when it is renamed just before the end', () => {
    const { file, shipped, clock, rotate, stop } = follow();
    writeFileSync(file, 'one\n');
    clock.advance(look);
    appendFileSync(file, 'two\n');
    rotate();
    writeFileSync(file, 'three\n');
    stop();
    stop();
    assert.deepEqual(shipped, ['one', 'two', 'three']);
  });

  it('is read again from the beginning after it was truncated', () => {
    const { file, shipped, clock } = follow();
    writeFileSync(file, 'one long line\nand ha');
    clock.advance(look);
    truncateSync(file, 0);
    appendFileSync(file, 'new\n');
    clock.advance(look);
    assert.deepEqual(shipped, ['one long line', 'and ha', 'new']);
  });

  it('keeps characters whole that two writes have split', () => {
    const { file, shipped, clock } = follow();
    const bytes = Buffer.from('vigía 🔭 überwacht\n');
    for (const byte of bytes) {
      appendFileSync(file, Buffer.from([byte]));
      clock.advance(look);
    }
    assert.deepEqual(shipped, ['vigía 🔭 überwacht']);
  });

  it('may grow by more than one read at a time', () => {
    const { file, shipped, clock } = follow();
    const lines = Array.from({ length: 4000 }, (_, index) => `${index} ${'é'.repeat(20)}`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    clock.advance(look);
    assert.deepEqual(shipped, lines);
  });
});

describe('shipping', () => {
  it('happens at most once in a flush interval, and what came meanwhile goes together', () => {
    const { file, shipped, batches, clock } = follow(1000);
    for (let count = 1; count <= 12; count += 1) {
      appendFileSync(file, `${count}\n`);
      clock.advance(look);
    }
    assert.deepEqual(batches, [1000, 2000, 3000]);
    assert.equal(shipped.length, 12);
    clock.advance(10_000);
    assert.equal(batches.length, 3, 'nothing new is nothing to ship');
  });

  it('happens once more at the end, and then never again', () => {
    const { file, shipped, clock, stop } = follow(1000);
    writeFileSync(file, 'one\n');
    stop();
    assert.deepEqual(shipped, ['one']);
    appendFileSync(file, 'two\n');
    clock.advance(5000);
    assert.deepEqual(shipped, ['one']);
  });
});

type Step = { write: string } | { wait: number } | 'rotate';

describe('whatever is written and however it is rotated', () => {
  it('what is shipped is what was written, in order', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '🔭', '\n', ' ', '{'), maxLength: 30 });
    const step: fc.Arbitrary<Step> = fc.oneof(
      { weight: 5, arbitrary: text.map((write) => ({ write })) },
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }).map((looks) => ({ wait: looks * look })) },
      { weight: 1, arbitrary: fc.constant('rotate' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 2000 }), (steps, flushMs) => {
        const followed = follow(flushMs);
        let written = '';
        let isSeen = false;
        for (const each of steps) {
          if (each === 'rotate') {
            // A file that comes and goes between two looks is not seen by the real agent either.
            if (!isSeen) continue;
            followed.rotate();
            // A file is over where it was renamed, and so is its last line.
            written += '\n';
            writeFileSync(followed.file, '');
            isSeen = false;
          } else if ('wait' in each) {
            followed.clock.advance(each.wait);
            isSeen = written !== '';
          } else {
            appendFileSync(followed.file, each.write);
            written += each.write;
          }
        }
        followed.stop();
        const whole = written.slice(0, written.lastIndexOf('\n') + 1);
        assert.deepEqual(
          followed.shipped,
          whole.split('\n').filter((line) => line !== ''),
        );
        followed.dispose();
      }),
      { numRuns: 150 },
    );
  });
});
