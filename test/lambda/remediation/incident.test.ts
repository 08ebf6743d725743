import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandOutcome } from '../../../lambda/remediation/record';
import {
  acting,
  allWell,
  deadline,
  failure,
  minutes,
  noData,
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

test('a page alarm with a remedy opens an incident and asks for one command, but no mail before it is sent', () => {
  const play = new Play().at(start + 500, told('errorRateHigh', 'ALARM', start));
  assert.deepEqual(play.story, ['none>opened', 'opened>acting']);
  assert.equal(play.count('send-command'), 1);
  assert.equal(play.count('publish'), 0);
  assert.equal(play.record.open.page?.id, 'INC-0001');
  assert.equal(play.record.open.page?.entries.filter((entry) => entry.kind === 'guard').length, 8);
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

const at = (second: number): number => start + seconds(second);
/** The command of these stories ends ten seconds after `start`. The alarm is OK, its newest point ends then. */
const quietSince = (afterMs: number | null) =>
  seenWith(
    { errorRateHigh: ['OK', at(30)] },
    { errorRateHigh: reading(null, 5, afterMs === null ? null : start + afterMs) },
  );

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
  [
    'OK with a point that ends after the command: fixed',
    quietSince(10_001),
    at(40),
    ['verifying>closed'],
    /^FIXED/,
  ],
  ['OK, newest point ends with the command: wait', quietSince(10_000), at(40), [], null],
  ['OK without any point: wait', quietSince(null), deadline - 1, [], null],
  [
    'OK, but no point since the command, at the deadline: cannot tell',
    quietSince(10_000),
    deadline,
    ['verifying>escalated'],
    /^NEEDS YOU: cannot tell if error rate is fixed, no data/,
  ],
  [
    'OK, but no point at all, at the deadline: cannot tell',
    quietSince(null),
    deadline,
    ['verifying>escalated'],
    /^NEEDS YOU: cannot tell if error rate is fixed, no data/,
  ],
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

test('an alarm that needs no samples and is well when the command ends closes at once', () => {
  const play = acting({}, 'serviceDown').at(start + seconds(10), {
    kind: 'command-ended',
    commandId: 'c-1',
    outcome: success,
    seen: seenWith({ serviceDown: ['OK', start + seconds(9)] }),
  });
  assert.deepEqual(play.story.slice(2), ['acting>verifying', 'verifying>closed']);
});

test('an alarm that needs samples and is well when the command ends waits for the first data after it', () => {
  const well = allWell(at(9));
  const play = acting().at(at(10), { kind: 'command-ended', commandId: 'c-1', outcome: success, seen: well });
  assert.equal(play.record.open.page?.status.state, 'verifying');
  play.at(at(60), recheck(quietSince(20_000)));
  assert.equal(play.record.open.page, null);
  assert.match(play.subjects.at(-1) ?? '', /^FIXED: error rate alarm is OK after restart - /);
});

test('silence after the restart is told as silence, and only data turns it into an end', () => {
  const play = verifying().at(deadline, recheck(quietSince(null)));
  const { email = '' } = play.record.outbox.at(-1) ?? {};
  assert.match(email, /^Error rate: the state of the alarm is unknown\.$/m);
  assert.match(email, /^errorRateHigh OK without data since the command$/m);
  play.at(deadline + minutes(1), recheck(quietSince(null)));
  assert.equal(play.record.open.page?.status.state, 'escalated');
  play.at(deadline + minutes(2), recheck(allWell(deadline)));
  assert.equal(play.record.open.page, null);
});

test('an alarm that recovers before anything was done needs no data to close', () => {
  const play = new Play({ mode: 'dry-run' }).at(start + 500, told('errorRateHigh', 'ALARM', start));
  play.at(at(60), recheck(quietSince(null)));
  assert.equal(play.record.open.page, null);
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

test('a mail that was promised is sent even in a storm; one that was not is held and named later', () => {
  const at = start + seconds(50);
  const storm = Array.from({ length: 6 }, (_, index) => start + index);
  const promised = verifying();
  promised.record = { ...promised.record, mailTimes: storm };
  assert.match(promised.at(at, recheck(allWell(at))).subjects.at(-1) ?? '', /^FIXED/);
  const open = verifying().record.open.page;
  assert.ok(open);
  const unasked = verifying();
  unasked.record = {
    ...unasked.record,
    mailTimes: storm,
    open: { page: { ...open, promised: false }, ticket: null },
  };
  unasked.at(at, recheck(allWell(at)));
  assert.doesNotMatch(unasked.subjects.at(-1) ?? '', /^FIXED/);
  assert.match(unasked.record.held[0] ?? '', /^FIXED/);
});

test('a question that follows a promised mail goes out however often it was put', () => {
  const play = verifying({ maxAttemptsPerIncident: 1 });
  const matter = 'errorRateHigh: escalated refused attemptCap';
  const asked = [start, start + 1].map((at) => ({ at, matter }));
  play.record = { ...play.record, asked };
  play.at(deadline, recheck(stillOn));
  assert.match(play.subjects.at(-1) ?? '', /^NEEDS YOU: error rate still 62 % after restart/);
  assert.equal(play.record.asked.filter((one) => one.matter === matter).length, 3);
});
