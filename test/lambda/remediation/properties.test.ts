import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Input } from '../../../lambda/remediation/events';
import { decodeRecord, emptyRecord, encodeRecord, lanes } from '../../../lambda/remediation/record';
import type { AlarmKey } from '../../../lib/catalog/alarms';
import { checkCaps } from './caps';
import { catalog, minutes, Play, policy, seconds, start, told } from './fixtures';
import { type Crash, World } from './world';

const keys: AlarmKey[] = ['errorRateHigh', 'latencyP95High', 'serviceDown', 'memoryHigh', 'diskFull'];

/** The ticket's remedy may be tried again here, so that both lanes want to act as often as they may. */
const entries = {
  ...catalog,
  alarms: { ...catalog.alarms, diskFull: { ...catalog.alarms.diskFull, remedy: 'restartService' as const } },
};

const crash: fc.Arbitrary<Crash | undefined> = fc.option(
  fc.record({
    call: fc.integer({ min: 1, max: 12 }),
    when: fc.constantFrom('before' as const, 'after' as const),
  }),
  { nil: undefined, freq: 3 },
);

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.oneof(fc.integer({ min: 1, max: 120_000 }), fc.integer({ min: 1, max: 900_000 })),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('alarm' as const),
      key: fc.constantFrom(...keys),
      state: fc.constantFrom('ALARM' as const, 'ALARM' as const, 'OK' as const, 'INSUFFICIENT_DATA' as const),
      delivery: fc.constantFrom(
        'now' as const,
        'now' as const,
        'twice' as const,
        'later' as const,
        'lost' as const,
      ),
      crash,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('recheck' as const), crash }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('deliver' as const), pick: fc.nat({ max: 50 }), crash }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('command-event' as const), pick: fc.nat({ max: 50 }), crash }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('command-plan' as const),
      // Delivery and run are limited separately, so a command may live for twice its limit.
      lastsMs: fc.integer({ min: 1, max: 2 * policy.commandTimeoutSeconds * 1000 }),
      status: fc.constantFrom('Success' as const, 'Failed' as const, 'TimedOut' as const),
      answer: fc.constantFrom('sent' as const, 'sent' as const, 'refused' as const, 'unknown' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('outage' as const),
      describe: fc.boolean(),
      publish: fc.boolean(),
      archive: fc.boolean(),
      outcome: fc.boolean(),
      traffic: fc.boolean(),
    }),
  },
  {
    weight: 4,
    // The trouble that comes back: what cooldown and lock are for.
    arbitrary: fc.record({
      kind: fc.constant('flap' as const),
      key: fc.constantFrom(...keys),
      onMs: fc.integer({ min: 1, max: 200_000 }),
      offMs: fc.integer({ min: 1, max: 400_000 }),
      crash,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('deploy' as const),
      id: fc.constantFrom('d-1', 'd-2', 'd-3', 'd-4'),
      status: fc.constantFrom(
        'InProgress' as const,
        'InProgress' as const,
        'Success' as const,
        'Failed' as const,
      ),
      crash,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crowd' as const), key: fc.constantFrom(...keys) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const rules = fc.record({
  maxAttemptsPerIncident: fc.integer({ min: 0, max: 3 }),
  maxActionsPerDay: fc.integer({ min: 0, max: 4 }),
  cooldownMinutes: fc.constantFrom(0, 5, 30),
});

async function play(world: World, steps: readonly Step[]): Promise<void> {
  const queue: Input[] = [];
  for (const one of steps) {
    world.now += 1;
    if (one.kind === 'wait') world.now += one.ms;
    else if (one.kind === 'recheck') await world.survive({ kind: 'recheck' }, one.crash);
    else if (one.kind === 'deploy') await world.deploy(one.id, one.status, one.crash);
    else if (one.kind === 'outage') world.down = { ...one };
    else if (one.kind === 'command-plan') {
      world.nextCommand = { lastsMs: one.lastsMs, status: one.status };
      world.sendAnswer = one.answer;
    } else if (one.kind === 'deliver') {
      const message = queue[one.pick % Math.max(1, queue.length)];
      if (message) await world.survive(message, one.crash);
    } else if (one.kind === 'command-event') await endOfCommand(world, one.pick, one.crash);
    else if (one.kind === 'flap') {
      await world.survive(world.turn(one.key, 'ALARM'), one.crash);
      world.now += one.onMs;
      await world.survive(world.turn(one.key, 'OK'));
      await endOfCommand(world, world.commands.length - 1, undefined);
      await world.survive({ kind: 'recheck' });
      world.now += one.offMs;
    } else if (one.kind === 'crowd') {
      const message = world.turn(one.key, 'ALARM');
      await Promise.all(
        [message, { kind: 'recheck' } as const, message].map((input) => world.survive(input)),
      );
    } else {
      const message = world.turn(one.key, one.state);
      queue.push(message);
      if (one.delivery === 'now' || one.delivery === 'twice') await world.survive(message, one.crash);
      if (one.delivery === 'twice') await world.survive(message);
    }
  }
}

async function endOfCommand(world: World, pick: number, crashAt: Crash | undefined): Promise<void> {
  const ended = world.commands.filter((command) => command.endsAt <= world.now);
  const command = ended[pick % Math.max(1, ended.length)];
  if (!command) return;
  const { id: commandId, status, endsAt, request } = command;
  const rolledBack = status === 'Success' && request.document.endsWith('rollback-release');
  await world.survive({ kind: 'command', commandId, status, endedAt: endsAt, rolledBack }, crashAt);
}

/** The schedule goes on and nothing fails any more. */
async function calmDown(world: World): Promise<void> {
  world.down = {};
  for (let minute = 0; minute < 60; minute += 1) {
    world.now += minutes(1);
    await world.survive({ kind: 'recheck' });
  }
}

test('whatever is lost, doubled, reordered or killed: one action at a time, never beyond a cap, and an end to everything', async () => {
  await fc.assert(
    fc.asyncProperty(rules, fc.array(step, { maxLength: 40, size: 'max' }), async (given, steps) => {
      const world = new World(given, entries);
      await play(world, steps);
      await calmDown(world);
      checkCaps(world, given);
      const { record } = world;
      for (const lane of lanes) {
        const state = record.open[lane]?.status.state ?? 'closed';
        assert.ok(state === 'closed' || state === 'escalated', `${lane} is still ${state}`);
      }
      assert.equal(record.outbox.length, 0, 'a mail was never sent');
      assert.equal(record.toArchive.length, 0, 'an incident was never archived');
      assert.deepEqual(decodeRecord(encodeRecord(record)), record);
      for (const [key, alarm] of world.alarms) {
        const known = lanes.some((lane) => record.open[lane]?.alarms.some((one) => one.key === key));
        assert.ok(alarm.state !== 'ALARM' || known, `${key} is in ALARM and nobody knows`);
      }
    }),
    { numRuns: 80 },
  );
});

test('every incident that needs a person has told one', async () => {
  await fc.assert(
    fc.asyncProperty(rules, fc.array(step, { maxLength: 30, size: 'max' }), async (given, steps) => {
      const world = new World(given, entries);
      await play(world, steps);
      await calmDown(world);
      const asked = new Set(
        world.mails
          .filter((mail) => mail.attributes.kind === 'needs-you')
          .map((mail) => mail.attributes.incident),
      );
      for (const lane of lanes) {
        const open = world.record.open[lane];
        if (open) assert.ok(asked.has(open.id), `${open.id} is open and nobody was asked`);
      }
    }),
    { numRuns: 40 },
  );
});

test('an event applied twice at the same moment changes nothing the second time', () => {
  const moment = fc.record({
    key: fc.constantFrom(...keys),
    state: fc.constantFrom('ALARM' as const, 'OK' as const, 'INSUFFICIENT_DATA' as const),
    after: fc.integer({ min: 0, max: 300 }),
  });
  fc.assert(
    fc.property(fc.array(moment, { maxLength: 20 }), (moments) => {
      const story = new Play({}, emptyRecord());
      let now = start;
      for (const { key, state, after } of moments) {
        now += seconds(after) + 1;
        const event = told(key, state, now);
        story.at(now, event);
        const before = encodeRecord(story.record);
        story.at(now, event);
        assert.equal(encodeRecord(story.record), before);
        assert.ok(story.last.every((effect) => effect.kind === 'ignored' || effect.kind === 'ask-command'));
      }
    }),
    { numRuns: 100 },
  );
});

test('trouble that returns while the fate of a command is unknown never starts a second one beside it', async () => {
  const round = fc.record({
    lastsMs: fc.integer({ min: 60_000, max: 2 * policy.commandTimeoutSeconds * 1000 }),
    answer: fc.constantFrom('sent' as const, 'unknown' as const),
    crash,
    onMs: fc.integer({ min: 1, max: 70_000 }),
    offMs: fc.integer({ min: 1, max: 70_000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 2, maxLength: 6, size: 'max' }), async (rounds) => {
      const given = { maxAttemptsPerIncident: 3, maxActionsPerDay: 10, cooldownMinutes: 0 };
      const world = new World(given);
      for (const one of rounds) {
        world.nextCommand = { lastsMs: one.lastsMs, status: 'Success' };
        world.sendAnswer = one.answer;
        await world.survive(world.turn('errorRateHigh', 'ALARM'), one.crash);
        world.now += one.onMs;
        await world.survive(world.turn('errorRateHigh', 'OK'));
        await world.survive({ kind: 'recheck' });
        world.now += one.offMs;
      }
      await calmDown(world);
      checkCaps(world, given);
    }),
    { numRuns: 80 },
  );
});
