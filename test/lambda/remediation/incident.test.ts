import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmState, CommandOutcome } from '../../../lambda/remediation/record';
import { alarms } from '../../../lib/catalog/alarms';
import {
  acting,
  catalog,
  failure,
  minutes,
  Play,
  reading,
  recheck,
  seconds,
  seenWith,
  start,
  success,
  told,
  unseen,
  verifying,
} from './fixtures';

const stillOn = seenWith({ errorRateHigh: ['ALARM', start] }, { errorRateHigh: reading(62) });
const allWell = (at: number) => seenWith({ errorRateHigh: ['OK', at] }, { errorRateHigh: reading(0.1) });
const noData = seenWith({ errorRateHigh: ['INSUFFICIENT_DATA', start + seconds(60)] });
const deadline = start + seconds(310);

test('a page alarm with a remedy opens an incident and asks for one command, but no mail before it is sent', () => {
  const play = new Play().at(start + 500, told('errorRateHigh', 'ALARM', start));
  assert.deepEqual(play.story, ['none>opened', 'opened>acting']);
  assert.equal(play.count('send-command'), 1);
  assert.equal(play.count('publish'), 0);
  assert.equal(play.record.open.page?.id, 'INC-0001');
  assert.equal(play.record.open.page?.entries.filter((entry) => entry.kind === 'guard').length, 6);
});

test('the mail FIXING is written when the command is on its way', () => {
  const play = acting();
  assert.deepEqual(play.subjects, ['FIXING: error rate 62 %, limit 5 % - inference prod [INC-0001]']);
});

test('a command that ends well proves nothing: the alarm decides', () => {
  const play = verifying();
  assert.deepEqual(play.story.slice(2), ['acting>verifying']);
  assert.deepEqual(play.record.open.page?.status, { state: 'verifying', deadline });
});

test('the alarm that clears closes the incident, with a mail and an archive', () => {
  const at = start + seconds(50);
  const play = verifying().at(at + 500, told('errorRateHigh', 'OK', at));
  assert.deepEqual(play.story.slice(2), ['acting>verifying', 'verifying>closed']);
  assert.equal(play.record.open.page, null);
  assert.match(play.subjects[1] ?? '', /^FIXED: error rate 0.1 % after restart - /);
  assert.equal(play.record.toArchive[0]?.id, 'INC-0001');
  assert.equal(play.at(at + 600, { kind: 'archived', incident: 'INC-0001' }).record.toArchive.length, 0);
});

test('an OK message is not believed while CloudWatch itself still shows ALARM', () => {
  const at = start + seconds(50);
  const play = verifying().at(at, told('errorRateHigh', 'OK', at, stillOn));
  assert.equal(play.record.open.page?.status.state, 'verifying');
  play.at(at + seconds(10), recheck(allWell(at)));
  assert.equal(play.record.open.page, null);
});

test('a snapshot older than the ALARM message closes nothing', () => {
  const play = verifying();
  play.at(start + seconds(20), recheck(seenWith({})));
  assert.equal(play.record.open.page?.status.state, 'verifying');
});

type Row = [string, ReturnType<typeof seenWith>, number, string[], RegExp | null];
const judged: Row[] = [
  ['ALARM before the deadline: wait', stillOn, deadline - 1, [], null],
  ['no data before the deadline: wait', noData, deadline - 1, [], null],
  ['ALARM at the deadline: next attempt', stillOn, deadline, ['verifying>acting'], null],
  [
    'no data at the deadline: cannot tell',
    noData,
    deadline,
    ['verifying>escalated'],
    /^NEEDS YOU: cannot tell if error rate is fixed, no data/,
  ],
  [
    'CloudWatch unreachable at the deadline: cannot tell',
    unseen,
    deadline,
    ['verifying>escalated'],
    /^NEEDS YOU: cannot tell/,
  ],
  ['OK late: still fixed', allWell(deadline + 5), deadline + minutes(5), ['verifying>closed'], /^FIXED/],
];
for (const [name, seen, now, story, subject] of judged) {
  test(`verifying, ${name}`, () => {
    const play = verifying();
    const before = play.story.length;
    play.at(now, recheck(seen));
    assert.deepEqual(play.story.slice(before), story);
    if (subject) assert.match(play.subjects.at(-1) ?? '', subject);
  });
}

test('after the last attempt a person is asked, and nothing is sent any more', () => {
  const play = verifying({ maxAttemptsPerIncident: 2 }).at(deadline, recheck(stillOn));
  play.at(deadline + 100, { kind: 'command-sent', action: 'INC-0001/2', commandId: 'c-2', seen: stillOn });
  assert.match(play.subjects.at(-1) ?? '', /^FIXING/);
  const ended = deadline + seconds(20);
  play.at(ended, { kind: 'command-ended', commandId: 'c-2', outcome: failure, seen: stillOn });
  play.at(ended + seconds(300), recheck(stillOn));
  assert.equal(play.count('send-command'), 2);
  assert.equal(play.record.open.page?.status.state, 'escalated');
  assert.match(play.subjects.at(-1) ?? '', /^NEEDS YOU: error rate still 62 % after 2 restarts - /);
  for (let minute = 1; minute < 60; minute += 1)
    play.at(ended + seconds(300) + minutes(minute), recheck(stillOn));
  assert.equal(play.count('send-command'), 2);
  assert.equal(play.subjects.length, 3);
});

const outcomes: [CommandOutcome, RegExp][] = [
  [success, /after restart - /],
  [failure, /though restart failed - /],
  [{ ...failure, status: 'TimedOut', exitCode: null }, /though restart failed - /],
  [{ ...failure, status: 'NoHost', exitCode: null }, /though restart failed - /],
];
for (const [outcome, subject] of outcomes) {
  test(`a command that ended ${outcome.status} is told honestly when the alarm clears all the same`, () => {
    const at = start + seconds(60);
    const play = verifying({}, outcome).at(at, recheck(allWell(at)));
    assert.match(play.subjects.at(-1) ?? '', subject);
    assert.equal(play.record.open.page, null);
  });
}

test('an alarm that is already well when the command ends closes at once', () => {
  const at = start + seconds(9);
  const play = acting().at(start + seconds(10), {
    kind: 'command-ended',
    commandId: 'c-1',
    outcome: success,
    seen: allWell(at),
  });
  assert.deepEqual(play.story.slice(2), ['acting>verifying', 'verifying>closed']);
});

test('duplicate and reordered messages change nothing', () => {
  const play = verifying();
  const before = play.record;
  for (const event of [
    told('errorRateHigh', 'ALARM', start, stillOn),
    told('errorRateHigh', 'OK', start - seconds(90), stillOn),
    told('errorRateHigh', 'ALARM', start - seconds(60), stillOn),
  ]) {
    play.at(start + seconds(30), event);
    assert.equal(play.record, before);
    assert.deepEqual(
      play.last.map((effect) => effect.kind),
      ['ignored'],
    );
  }
});

test('an unknown command and a second end of a known one change nothing', () => {
  const play = verifying();
  const before = play.record;
  play.at(start + seconds(30), {
    kind: 'command-ended',
    commandId: 'somebody else',
    outcome: success,
    seen: stillOn,
  });
  play.at(start + seconds(30), { kind: 'command-ended', commandId: 'c-1', outcome: failure, seen: stillOn });
  assert.equal(play.record, before);
});

test('a message that CloudWatch has moved on from opens nothing', () => {
  const seen = seenWith({ errorRateHigh: ['OK', start + seconds(40)] });
  const play = new Play().at(start + seconds(60), told('errorRateHigh', 'ALARM', start, seen));
  assert.equal(play.record.open.page, null);
  assert.deepEqual(
    play.last.map((effect) => effect.kind),
    ['ignored'],
  );
});

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
  const none = seenWith({
    errorRateHigh: ['OK', start + seconds(40)],
    latencyP95High: ['OK', start + seconds(50)],
  });
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

for (const key of ['memoryHigh', 'hostStatusCheckFailed', 'confidenceLow', 'diskFull'] as const) {
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
  const play = new Play().at(start, told('diskFull', 'ALARM', start - 1));
  const seen = seenWith({ diskFull: ['ALARM', start - 1], errorRateHigh: ['ALARM', start + seconds(60)] });
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
