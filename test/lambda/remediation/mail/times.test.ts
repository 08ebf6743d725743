import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, timesIn } from '../../../../lambda/remediation/mail/times';
import { start } from '../fixtures';

test('times are in the zone of the people on call, with UTC once', () => {
  assert.equal(timesIn('Asia/Kolkata').full(start), '07:30 Kolkata (02:00 UTC), Sat 21 Nov');
  assert.equal(timesIn('UTC').full(start), '02:00 UTC, Sat 21 Nov');
  assert.equal(timesIn('America/New_York').full(start), '21:00 New York (02:00 UTC), Fri 20 Nov');
});

test('durations are words', () => {
  assert.deepEqual(
    [0, 999, 1000, 89_000, 90_000, 210_000, 300_000, 599_700, 640_000, 5_400_000, 7_500_000, -5].map(
      duration,
    ),
    [
      'under 1 s',
      'under 1 s',
      '1 s',
      '89 s',
      '1 min 30 s',
      '3 min 30 s',
      '5 min',
      '10 min',
      '11 min',
      '1 h 30 min',
      '2 h 5 min',
      'under 1 s',
    ],
  );
});
