import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeRecord, emptyRecord } from '../../../lambda/remediation/record';
import { storeKit } from '../ports-kit';
import { minutes, policy, seconds } from './fixtures';
import { World } from './world';

storeKit('store in memory', async () => {
  const world = new World();
  return { store: world.ports(), archived: async (id) => world.archive.get(id) };
});

test('the loop closes: alarm, command, mail, end of the command, alarm well, mail, archive', async () => {
  const world = new World();
  await world.invoke(world.turn('errorRateHigh', 'ALARM'));
  const [command] = world.commands;
  assert.ok(command);
  assert.deepEqual(command.request, {
    document: 'inference-prod-restart-service',
    parameters: { Unit: 'vigia-inference.service' },
    target: { tagKey: 'Vigia', tagValue: 'inference-prod' },
    timeoutSeconds: policy.commandTimeoutSeconds,
    comment: 'INC-0001/1',
  });
  world.now += seconds(8);
  await world.invoke({ kind: 'command', commandId: command.id, status: 'Success', endedAt: world.now });
  world.now += seconds(30);
  await world.invoke(world.turn('errorRateHigh', 'OK'));
  assert.deepEqual(
    world.transitions.map(({ id, from, to }) => `${id} ${from} ${to}`),
    [
      'INC-0001 none opened',
      'INC-0001 opened acting',
      'INC-0001 acting verifying',
      'INC-0001 verifying closed',
    ],
  );
  assert.deepEqual(
    world.mails.map((mail) => mail.attributes.kind),
    ['fixing', 'fixed'],
  );
  assert.deepEqual(world.counts, ['Actions', 'Closed']);
  const archived = world.archive.get('INC-0001');
  assert.equal(archived?.status.state, 'closed');
  assert.equal(
    archived?.actions[0]?.phase.kind === 'ended' && archived.actions[0].phase.outcome.output,
    'restarted',
  );
  assert.deepEqual([world.record.outbox.length, world.record.toArchive.length], [0, 0]);
});

test('two invocations with the same message at the same moment send one command and one mail', async () => {
  const world = new World();
  const message = world.turn('errorRateHigh', 'ALARM');
  await Promise.all([world.invoke(message), world.invoke(message), world.invoke({ kind: 'recheck' })]);
  assert.equal(world.commands.length, 1);
  assert.deepEqual(
    world.mails.map((mail) => mail.attributes.kind),
    ['fixing'],
  );
});

test('a quiet re-check writes nothing', async () => {
  const world = new World();
  await world.invoke({ kind: 'recheck' });
  assert.equal(world.stored, undefined);
});

test('a mail that cannot be published makes the invocation fail, stays, and goes out with the next event', async () => {
  const world = new World();
  world.down.publish = true;
  await assert.rejects(
    world.invoke(world.turn('memoryHigh', 'ALARM')),
    /was not published.*the record is safe/,
  );
  assert.equal(world.record.outbox.length, 1);
  world.down.publish = false;
  world.now += seconds(1);
  await world.invoke({ kind: 'recheck' });
  assert.equal(world.mails.length, 1);
  assert.equal(world.record.outbox.length, 0);
});

test('a mail that another invocation is publishing is left alone for a minute', async () => {
  const world = new World();
  // load, describe, points, save, then publish: killed just before it.
  await world.survive(world.turn('memoryHigh', 'ALARM'), { call: 5, when: 'before' });
  assert.equal(world.record.outbox.length, 1);
  world.now += seconds(59);
  await world.invoke({ kind: 'recheck' });
  assert.equal(world.mails.length, 0);
  world.now += seconds(2);
  await Promise.all([world.invoke({ kind: 'recheck' }), world.invoke({ kind: 'recheck' })]);
  assert.equal(world.mails.length, 1);
});

test('an archive that fails is tried again, and the incident stays closed', async () => {
  const world = new World();
  await world.invoke(world.turn('memoryHigh', 'ALARM'));
  world.now += minutes(1);
  world.down.archive = true;
  await assert.rejects(world.invoke(world.turn('memoryHigh', 'OK')), /was not archived/);
  world.down.archive = false;
  await world.invoke({ kind: 'recheck' });
  assert.equal(world.archive.get('INC-0001')?.status.state, 'closed');
  assert.equal(world.mails.length, 2);
});

test('a command whose answer is lost is never sent again: a person is asked', async () => {
  const world = new World();
  world.sendAnswer = 'unknown';
  await world.invoke(world.turn('errorRateHigh', 'ALARM'));
  assert.match(world.mails[0]?.subject ?? '', /^NEEDS YOU: cannot tell whether the restart ran/);
  for (let minute = 0; minute < 30; minute += 1) {
    world.now += minutes(1);
    await world.invoke({ kind: 'recheck' });
  }
  assert.equal(world.commands.length, 1);
  assert.equal(world.mails.length, 1);
});

test('a function killed between writing the intent and sending never sends later', async () => {
  const world = new World();
  await world.survive(world.turn('errorRateHigh', 'ALARM'), { call: 5, when: 'before' });
  assert.equal(world.record.open.page?.status.state, 'acting');
  for (let minute = 0; minute < 5; minute += 1) {
    world.now += minutes(1);
    await world.invoke({ kind: 'recheck' });
  }
  assert.equal(world.commands.length, 0);
  assert.match(world.mails[0]?.subject ?? '', /^NEEDS YOU: cannot tell whether the restart ran/);
});

test('a lost end of a command is asked for, and the promised mail comes in time', async () => {
  const world = new World();
  await world.invoke(world.turn('errorRateHigh', 'ALARM'));
  const promise = /Next mail by (\d\d):(\d\d)/.exec(world.mails[0]?.email ?? '');
  assert.ok(promise);
  // The mail speaks Madrid time, an hour ahead of UTC in November.
  const promisedAt = Date.UTC(2026, 10, 21, Number(promise[1]) - 1, Number(promise[2]));
  while (world.mails.length < 2) {
    world.now += minutes(1);
    await world.invoke({ kind: 'recheck' });
    if (world.record.open.page?.actions.length === 2) break;
  }
  assert.ok(world.now <= promisedAt, 'the next step came after the promise');
  assert.ok(promisedAt - world.now < minutes(8));
});

test('six notes an hour, then they are held and named in the next mail; a new question goes out', async () => {
  const world = new World({ mode: 'on' });
  const keys = [
    'memoryHigh',
    'confidenceLow',
    'memoryHigh',
    'hostStatusCheckFailed',
    'confidenceLow',
  ] as const;
  for (const key of keys) {
    await world.invoke(world.turn(key, 'ALARM'));
    world.now += minutes(1);
    await world.invoke(world.turn(key, 'OK'));
    world.now += minutes(1);
  }
  const kinds = world.mails.map((mail) => mail.attributes.kind);
  assert.deepEqual(kinds, [
    'needs-you',
    'fixed',
    'needs-you',
    'fixed',
    'needs-you',
    'fixed',
    'needs-you',
    'needs-you',
  ]);
  assert.match(world.mails.at(-1)?.email ?? '', /NOT MAILED BEFORE\n- FIXED: EC2 status checks/);
  assert.equal(world.record.held.length, 1);
});

test('a metric that hovers at its limit asks twice an hour, not each time, and hides nothing', async () => {
  const world = new World();
  for (let minute = 0; minute < 60; minute += 2) {
    await world.invoke(world.turn('confidenceLow', 'ALARM'));
    world.now += minutes(1);
    await world.invoke(world.turn('confidenceLow', 'OK'));
    world.now += minutes(1);
  }
  const kinds = () => world.mails.map((mail) => mail.attributes.kind);
  assert.deepEqual(kinds(), ['needs-you', 'fixed', 'needs-you', 'fixed']);
  await world.invoke(world.turn('confidenceLow', 'ALARM'));
  assert.deepEqual(kinds().slice(4), ['needs-you']);
  assert.match(
    world.mails.at(-1)?.email ?? '',
    /NOT MAILED BEFORE\n- FIXED: mean .*\n- NEEDS YOU: mean confidence/,
  );
});

test('a repeated question that was held is put after all when the alarm stays on', async () => {
  const world = new World();
  for (let cycle = 0; cycle < 2; cycle += 1) {
    await world.invoke(world.turn('memoryHigh', 'ALARM'));
    world.now += minutes(1);
    await world.invoke(world.turn('memoryHigh', 'OK'));
    world.now += minutes(1);
  }
  await world.invoke(world.turn('memoryHigh', 'ALARM'));
  const asked: number[] = [];
  for (let minute = 1; minute <= 20; minute += 1) {
    world.now += minutes(1);
    await world.invoke({ kind: 'recheck' });
    if (world.mails.length === 5 && asked.length === 0) asked.push(minute);
  }
  assert.deepEqual(asked, [10]);
  assert.equal(world.mails.length, 5);
  assert.match(world.mails.at(-1)?.subject ?? '', /^NEEDS YOU: memory in use .* \[INC-0003\]$/);
});

test('while a question is held, another alarm set and another reason still go out', async () => {
  const world = new World();
  const cycle = async (): Promise<void> => {
    await world.invoke(world.turn('errorRateHigh', 'ALARM'));
    world.now += minutes(1);
    await world.invoke(world.turn('errorRateHigh', 'OK'));
    world.now += seconds(30);
  };
  world.sendAnswer = 'refused';
  for (let index = 0; index < 4; index += 1) await cycle();
  const asks = () =>
    world.mails
      .filter((mail) => mail.attributes.kind === 'needs-you')
      .map((mail) => /refused \(\w+\)|not possible|service/.exec(mail.subject)?.[0]);
  // The command was not accepted; from then on the cooldown refuses.
  assert.deepEqual(asks(), ['not possible', 'refused (cooldown)', 'refused (cooldown)']);
  world.down.describe = true;
  await world.invoke(world.turn('errorRateHigh', 'ALARM'));
  assert.deepEqual(asks().slice(3), ['refused (symptom)']);
  world.down.describe = false;
  world.now += seconds(30);
  await world.invoke(world.turn('serviceDown', 'ALARM'));
  assert.deepEqual(asks().slice(4), ['service']);
});

test('a record from before questions were remembered is read as one without any', () => {
  const { asked, ...older } = emptyRecord();
  assert.deepEqual(decodeRecord(JSON.stringify(older)).asked, asked);
});
