/** The limits of waiting and trying: deployments in a row, late messages, remedies that fail for good. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncidentEvent } from '../../../lambda/remediation/events';
import { documents } from '../../../lib/catalog/documents';
import {
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

test('one deployment after the other keeps people waiting no longer than one of them may last', () => {
  const limit = seconds(documents.deployRelease.limitSeconds) + minutes(1);
  const story = new Play().at(start - seconds(20), deployment('InProgress', start - seconds(20)));
  story.at(start + 500, told('errorRateHigh', 'ALARM', start));
  const begin = (at: number, id: string): Play => story.at(at, deployment('InProgress', at, stillOn, id));
  begin(start + minutes(5), 'deploy-2');
  story.at(start + minutes(6), deployment('Failed', start + minutes(6), stillOn));
  begin(start + minutes(11), 'deploy-3');
  story.at(start + 500 + limit - 1, recheck(stillOn));
  assert.deepEqual([story.count('send-command'), story.subjects], [0, []]);
  story.at(start + 500 + limit, recheck(stillOn));
  assert.equal(story.count('send-command'), 0, 'the deployment still goes first');
  assert.match(story.subjects[0] ?? '', /^NEEDS YOU: error rate 62 %, automation refused \(deploying\)/);
});

test('a late copy of the message about a rollback says nothing of a release that came after it', () => {
  const play = deployed(minutes(5));
  const rollback = (endedAt: number): IncidentEvent => ({
    kind: 'command-ended',
    commandId: 'an operator',
    outcome: { ...success, endedAt },
    rolledBack: true,
    seen: quiet,
  });
  play.at(start, rollback(start - minutes(6)));
  assert.equal(play.record.releases.switched?.release, release);
  play.at(start + 1, rollback(start - minutes(4)));
  assert.equal(play.record.releases.switched, null);
});

test('a rollback that fails while the alarm has no data is given its time to show what is true', () => {
  const play = deployed(minutes(5))
    .at(start + 500, told('errorRateHigh', 'ALARM', start))
    .at(start + 900, sent(1));
  const silent = seenWith({ errorRateHigh: ['OK', start + seconds(90)] }, { errorRateHigh: reading(null) });
  const outcome = { ...success, status: 'Failed' as const, exitCode: 16, output: '' };
  play.at(...ended(1, start + seconds(100), outcome, silent));
  assert.equal(play.record.open.page?.status.state, 'verifying');
  assert.equal(play.subjects.length, 1);
  play.at(
    start + seconds(130),
    recheck(seenWith({ errorRateHigh: ['ALARM', start + seconds(120)] }, { errorRateHigh: reading(62) })),
  );
  assert.deepEqual(remediesOf(play), ['rollbackRelease', 'restartService']);
});

test('a mail that asks a person names the release that came not long before', () => {
  const play = deployed(minutes(12), { mode: 'off' }).at(start + 500, told('errorRateHigh', 'ALARM', start));
  assert.match(play.record.outbox[0]?.email ?? '', new RegExp(`Release ${release} came 12 min ago\\.`));
});

test('a clean-up that fails is one attempt of one, and the mail does not say that anything was watched', () => {
  const full = seenWith({ diskFull: ['ALARM', start] }, { diskFull: reading(91, 85) });
  const play = new Play()
    .at(start + 500, told('diskFull', 'ALARM', start, full))
    .at(start + 900, { ...sent(1), seen: full } as IncidentEvent);
  assert.deepEqual(remediesOf(play), ['freeDisk']);
  assert.match(play.record.outbox[0]?.email ?? '', /Attempt 1 of 1\./);
  play.at(...ended(1, start + seconds(30), { ...success, status: 'Failed', exitCode: 1 }, full));
  assert.equal(play.record.open.ticket?.status.state, 'escalated');
  const mail = play.record.outbox.at(-1)?.email ?? '';
  assert.match(mail, /Free disk space: Failed in 29 s, exit 1/);
  assert.doesNotMatch(mail, /Watched for/);
});

test('a clean-up that worked and did not help was watched for as long as the mail says', () => {
  const full = seenWith({ diskFull: ['ALARM', start] }, { diskFull: reading(91, 85) });
  const play = new Play()
    .at(start + 500, told('diskFull', 'ALARM', start, full))
    .at(start + 900, { ...sent(1), seen: full } as IncidentEvent)
    .at(...ended(1, start + seconds(30), success, full))
    .at(start + seconds(449), recheck(full));
  assert.equal(play.record.open.ticket?.status.state, 'verifying');
  play.at(start + seconds(450), recheck(full));
  assert.match(play.record.outbox.at(-1)?.email ?? '', /Watched for at least 7 min after each clean-up\./);
});
