import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bench, heartbeat, topic } from './fixture';

describe('actions', () => {
  it('run on a change of state only, those of the new state, each told as an event and kept in the history', () => {
    const rig = bench([heartbeat({ OKActions: ['arn:ok'], AlarmActions: [topic, 'arn:other'] })]);
    rig.run(300, (second) => {
      if (second < 45) rig.put('Up', 1);
    });
    assert.deepEqual(
      rig.acted.map(({ target, subject }) => [target, subject]),
      [
        ['arn:ok', 'OK: "up" in US East (N. Virginia)'],
        [topic, 'ALARM: "up" in US East (N. Virginia)'],
        ['arn:other', 'ALARM: "up" in US East (N. Virginia)'],
      ],
    );
    const message = JSON.parse(rig.acted[1]?.message ?? '{}');
    assert.equal(message.OldStateValue, 'OK');
    assert.equal(message.StateChangeTime, '2026-11-14T18:01:20.000+0000');
    assert.deepEqual(
      rig.events('action').map(({ alarm, target }) => [alarm, target]),
      [
        ['up', 'arn:ok'],
        ['up', topic],
        ['up', 'arn:other'],
      ],
    );
    assert.deepEqual(
      rig.cloudwatch.history('up').map(({ type, summary }) => `${type}: ${summary}`),
      [
        'ConfigurationUpdate: Alarm "up" created',
        'StateUpdate: Alarm updated from INSUFFICIENT_DATA to OK',
        'Action: Successfully executed action arn:ok',
        'StateUpdate: Alarm updated from OK to ALARM',
        `Action: Successfully executed action ${topic}`,
        'Action: Successfully executed action arn:other',
      ],
    );
  });

  it('that fail are told and do not keep the others from running', () => {
    const ran: string[] = [];
    const act = (target: string) => {
      ran.push(target);
      if (target === topic) throw new Error('the topic has no policy');
    };
    const rig = bench([heartbeat({ OKActions: [topic, 'arn:other'] })], { act });
    rig.run(10, () => rig.put('Up', 1));
    assert.deepEqual(ran, [topic, 'arn:other']);
    assert.deepEqual(
      rig.events('action').map(({ target, error }) => [target, error]),
      [
        [topic, 'the topic has no policy'],
        ['arn:other', undefined],
      ],
    );
    assert.match(rig.cloudwatch.history('up')[2]?.summary ?? '', /^Failed to execute action .* no policy"$/);
  });

  it('do not run when they are switched off; the state still changes', () => {
    const rig = bench([heartbeat({ ActionsEnabled: false })]);
    rig.run(20, () => rig.put('Up', 1));
    assert.equal(rig.state('up'), 'OK');
    assert.deepEqual(rig.acted, []);
    assert.deepEqual(
      rig.events('withheld').map(({ alarm, state, by }) => `${alarm} ${state} ${by}`),
      ['up OK ActionsEnabled'],
    );
    assert.equal(rig.cloudwatch.history('up').at(-1)?.summary, 'Actions withheld by ActionsEnabled');
  });

  it('are held back, and told so, while the alarm warms up', () => {
    const rig = bench([heartbeat({ WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 5 } })]);
    rig.cloudwatch.setAlarmState('up', 'ALARM', 'a test');
    assert.deepEqual(rig.acted, []);
    assert.deepEqual(
      rig.events('withheld').map(({ by }) => by),
      ['warm-up'],
    );
  });

  it('tell the state that they are of, and what the topic was sent', () => {
    const rig = bench([heartbeat()]);
    rig.run(10, () => rig.put('Up', 1));
    const [event] = rig.events('action');
    assert.equal(event?.state, 'OK');
    assert.deepEqual([event?.subject, event?.message], [rig.acted[0]?.subject, rig.acted[0]?.message]);
  });
});

describe('setAlarmState', () => {
  it('runs the actions, and the next evaluation sets a metric alarm right', () => {
    const rig = bench([heartbeat()]);
    rig.run(20, () => rig.put('Up', 1));
    rig.cloudwatch.setAlarmState('up', 'ALARM', 'a test');
    assert.equal(rig.acted.at(-1)?.subject, 'ALARM: "up" in US East (N. Virginia)');
    assert.equal(rig.cloudwatch.alarms()[0]?.stateReason, 'a test');
    rig.run(10, () => rig.put('Up', 1));
    assert.equal(rig.state('up'), 'OK');
  });

  it('does nothing when the alarm already stands there, and names an alarm that does not exist', () => {
    const rig = bench([heartbeat()]);
    rig.cloudwatch.setAlarmState('up', 'INSUFFICIENT_DATA', 'again');
    assert.deepEqual(rig.changes(), []);
    assert.throws(() => rig.cloudwatch.setAlarmState('down', 'OK', ''), { name: 'ResourceNotFound' });
  });
});
