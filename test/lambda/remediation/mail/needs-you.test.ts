import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadline, failure, recheck, seconds, stillOn, verifying } from '../fixtures';

/** The mail after the last of two attempts. */
function afterTwo(): string {
  const ended = deadline + seconds(20);
  const play = verifying()
    .at(deadline, recheck(stillOn))
    .at(deadline + 100, { kind: 'command-sent', action: 'INC-0001/2', commandId: 'c-2', seen: stillOn })
    .at(ended, { kind: 'command-ended', commandId: 'c-2', outcome: failure, seen: stillOn })
    .at(ended + seconds(300), recheck(stillOn));
  return play.record.outbox.at(-1)?.email ?? '';
}

test('what was tried is told in the order in which it happened, alarms by what they measure', () => {
  const tried = afterTwo().split('WHAT WAS TRIED\n')[1]?.split('\n\n')[0];
  assert.deepEqual(tried?.split('\n'), [
    '03:00 Restart the service: Success in 9 s, exit 0.',
    '03:05 Checked: not fixed, still in ALARM: error rate.',
    '03:05 Restart the service: Failed in 20 s, exit 1.',
    '03:10 Checked: not fixed, still in ALARM: error rate.',
    'Watched for at least 5 min after each restart.',
  ]);
});

test('the second line says how many restarts did not help', () => {
  assert.equal(afterTwo().split('\n')[1], '2 restarts did not help. Vigia has stopped.');
  const secondLine = (outcome = failure): string | undefined => {
    const play = verifying({ maxAttemptsPerIncident: 1 }, outcome).at(deadline, recheck(stillOn));
    return play.record.outbox.at(-1)?.email.split('\n')[1];
  };
  assert.equal(secondLine(), '1 restart did not help. Vigia has stopped.');
  assert.equal(
    secondLine({ ...failure, status: 'NoHost', exitCode: null }),
    'Vigia has stopped. It will not try again by itself.',
  );
});
