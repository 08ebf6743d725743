import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minutes, reading, recheck, seenWith, start, verifying } from '../fixtures';

test('what is usual is what was usual when the alarm was raised, however long the trouble lasts', () => {
  const well = start + minutes(14);
  const late = { ...reading(0.2, 5, well), usual: 81.7 };
  const play = verifying().at(
    well,
    recheck(seenWith({ errorRateHigh: ['OK', well] }, { errorRateHigh: late })),
  );
  const mail = play.record.outbox.at(-1);
  assert.match(mail?.email ?? '', /^Error rate is back to 0\.2 %\. Limit 5 %, usual 0\.1 %\.$/m);
});
