import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmState } from '../../../lambda/remediation/record';
import {
  acting,
  allWell,
  catalog,
  deadline,
  minutes,
  Play,
  recheck,
  seconds,
  seenWith,
  start,
  stillOn,
  success,
  told,
  verifying,
} from './fixtures';

test('a command that was not accepted asks a person at once', () => {
  const play = new Play().at(start + 500, told('errorRateHigh', 'ALARM', start));
  play.at(start + 900, {
    kind: 'command-refused',
    action: 'INC-0001/1',
    error: 'InvalidDocument: gone',
    seen: stillOn,
  });
  assert.deepEqual(play.subjects, [
    'NEEDS YOU: error rate 62 %, restart was not possible - inference prod [INC-0001]',
  ]);
});

test('a second attempt that was not accepted does not hide the first one', () => {
  const play = verifying().at(deadline, recheck(stillOn));
  play.at(deadline + 500, {
    kind: 'command-refused',
    action: 'INC-0001/2',
    error: 'InvalidDocument: gone',
    seen: stillOn,
  });
  const { email = '' } = play.record.outbox.at(-1) ?? {};
  assert.match(email, /^The restart was not accepted\. What was tried did not help\.$/m);
  assert.match(email, /^03:00 Restart the service: Success in 9 s, exit 0\.$/m);
  assert.doesNotMatch(email, /Nothing was done/);
});

test('a first attempt that was not accepted says that nothing was done', () => {
  const play = new Play().at(start + 500, told('errorRateHigh', 'ALARM', start));
  play.at(start + 900, { kind: 'command-refused', action: 'INC-0001/1', error: 'gone', seen: stillOn });
  assert.match(play.record.outbox[0]?.email ?? '', /^The restart was not accepted\. Nothing was done\.$/m);
});

const unsent: [string, number, string][] = [
  ['within a minute another invocation may still be sending', 60_000, 'acting'],
  ['after a minute nobody can tell', 60_001, 'escalated'],
];
for (const [name, afterMs, state] of unsent) {
  test(`an intent without a command: ${name}`, () => {
    const play = new Play()
      .at(start, told('errorRateHigh', 'ALARM', start - 1))
      .at(start + afterMs, recheck(stillOn));
    assert.equal(play.record.open.page?.status.state, state);
    assert.equal(play.count('send-command'), 1);
    if (state === 'escalated')
      assert.match(play.subjects[0] ?? '', /^NEEDS YOU: cannot tell whether the restart ran - /);
  });
}

test('an intent without a command closes honestly when the alarm is well', () => {
  const play = new Play().at(start, told('errorRateHigh', 'ALARM', start - 1));
  play.at(start + minutes(2), recheck(allWell(start + seconds(70))));
  assert.equal(play.record.open.page, null);
  assert.match(play.subjects[0] ?? '', /^FIXED: error rate 0.1 %, unknown if restart ran - /);
});

test('a command id learned after handing over is kept as evidence and its end is taken in', () => {
  const play = new Play()
    .at(start, told('errorRateHigh', 'ALARM', start - 1))
    .at(start + minutes(2), recheck(stillOn));
  play.at(start + minutes(2) + 1, {
    kind: 'command-sent',
    action: 'INC-0001/1',
    commandId: 'c-1',
    seen: stillOn,
  });
  play.at(start + minutes(3), { kind: 'command-ended', commandId: 'c-1', outcome: success, seen: stillOn });
  assert.equal(play.record.open.page?.status.state, 'escalated');
  assert.equal(play.record.open.page?.actions[0]?.phase.kind, 'ended');
  assert.equal(play.record.actions[0]?.ended, true);
});

const silent: [string, number, ReturnType<typeof seenWith>, number][] = [
  ['before its limit', start + seconds(180), stillOn, 0],
  ['at its limit', start + seconds(181), stillOn, 1],
  ['early, when the alarm is well again', start + seconds(31), allWell(start + seconds(25)), 1],
];
for (const [name, now, seen, asked] of silent) {
  test(`a command whose end is not told, ${name}: asked ${asked} times`, () => {
    const play = acting().at(now, recheck(seen));
    assert.equal(play.count('ask-command'), asked);
  });
}

test('the asked end counts like a told one; no answer at the limit hands over', () => {
  const now = start + seconds(181);
  const answered = acting().at(now, {
    kind: 'command-asked',
    commandId: 'c-1',
    outcome: { ...success, endedAt: start + seconds(9) },
    seen: stillOn,
  });
  assert.deepEqual(answered.record.open.page?.status, { state: 'verifying', deadline: start + seconds(309) });
  const silence = acting().at(now, { kind: 'command-asked', commandId: 'c-1', outcome: null, seen: stillOn });
  assert.match(silence.subjects.at(-1) ?? '', /^NEEDS YOU: cannot tell how the restart ended - /);
  const early = acting().at(now - seconds(60), {
    kind: 'command-asked',
    commandId: 'c-1',
    outcome: null,
    seen: stillOn,
  });
  assert.equal(early.record.open.page?.status.state, 'acting');
});

test('a lost message is made up for by the re-check, after its grace and only once', () => {
  const play = new Play().at(start + seconds(29), recheck(stillOn));
  assert.deepEqual(play.story, []);
  play.at(start + seconds(30), recheck(stillOn));
  assert.equal(play.record.open.page?.alarms.at(0)?.foundBy, 're-check');
  play.at(start + seconds(40), told('errorRateHigh', 'ALARM', start, stillOn));
  assert.deepEqual(play.story, ['none>opened', 'opened>acting']);
});

const others: AlarmState[] = ['OK', 'INSUFFICIENT_DATA'];
for (const state of others) {
  test(`an alarm that goes to ${state} opens nothing`, () => {
    assert.deepEqual(new Play().at(start, told('errorRateHigh', state, start)).story, []);
  });
}

test('an alarm that was deleted does not hold an incident for ever', () => {
  const play = new Play().at(start, told('memoryHigh', 'ALARM', start - 1));
  play.at(start + minutes(5), recheck({ symptoms: { kind: 'seen', alarms: {} }, readings: {} }));
  assert.equal(play.record.open.page, null);
  assert.match(play.subjects.at(-1) ?? '', /^FIXED: alarm removed, nothing left to watch - /);
});

test('an unknown end of an earlier command locks every later action until it cannot live any more', () => {
  const play = new Play({ cooldownMinutes: 0 }).at(start, told('errorRateHigh', 'ALARM', start - 1));
  play.at(start + minutes(2), recheck(allWell(start + seconds(70))));
  const again = start + minutes(3);
  play.at(again, told('errorRateHigh', 'ALARM', again));
  assert.equal(play.count('send-command'), 1);
  assert.match(play.subjects.at(-1) ?? '', /automation refused \(lock\)/);
});

test('a ticket whose alarm has a remedy waits for the lock like everything else', () => {
  const custom = {
    ...catalog,
    alarms: {
      ...catalog.alarms,
      diskFull: { ...catalog.alarms.diskFull, remedy: 'restartService' as const },
    },
  };
  const play = new Play({ cooldownMinutes: 0 }, acting().record, custom);
  const seen = seenWith({ errorRateHigh: ['ALARM', start], diskFull: ['ALARM', start + seconds(4)] });
  play.at(start + seconds(5), told('diskFull', 'ALARM', start + seconds(4), seen));
  assert.equal(play.count('send-command'), 0);
  assert.match(play.subjects.at(-1) ?? '', /automation refused \(lock\)/);
});

test('numbers of incidents go on counting', () => {
  const play = new Play();
  for (let index = 0; index < 3; index += 1) {
    const at = start + minutes(index * 10);
    play
      .at(at, told('confidenceLow', 'ALARM', at - 1))
      .at(at + minutes(1), told('confidenceLow', 'OK', at + minutes(1)));
  }
  assert.deepEqual(
    play.record.toArchive.map((incident) => incident.id),
    ['INC-0001', 'INC-0002', 'INC-0003'],
  );
});
