/** Lines of the log: whole JSON within bounds, and of an error only what is ours. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boundedLine, loggedError, maxLineLength } from '../../service/log-line';

const line = (value: object): string => `${JSON.stringify(value)}\n`;
const parsed = (text: string) => {
  assert.ok(text.endsWith('\n') && text.indexOf('\n') === text.length - 1, 'one line');
  assert.ok(text.length <= maxLineLength, `${text.length}`);
  return JSON.parse(text);
};

describe('a log line', () => {
  it('stays as it is while it fits', () => {
    const short = line({ level: 'info', msg: 'x'.repeat(10_000) });
    assert.equal(boundedLine(short), short);
  });

  it('keeps the beginning of a text that is too long, and says how much is gone', () => {
    const { err, requestId, shortened } = parsed(
      boundedLine(line({ requestId: '1-a', err: { message: 'bad', stack: 'é\n'.repeat(50_000) } })),
    );
    assert.equal(requestId, '1-a');
    assert.equal(err.message, 'bad');
    assert.match(err.stack, /^é\n.*\(and 98976 characters more\)$/s);
    assert.equal(shortened, true);
  });

  it('falls back to what identifies it when shortening is not enough', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`k${index}`, Array(20).fill('y'.repeat(1000))]),
    );
    const { level, requestId, msg, err, ...rest } = parsed(
      boundedLine(line({ level: 'error', requestId: '1-a', wide, msg: 'no', err: { message: 'bad' } })),
    );
    assert.deepEqual(
      [level, requestId, msg, err, rest],
      ['error', '1-a', 'no', { message: 'bad' }, { shortened: true }],
    );
  });

  it('is whole and bounded whatever it holds', () => {
    const huge = fc.string({ unit: 'binary', minLength: 0, maxLength: 400 }).map((text) => text.repeat(200));
    const value = fc.dictionary(
      fc.string(),
      fc.oneof(huge, fc.array(huge, { maxLength: 30 }), fc.jsonValue()),
    );
    fc.assert(
      fc.property(value, (members) => {
        parsed(boundedLine(line({ ...members, msg: 'm' })));
      }),
      { numRuns: 60 },
    );
  });
});

describe('an error in the log', () => {
  it('has kind, words, code, stack and causes', () => {
    const cause = Object.assign(new TypeError('inner'), { code: 'E_INNER' });
    const written = JSON.parse(JSON.stringify(loggedError(new RangeError('outer', { cause }))));
    assert.deepEqual(
      [written.type, written.message, written.cause.type, written.cause.code],
      ['RangeError', 'outer', 'TypeError', 'E_INNER'],
    );
    assert.match(written.stack, /^RangeError: outer\n {4}at /);
  });

  it('has nothing that a library hung on it', () => {
    const error = Object.assign(new Error('no'), { body: { amount_eur: 8765 }, request: { headers: 8765 } });
    assert.doesNotMatch(JSON.stringify(loggedError(error)), /8765|body|headers/);
    assert.doesNotMatch(JSON.stringify(loggedError({ amount_eur: 8765 })), /8765/);
    assert.equal(loggedError('text'), 'text');
  });

  it('ends even when it is its own cause', () => {
    const error = new Error('round');
    error.cause = error;
    assert.ok(JSON.stringify(loggedError(error)).length < 50_000);
  });
});
