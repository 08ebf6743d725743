/** Lines as bytes: that what was written of them in part goes on with a whole line. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LineBuffer } from '../../service/line-buffer';

function bufferOf(...groups: readonly (readonly string[])[]): LineBuffer {
  const buffer = new LineBuffer();
  for (const lines of groups) {
    const text = lines.map((line) => `${line}\n`).join('');
    buffer.add(text, Buffer.byteLength(text), lines.length);
  }
  return buffer;
}

describe('a buffer of lines', () => {
  it('finds the last whole line in so many bytes, wherever groups of lines end', () => {
    const buffer = bufferOf(['one', 'grün'], ['3']);
    const wanted = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 3];
    assert.equal(buffer.size, wanted.length - 1);
    assert.deepEqual(
      wanted.map((_, limit) => buffer.wholeLinesIn(limit).lines),
      wanted,
    );
    assert.deepEqual(buffer.wholeLinesIn(11), { lines: 2, bytes: 10 });
  });

  it('takes over what another has behind a place, and is empty once it is cleared', () => {
    const all = new LineBuffer();
    const first = bufferOf(['one', 'two'], ['six']);
    all.addFrom(first, first.wholeLinesIn(5));
    all.addFrom(bufferOf(['ten']), { lines: 0, bytes: 0 });
    assert.deepEqual([all.content.toString(), all.lines], ['two\nsix\nten\n', 3]);
    all.clear();
    assert.deepEqual([all.content.length, all.lines, all.size], [0, 0, 0]);
  });

  it('outgrows its first memory, in one go or in many', () => {
    const line = 'x'.repeat(999);
    const once = bufferOf(Array(100).fill(line));
    const often = bufferOf(...Array(100).fill([line]));
    assert.deepEqual([once.size, once.lines], [100_000, 100]);
    assert.ok(once.content.equals(often.content));
  });
});
