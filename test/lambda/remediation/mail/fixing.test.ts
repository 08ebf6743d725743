import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance } from '../../../../lambda/remediation/incident';
import {
  catalog,
  deadline,
  failure,
  type Play,
  place,
  policy,
  recheck,
  stillOn,
  verifying,
} from '../fixtures';

/** The mail of a second attempt, in a stage of this name. */
function secondFixing(play: Play, stage: string) {
  const where = { ...place, scope: { ...place.scope, stage } };
  const judged = advance(play.record, recheck(stillOn), deadline, { policy, catalog, place: where });
  const sent = { kind: 'command-sent', action: 'INC-0001/2', commandId: 'c-2', seen: stillOn } as const;
  const { record } = advance(judged.record, sent, deadline + 100, { policy, catalog, place: where });
  const mail = record.outbox.at(-1);
  assert.ok(mail);
  return mail;
}

test('the mail of a second attempt says that the first did not help', () => {
  const mail = secondFixing(verifying(), 'prod');
  assert.equal(
    mail.subject,
    'FIXING: error rate still 62 % after restart, attempt 2 of 2 - inference prod [INC-0001]',
  );
  assert.equal(mail.email.split('\n')[1], 'The restart before did not help. Vigia restarts once more.');
});

test('where space is short the subject of a second attempt leaves out words, not letters', () => {
  assert.equal(
    secondFixing(verifying(), 'pre-product').subject,
    'FIXING: error rate still 62 %, attempt 2 of 2 - inference pre-product [INC-0001]',
  );
});

test('a restart that no host took is not called a restart that did not help', () => {
  const mail = secondFixing(verifying({}, { ...failure, status: 'NoHost', exitCode: null }), 'prod');
  assert.match(mail.subject, /^FIXING: error rate 62 %, limit 5 % - /);
  assert.equal(mail.email.split('\n')[1], 'Vigia is restarting the service now.');
});
