import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarms } from '../../../lib/catalog/alarms';
import {
  acting,
  allWell,
  deadline,
  minutes,
  Play,
  reading,
  recheck,
  seconds,
  seenWith,
  start,
  stillOn,
  success,
  told,
  unseen,
  verifying,
} from './fixtures';

test('a second alarm joins the open incident: one action, and it closes only when both are well', () => {
  const play = acting();
  const both = seenWith({ errorRateHigh: ['ALARM', start], latencyP95High: ['ALARM', start + seconds(5)] });
  play.at(start + seconds(5), told('latencyP95High', 'ALARM', start + seconds(5), both));
  assert.equal(play.count('send-command'), 1);
  assert.equal(play.subjects.length, 1);
  play.at(start + seconds(10), { kind: 'command-ended', commandId: 'c-1', outcome: success, seen: both });
  const half = seenWith({
    errorRateHigh: ['OK', start + seconds(40)],
    latencyP95High: ['ALARM', start + seconds(5)],
  });
  play.at(start + seconds(40), told('errorRateHigh', 'OK', start + seconds(40), half));
  assert.equal(play.record.open.page?.status.state, 'verifying');
  const good = reading(0.1, 5, start + seconds(40));
  const none = seenWith(
    { errorRateHigh: ['OK', start + seconds(40)], latencyP95High: ['OK', start + seconds(50)] },
    { errorRateHigh: good, latencyP95High: good },
  );
  play.at(start + seconds(50), told('latencyP95High', 'OK', start + seconds(50), none));
  assert.equal(play.record.open.page, null);
});

test('an alarm without a remedy that joins a running repair asks a person at once', () => {
  const seen = seenWith(
    { errorRateHigh: ['ALARM', start], memoryHigh: ['ALARM', start + seconds(5)] },
    { memoryHigh: reading(93, 90) },
  );
  const play = acting().at(start + seconds(5), told('memoryHigh', 'ALARM', start + seconds(5), seen));
  assert.match(play.subjects.at(-1) ?? '', /^NEEDS YOU: also memory in use 93 %, limit 90 % - /);
  assert.equal(play.record.open.page?.status.state, 'acting');
});

test('what has a remedy recovers, what has none stays: handed over, not restarted again', () => {
  const play = verifying();
  const on = seenWith({ errorRateHigh: ['ALARM', start], memoryHigh: ['ALARM', start + seconds(5)] });
  play.at(start + seconds(20), told('memoryHigh', 'ALARM', start + seconds(5), on));
  const rest = seenWith({
    errorRateHigh: ['OK', start + seconds(60)],
    memoryHigh: ['ALARM', start + seconds(5)],
  });
  play.at(deadline, recheck(rest));
  assert.equal(play.record.open.page?.status.state, 'escalated');
  assert.equal(play.count('send-command'), 1);
});

for (const key of ['memoryHigh', 'hostStatusCheckFailed', 'confidenceLow'] as const) {
  test(`${key} has no remedy: a person is asked at once, and told when it is over`, () => {
    const play = new Play().at(start + 500, told(key, 'ALARM', start));
    const { severity } = alarms[key];
    assert.deepEqual(play.story, ['none>opened', 'opened>escalated']);
    assert.equal(play.count('send-command'), 0);
    assert.equal(play.record.outbox[0]?.topic, severity);
    assert.equal(play.record.outbox[0]?.attributes.urgency, severity === 'page' ? 'page' : 'note');
    play.at(start + minutes(9), told(key, 'OK', start + minutes(9)));
    assert.deepEqual(play.story.slice(2), ['escalated>closed']);
    assert.match(play.subjects[1] ?? '', /^FIXED: .*by itself or by you/);
  });
}

test('an open ticket keeps no page from being repaired', () => {
  const play = new Play().at(start, told('confidenceLow', 'ALARM', start - 1));
  const seen = seenWith({
    confidenceLow: ['ALARM', start - 1],
    errorRateHigh: ['ALARM', start + seconds(60)],
  });
  play.at(start + seconds(61), told('errorRateHigh', 'ALARM', start + seconds(60), seen));
  assert.equal(play.count('send-command'), 1);
  assert.deepEqual([play.record.open.ticket?.id, play.record.open.page?.id], ['INC-0001', 'INC-0002']);
});

test('a person asked only for lack of a remedy does not stop the repair of what joins', () => {
  const play = new Play().at(start, told('memoryHigh', 'ALARM', start - 1));
  const seen = seenWith({ memoryHigh: ['ALARM', start - 1], serviceDown: ['ALARM', start + seconds(60)] });
  play.at(start + seconds(61), told('serviceDown', 'ALARM', start + seconds(60), seen));
  assert.deepEqual(play.story.slice(2), ['escalated>acting']);
  assert.equal(play.subjects.length, 1);
});

test('an alarm that joins after handing over is mailed once and starts nothing', () => {
  const play = verifying({ maxAttemptsPerIncident: 1 }).at(deadline, recheck(stillOn));
  const seen = seenWith({ errorRateHigh: ['ALARM', start], serviceDown: ['ALARM', deadline + seconds(5)] });
  play.at(deadline + seconds(6), told('serviceDown', 'ALARM', deadline + seconds(5), seen));
  play.at(deadline + seconds(66), recheck(seen));
  assert.equal(play.count('send-command'), 1);
  assert.deepEqual(play.subjects.slice(2), [
    'NEEDS YOU: also service does not answer - inference prod [INC-0001]',
  ]);
});

test('a dry run says what it would do, does nothing, and still tells when it is over', () => {
  const play = new Play({ mode: 'dry-run' }).at(start + 500, told('errorRateHigh', 'ALARM', start));
  assert.equal(play.count('send-command'), 0);
  assert.match(play.subjects[0] ?? '', /^DRY RUN would restart: error rate 62 %, limit 5 % - /);
  assert.equal(play.record.outbox[0]?.attributes.urgency, 'page');
  play.at(start + minutes(4), told('errorRateHigh', 'OK', start + minutes(4)));
  assert.match(play.subjects[1] ?? '', /^FIXED/);
});

test('a refusal names its guard to a person', () => {
  const at = start + seconds(50);
  const play = verifying().at(at, recheck(allWell(at)));
  const again = start + minutes(5);
  play.at(again + 500, told('errorRateHigh', 'ALARM', again));
  assert.equal(play.record.open.page?.id, 'INC-0002');
  assert.equal(play.record.open.page?.status.state, 'escalated');
  assert.match(play.subjects.at(-1) ?? '', /^NEEDS YOU: error rate 62 %, automation refused \(cooldown\) - /);
});

test('with CloudWatch silent nothing is restarted, and a person hears why', () => {
  const play = new Play().at(start + 500, told('errorRateHigh', 'ALARM', start, unseen));
  assert.equal(play.count('send-command'), 0);
  assert.match(play.record.outbox[0]?.email ?? '', /symptom: CloudWatch could not be asked/);
});

test('an unreadable policy asks a person instead of acting', () => {
  const play = new Play('policy is not JSON, got null').at(
    start + 500,
    told('errorRateHigh', 'ALARM', start),
  );
  assert.equal(play.count('send-command'), 0);
  assert.match(play.subjects[0] ?? '', /automation refused/);
});
