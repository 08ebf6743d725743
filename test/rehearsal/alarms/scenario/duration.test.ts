/** Times as people write them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../../../rehearsal/alarms/scenario/duration';

describe('a duration', () => {
  it('is read with units from large to small', () => {
    assert.equal(parseDuration('90s'), 90_000);
    assert.equal(parseDuration('1m30s'), 90_000);
    assert.equal(parseDuration('1d2h3m4s5ms'), 93_784_005);
    assert.equal(parseDuration('250ms'), 250);
    assert.equal(parseDuration('0s'), 0);
  });

  it('is nothing else', () => {
    for (const text of ['', '90', 's', '5 m', '30s1m', '1m1m', '-5m', '1.5h', '5min'])
      assert.equal(parseDuration(text), undefined, text);
  });

  it('is written as it would be read', () => {
    assert.equal(formatDuration(90_000), '1m30s');
    assert.equal(formatDuration(0), '0s');
    assert.equal(formatDuration(-60_000), '-1m');
    fc.assert(
      fc.property(fc.nat(10_000_000_000), (durationMs) => {
        assert.equal(parseDuration(formatDuration(durationMs)), durationMs);
      }),
    );
  });
});
