import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { composeMail } from '../../../../lambda/remediation/mail/compose';
import type { MailInput, MailStep } from '../../../../lambda/remediation/mail/view';
import {
  type Action,
  type ActionPhase,
  type Escalation,
  emptyRecord,
  type GuardName,
  type Incident,
} from '../../../../lambda/remediation/record';
import { standings } from '../../../../lambda/remediation/symptoms';
import { alarmKeys, alarms } from '../../../../lib/catalog/alarms';
import { type RemedyKey, remedies } from '../../../../lib/catalog/remedies';
import {
  acting,
  catalog,
  failure,
  place,
  reading,
  seconds,
  seenWith,
  start,
  success,
  verifying,
} from '../fixtures';
import { lint } from './rules';

const phases: readonly ActionPhase[] = [
  { kind: 'sending' },
  { kind: 'running', commandId: '0f1e2d3c-0123-4567-89ab-0123456789ab', sentAt: start },
  { kind: 'refused', error: 'InvalidDocument: the document does not exist' },
  { kind: 'unknown', commandId: null, why: 'the function stopped' },
  ...[success, failure, { ...failure, status: 'NoHost' as const, exitCode: null }].map((outcome) => ({
    kind: 'ended' as const,
    commandId: '0f1e2d3c-0123-4567-89ab-0123456789ab',
    sentAt: start,
    endedAt: start + seconds(8),
    outcome: {
      ...outcome,
      output: `${'a long line '.repeat(30)}\nñandú → caído\nresult: ${'told at length '.repeat(20)}\n${outcome.output}`,
    },
  })),
];

const guardNames: GuardName[] = [
  'mode',
  'symptom',
  'deploying',
  'ladder',
  'lock',
  'cooldown',
  'attemptCap',
  'dailyCap',
];
const guards = guardNames.map((guard) => ({
  guard,
  verdict: 'refuse' as const,
  value: '3 of 3',
  reason: 'spent '.repeat(40),
}));
const escalations: Escalation[] = [
  { kind: 'no-remedy' },
  { kind: 'dry-run', remedy: 'restartService' },
  { kind: 'dry-run', remedy: 'rollbackRelease' },
  { kind: 'dry-run', remedy: 'freeDisk' },
  { kind: 'refused', guards },
  { kind: 'refused', guards: guards.slice(0, 1) },
  { kind: 'not-sent', error: 'AccessDeniedException: '.repeat(20) },
  { kind: 'cannot-tell', what: 'symptom', why: 'errorRateHigh INSUFFICIENT_DATA' },
  { kind: 'cannot-tell', what: 'sent', why: 'TimeoutError: no answer' },
  { kind: 'cannot-tell', what: 'ended', why: 'Systems Manager knows of no end of the command' },
  { kind: 'remains' },
];
const steps: MailStep[] = [
  { kind: 'acting' },
  { kind: 'closed', gone: false },
  { kind: 'closed', gone: true },
  { kind: 'joined', keys: ['memoryHigh'] },
  ...escalations.map((escalation) => ({ kind: 'escalated' as const, escalation })),
];

const key = fc.constantFrom(...alarmKeys.filter((one) => alarms[one].route === 'remediation'));
const number = fc.oneof(
  fc.constant(null),
  fc.double({ min: -1e9, max: 1e9, noNaN: true }),
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: -1e9, max: 1e9 }),
);
const remedyKeys = Object.keys(remedies) as RemedyKey[];
const action = fc.tuple(fc.constantFrom(...phases), fc.constantFrom(...remedyKeys)).map(
  ([phase, remedy]): Action => ({
    id: 'INC-0042/1',
    attempt: 1,
    remedy,
    intendedAt: start,
    giveUpAt: start + seconds(180),
    verifySeconds: 300,
    maxAttempts: 2,
    phase,
  }),
);
const name = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom('a', 'b', '-', '9') });

const input: fc.Arbitrary<MailInput> = fc
  .record({
    step: fc.constantFrom(...steps),
    keys: fc.uniqueArray(key, { minLength: 1, maxLength: 5 }),
    actions: fc.array(action, { minLength: 1, maxLength: 4 }),
    numbers: fc.record({
      latest: number,
      usual: number,
      limit: number,
      recent: fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { maxLength: 6 }),
    }),
    state: fc.constantFrom('ALARM' as const, 'OK' as const, 'INSUFFICIENT_DATA' as const),
    service: name,
    stage: name,
    timeZone: fc.constantFrom('Europe/Madrid', 'UTC', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata'),
    held: fc.array(
      fc.constant(
        'FIXED: something long enough to be cut somewhere in its middle - inference prod [INC-0001]',
      ),
      { maxLength: 8 },
    ),
    lane: fc.constantFrom('page' as const, 'ticket' as const),
    visible: fc.boolean(),
  })
  .map((given) => {
    const numbers = { at: start, knownUntil: start, ...given.numbers };
    const incident: Incident = {
      id: 'INC-0042',
      lane: given.lane,
      openedAt: start,
      status: { state: 'opened' },
      alarms: given.keys.map((one) => ({ key: one, raisedAt: start, foundBy: 're-check', reading: numbers })),
      actions: given.actions,
      entries: [
        { at: start, kind: 'guard', attempt: 1, guard: 'mode', verdict: 'allow', value: 'on', reason: 'on' },
        {
          at: start,
          kind: 'verification',
          verdict: 'not fixed',
          detail: `still in ALARM: ${given.keys.join(', ')}`,
        },
      ],
      promised: false,
    };
    const shown = Object.fromEntries(given.keys.map((one) => [one, [given.state, start] as const]));
    const seen = given.visible
      ? seenWith(shown, Object.fromEntries(given.keys.map((one) => [one, numbers])))
      : { symptoms: { kind: 'unavailable' as const, reason: 'throttled' }, readings: {} };
    const switched = { release: '0123456789ab', startedAt: start, at: start + seconds(30) };
    const releases = { ...emptyRecord().releases, switched };
    const record = { ...emptyRecord(), releases, held: given.held };
    return {
      incident,
      step: given.step,
      now: start + seconds(400),
      place: { ...place, timeZone: given.timeZone, scope: { service: given.service, stage: given.stage } },
      catalog,
      seen,
      record,
      standings: standings(record, incident, seen, catalog),
    };
  });

test('every mail of every kind keeps the rules, whatever the incident', () => {
  fc.assert(
    fc.property(input, (given) => lint(composeMail(given))),
    { numRuns: 700 },
  );
});

test('the same facts give the same bytes', () => {
  fc.assert(
    fc.property(input, (given) => assert.deepEqual(composeMail(given), composeMail(given))),
    { numRuns: 50 },
  );
});

for (const one of alarmKeys.filter((candidate) => alarms[candidate].route === 'remediation')) {
  test(`the subject about ${one} says what hurts in its first 40 characters`, () => {
    const play = acting({}, 'errorRateHigh');
    const incident = play.record.open.page;
    assert.ok(incident);
    const seen = seenWith({ [one]: ['ALARM', start] }, { [one]: reading(912, 500) });
    const alone = {
      ...incident,
      alarms: [{ key: one, raisedAt: start, foundBy: 'message' as const, reading: null }],
    };
    const record = emptyRecord();
    const mail = composeMail({
      incident: alone,
      step: { kind: 'escalated', escalation: { kind: 'no-remedy' } },
      now: start,
      place,
      catalog,
      seen,
      record,
      standings: standings(record, alone, seen, catalog),
    });
    lint(mail);
    const { noun, words } = alarms[one].reading;
    const told = words ? words.bad : `${noun} 912`;
    assert.ok(mail.subject.slice(0, 40).includes(told), mail.subject);
  });
}

test('the first four lines of a FIXING mail: number, action, no need to act, promise', () => {
  const mail = acting().record.outbox[0];
  assert.ok(mail);
  // 120 s for the command, 60 for its message, 300 to verify, 120 for two rounds of the schedule: 02:10:00.5 UTC.
  assert.deepEqual(mail.email.split('\n').slice(0, 4), [
    'Error rate is 62 %. Limit 5 %, usual 0.1 %.',
    'Vigia is restarting the service now.',
    'You do not need to act yet.',
    'Next mail by 03:11 Madrid, or treat it as NOT FIXED.',
  ]);
  assert.match(mail.email, /^2 Watch the alarm for at least 5 min after the restart\.$/m);
  assert.match(mail.email, /^Alarm on since 03:00 Madrid \(02:00 UTC\), Sat 21 Nov\.$/m);
  assert.match(mail.email, /^https:\/\/runbooks\.example\.com\/vigia\/errorRateHigh\.md$/m);
  assert.match(
    mail.email,
    /^https:\/\/console\.aws\.amazon\.com\/.*region=eu-west-1#dashboards:name=inference-prod-on-call$/m,
  );
});

test('evidence of a failed command is in the mail that asks a person', () => {
  const on = seenWith({ errorRateHigh: ['ALARM', start] }, { errorRateHigh: reading(62) });
  const play = verifying({ maxAttemptsPerIncident: 1 }, failure).at(start + seconds(310), {
    kind: 'recheck',
    seen: on,
  });
  const mail = play.record.outbox.at(-1);
  assert.match(mail?.email ?? '', /^Error rate still 62 %\. Limit 5 %\.\n/);
  assert.match(mail?.email ?? '', /^03:00 Restart the service: Failed in 9 s, exit 1\.$/m);
  assert.match(mail?.email ?? '', /LAST OUTPUT OF THE COMMAND\nunit not found/);
  assert.match(
    mail?.email ?? '',
    /aws ssm list-command-invocations --region eu-west-1 \\\n--details --command-id c-1\n/,
  );
  assert.match(mail?.email ?? '', /- attemptCap: 1 of 1 attempts/);
});

test('what is not known is written unknown', () => {
  const play = acting();
  const incident = play.record.open.page;
  assert.ok(incident);
  const seen = seenWith({ errorRateHigh: ['ALARM', start] });
  const alone = {
    ...incident,
    alarms: [{ key: 'errorRateHigh' as const, raisedAt: start, foundBy: 'message' as const, reading: null }],
  };
  const record = emptyRecord();
  const mail = composeMail({
    incident: alone,
    step: { kind: 'acting' },
    now: start,
    place,
    catalog,
    seen,
    record,
    standings: standings(record, alone, seen, catalog),
  });
  assert.match(mail.email, /^Error rate is unknown\. Limit unknown, usual unknown\.$/m);
});
