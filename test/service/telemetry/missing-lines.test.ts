/** Lines that are missing from their files are told once there is a line to tell them in, and then no more. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AppendFileState } from '../../../service/append-file';
import { missingLinesOf } from '../../../service/telemetry/assemble';

const well: AppendFileState = {
  failure: undefined,
  failures: 0,
  lostLines: 0,
  waitingLines: 0,
  waitingBytes: 0,
};

describe('missing lines', () => {
  let metrics = well;
  let log = well;
  const missing = missingLinesOf(
    () => metrics,
    () => [log],
  );

  it('are those that wait for a broken file, each time, and not those that wait for their turn', () => {
    metrics = { ...well, waitingLines: 2 };
    assert.equal(missing(), 0);
    metrics = { ...well, waitingLines: 2, failure: 'full' };
    assert.deepEqual([missing(), missing()], [2, 2]);
  });

  it('of the log are told once', () => {
    metrics = well;
    log = { ...well, lostLines: 5 };
    assert.deepEqual([missing(), missing()], [5, 0]);
  });

  it('of the metrics are told again until a line that tells of them was not lost too', () => {
    metrics = { ...well, lostLines: 1, failure: 'full' };
    assert.equal(missing(), 1);
    // What told of the first is lost itself.
    metrics = { ...well, lostLines: 2, failure: 'full' };
    assert.equal(missing(), 2);
    metrics = { ...well, lostLines: 3 };
    assert.equal(missing(), 3, 'the disk is free: this line comes through');
    assert.equal(missing(), 0);
  });
});
