/** Releases in the incident's life: whom a new one makes suspect, who waits while one is deployed, and which rung comes next. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncidentEvent } from '../../../lambda/remediation/events';
import { decodeRecord, emptyRecord, encodeRecord } from '../../../lambda/remediation/record';
import { documents } from '../../../lib/catalog/documents';
import {
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
} from './fixtures';
import { deployed, deployment, ended, quiet, release, remediesOf, sent } from './release-events';

test('trouble soon after a release is answered by rolling it back, and the mail says why', () => {
  const play = deployed(minutes(12))
    .at(start + 500, told('errorRateHigh', 'ALARM', start))
    .at(start + 900, sent(1));
  assert.deepEqual(remediesOf(play), ['rollbackRelease']);
  assert.match(play.record.outbox[0]?.email ?? '', /Vigia is rolling back the release now\./);
  assert.match(play.record.outbox[0]?.email ?? '', new RegExp(`Release ${release} came 12 min ago\\.`));
});

test('the mail that ends it says from what to what', () => {
  const output = `switched: ${release} -> ba9876543210\nresult: rolled back release ${release} to ba9876543210\ncurrent: x`;
  const play = deployed(minutes(12))
    .at(start + 500, told('errorRateHigh', 'ALARM', start))
    .at(start + 900, sent(1));
  play.at(...ended(1, start + seconds(9), { ...success, output }));
  play.at(
    start + seconds(40),
    told('errorRateHigh', 'OK', start + seconds(40), allWell(start + seconds(40))),
  );
  assert.equal(play.subjects[1], 'FIXED: error rate 0.1 % after rollback - inference prod [INC-0001]');
  assert.match(play.record.outbox[1]?.email ?? '', /The release that was left is marked bad\./);
  const mail = play.record.outbox[1]?.email.replaceAll('\n', ' ') ?? '';
  assert.match(mail, new RegExp(`Rolled back release ${release} to ba9876543210\\.`));
});

test('a release may be suspected for so long and not a millisecond more', () => {
  const sinceSwitch = (ms: number): string[] => {
    const play = deployed(ms - 500).at(start + 500, told('errorRateHigh', 'ALARM', start));
    return remediesOf(play);
  };
  assert.deepEqual(sinceSwitch(minutes(60) - 1), ['rollbackRelease']);
  assert.deepEqual(sinceSwitch(minutes(60)), ['restartService']);
  assert.deepEqual(
    remediesOf(
      deployed(minutes(1), { rollbackWithinMinutes: 0 }).at(
        start + 500,
        told('errorRateHigh', 'ALARM', start),
      ),
    ),
    ['restartService'],
  );
});

test('trouble that is older than the release is not its doing', () => {
  const play = new Play({ mode: 'dry-run' }).at(start + 500, told('errorRateHigh', 'ALARM', start));
  const fix = start + minutes(5);
  play
    .at(fix, deployment('InProgress', fix, stillOn))
    .at(fix + seconds(30), deployment('Success', fix + seconds(30), stillOn));
  const later = new Play({}, play.record);
  // The same incident, on a day on which Vigía may act.
  later.record = {
    ...later.record,
    open: {
      page: { ...(later.record.open.page ?? assert.fail()), status: { state: 'opened' } },
      ticket: null,
    },
  };
  later.at(fix + seconds(60), recheck(stillOn));
  assert.deepEqual(remediesOf(later), ['restartService']);
});

test('a rollback that does not help is followed by a restart, and that by a person', () => {
  const play = deployed(minutes(5))
    .at(start + 500, told('errorRateHigh', 'ALARM', start))
    .at(start + 900, sent(1));
  play
    .at(...ended(1, start + seconds(10)))
    .at(deadline, recheck(stillOn))
    .at(deadline + 900, sent(2));
  assert.deepEqual(remediesOf(play), ['rollbackRelease', 'restartService']);
  assert.match(play.record.outbox[1]?.email ?? '', /The rollback before did not help\. Vigia restarts now\./);
  play.at(...ended(2, deadline + seconds(10))).at(deadline + seconds(320), recheck(stillOn));
  assert.equal(play.record.open.page?.status.state, 'escalated');
  const mail = play.record.outbox.at(-1);
  assert.match(mail?.subject ?? '', /^NEEDS YOU: error rate still 62 % after rollback and restart /);
  assert.match(mail?.email ?? '', /Rollback and restart did not help\. Vigia has stopped\./);
});

test('a rollback that fails is not waited for: the restart follows at once', () => {
  const play = deployed(minutes(5))
    .at(start + 500, told('errorRateHigh', 'ALARM', start))
    .at(start + 900, sent(1));
  const outcome = {
    ...success,
    status: 'Failed' as const,
    exitCode: 18,
    output: 'result: there is no previous release',
  };
  play.at(...ended(1, start + seconds(4), outcome));
  assert.deepEqual(remediesOf(play), ['rollbackRelease', 'restartService']);
});

test('after a rollback, whoever asked for it, there is nothing new left to go back from', () => {
  for (const by of ['c-1', 'an operator']) {
    const play = deployed(minutes(5));
    if (by === 'c-1') play.at(start + 500, told('errorRateHigh', 'ALARM', start)).at(start + 900, sent(1));
    play.at(start + seconds(9), {
      kind: 'command-ended',
      commandId: by,
      outcome: success,
      rolledBack: true,
      seen: quiet,
    });
    assert.equal(play.record.releases.switched, null, by);
  }
});

test('a failed deployment makes no release suspect, and deploying what is current already changes nothing', () => {
  const play = new Play()
    .at(start, deployment('InProgress', start))
    .at(start + 1, deployment('Failed', start + 1));
  assert.deepEqual([play.record.releases.switched, play.record.releases.deploying], [null, []]);
  play.at(start + 2, deployment('Success', start + 2, quiet, 'deploy-2'));
  const first = play.record.releases.switched;
  play.at(start + minutes(30), deployment('Success', start + minutes(30), quiet, 'deploy-3'));
  assert.equal(play.record.releases.switched, first);
});

test('while a release is deployed nothing is done and nobody is woken; when it is over the decision is made', () => {
  const play = new Play().at(start - seconds(20), deployment('InProgress', start - seconds(20)));
  play.at(start + 500, told('errorRateHigh', 'ALARM', start));
  play.at(start + seconds(30), recheck(stillOn)).at(start + seconds(90), recheck(stillOn));
  assert.deepEqual([play.count('send-command'), play.subjects.length], [0, 0]);
  const noted = play.record.open.page?.entries.filter((entry) => entry.kind === 'guard') ?? [];
  assert.deepEqual(
    noted.map((entry) => entry.kind === 'guard' && [entry.guard, entry.verdict]),
    [['deploying', 'refuse']],
  );
  assert.match(JSON.stringify(noted), new RegExp(`release ${release} is being deployed by command deploy-1`));
  play.at(start + seconds(100), deployment('Success', start + seconds(100), stillOn));
  assert.deepEqual(remediesOf(play), ['rollbackRelease']);
});

test('a deployment that its gate refused leaves an incident that closes by itself', () => {
  const play = new Play().at(start - seconds(20), deployment('InProgress', start - seconds(20)));
  play.at(start + 500, told('serviceDown', 'ALARM', start));
  play.at(
    start + seconds(60),
    deployment('Failed', start + seconds(60), seenWith({ serviceDown: ['ALARM', start] })),
  );
  assert.deepEqual(remediesOf(play), ['restartService']);
  const other = new Play().at(start - seconds(20), deployment('InProgress', start - seconds(20)));
  other.at(start + 500, told('serviceDown', 'ALARM', start));
  other.at(
    start + seconds(30),
    told('serviceDown', 'OK', start + seconds(30), seenWith({ serviceDown: ['OK', start + seconds(30)] })),
  );
  other.at(
    start + seconds(60),
    deployment('Failed', start + seconds(60), seenWith({ serviceDown: ['OK', start + seconds(30)] })),
  );
  assert.deepEqual([other.record.open.page, other.count('send-command')], [null, 0]);
});

test('an open incident closes while a deployment is under way, when its alarm is well', () => {
  const play = new Play().at(start - seconds(20), deployment('InProgress', start - seconds(20)));
  play.at(start + 500, told('errorRateHigh', 'ALARM', start));
  play.at(
    start + seconds(30),
    told('errorRateHigh', 'OK', start + seconds(30), allWell(start + seconds(30))),
  );
  assert.equal(play.record.open.page, null);
});

test('a deployment whose end is never told holds nothing back for longer than it can last', () => {
  const limit = documents.deployRelease.limitSeconds * 1000 + 60_000;
  const play = new Play().at(start, deployment('InProgress', start));
  play.at(start + seconds(10), told('errorRateHigh', 'ALARM', start + seconds(9)));
  const still = seenWith({ errorRateHigh: ['ALARM', start + seconds(9)] }, { errorRateHigh: reading(62) });
  play.at(start + limit - 1, recheck(still));
  assert.equal(play.count('send-command'), 0);
  play.at(start + limit, recheck(still));
  assert.equal(play.count('send-command'), 1);
});

test('messages that come twice or in the wrong order change nothing', () => {
  const play = new Play()
    .at(start, deployment('Success', start))
    .at(start + 1, deployment('InProgress', start - seconds(30)));
  assert.deepEqual(play.record.releases.deploying, []);
  const before = encodeRecord(play.record);
  play.at(start + 2, deployment('Success', start + 2)).at(start + 3, deployment('Failed', start + 3));
  assert.equal(encodeRecord(play.record), before);
  assert.ok(play.last.every(({ kind }) => kind === 'ignored'));
});

test('a sender whose clock is ahead holds nothing back for longer', () => {
  const play = new Play().at(start, deployment('InProgress', start + minutes(30)));
  assert.equal(play.record.releases.deploying[0]?.startedAt, start);
});

test('a record from before releases were known is read as one that knows none', () => {
  const { releases: _, ...older } = emptyRecord();
  assert.deepEqual(decodeRecord(JSON.stringify(older)), emptyRecord());
});

test('a full disk is cleaned once; when that does not help a person hears of it', () => {
  const on = seenWith({ diskFull: ['ALARM', start] }, { diskFull: reading(91, 85) });
  const play = new Play().at(start + 500, told('diskFull', 'ALARM', start, on));
  play.at(start + 900, { ...sent(1), seen: on } as IncidentEvent);
  assert.deepEqual(remediesOf(play), ['freeDisk']);
  play.at(
    ...ended(
      1,
      start + seconds(20),
      { ...success, output: 'result: freed 2048 KiB: before 4096, after 2048' },
      on,
    ),
  );
  play.at(start + seconds(20 + 419), recheck(on));
  assert.equal(play.record.open.ticket?.status.state, 'verifying', 'the alarm needs minutes to see it');
  play.at(start + seconds(20 + 420), recheck(on));
  assert.equal(play.record.open.ticket?.status.state, 'escalated');
  const mail = play.record.outbox.at(-1);
  assert.equal(mail?.topic, 'ticket');
  assert.match(mail?.email.replaceAll('\n', ' ') ?? '', /Freed 2048 KiB: before 4096, after 2048\./);
  assert.match(mail?.email ?? '', /- ladder: tried already: freeDisk; nothing else is left/);
});

test('in a dry run the mail names the rung that would be taken', () => {
  const play = deployed(minutes(5), { mode: 'dry-run' }).at(
    start + 500,
    told('errorRateHigh', 'ALARM', start),
  );
  assert.equal(play.count('send-command'), 0);
  assert.match(play.subjects[0] ?? '', /^DRY RUN would roll back: /);
  assert.match(play.record.outbox[0]?.email ?? '', /Vigia would be rolling back the release\./);
});
