import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AlarmEvent } from '../../../rehearsal/cloudwatch/types';
import type { AlarmState } from '../../../rehearsal/events';
import type { Resource } from '../../../rehearsal/resources';
import { bench, compositeAlarm, muteRule, topic } from './fixture';

/** Seconds 60 to 120 of the bench. */
const minute = { Expression: 'at(2026-11-14T18:01)', Duration: 'PT1M' };
const alarm = compositeAlarm('main', 'FALSE');

function play(
  resources: readonly Resource[],
  forced: readonly (readonly [second: number, state: AlarmState])[],
  seconds = 200,
) {
  const published: AlarmEvent[] = [];
  const rig = bench(resources, { publish: (event) => published.push(event) });
  rig.run(seconds, (second) => {
    for (const [at, state] of forced)
      if (at === second) rig.cloudwatch.setAlarmState('main', state, 'a test');
  });
  const when = ({ at }: { at: number }): number => Math.round((at - rig.now()) / 1000) + seconds;
  return {
    rig,
    published,
    actions: rig.events('action').map((event) => `${when(event)} ${event.state}`),
    withheld: rig.events('withheld').map((event) => `${when(event)} ${event.state} ${event.by}`),
  };
}

describe('a mute rule', () => {
  it('holds the actions of every state back, and those of the present state run when its window ends', () => {
    const { actions, withheld, rig } = play(
      [alarm, muteRule('night', minute, ['main'])],
      [
        [70, 'ALARM'],
        [80, 'OK'],
        [90, 'ALARM'],
      ],
    );
    assert.deepEqual(withheld, [
      '70 ALARM mute rule night',
      '80 OK mute rule night',
      '90 ALARM mute rule night',
    ]);
    assert.deepEqual(actions, ['10 OK', '120 ALARM']);
    const message = JSON.parse(rig.events('action').at(-1)?.message ?? '');
    assert.equal(message.ActionExecutedAfterMuteWindow, true);
    assert.equal(message.StateChangeTime, '2026-11-14T18:01:30.000+0000');
    assert.deepEqual(
      rig.cloudwatch
        .history('main')
        .map(({ summary }) => summary)
        .slice(-3),
      [
        'Alarm updated from OK to ALARM',
        'Actions withheld by mute rule night',
        `Successfully executed action ${topic}`,
      ],
    );
  });

  it('lets go what ran before its window and what comes after it', () => {
    const rule = muteRule('night', minute, ['main']);
    const early = play(
      [alarm, rule],
      [
        [50, 'ALARM'],
        [130, 'OK'],
      ],
    );
    assert.deepEqual(early.actions, ['10 OK', '50 ALARM', '130 OK']);
    assert.deepEqual(early.withheld, []);
  });

  it('that ends inside the window of another leaves it to that one', () => {
    const longer = muteRule('longer', { Expression: 'at(2026-11-14T18:01)', Duration: 'PT2M' }, ['main']);
    const later = muteRule('later', { Expression: 'at(2026-11-14T18:02)', Duration: 'PT1M' }, ['main']);
    const short = muteRule('short', minute, ['main']);
    const both = play([alarm, short, longer], [[70, 'ALARM']]);
    assert.deepEqual(both.withheld, ['70 ALARM mute rule longer']);
    assert.deepEqual(both.actions, ['10 OK', '180 ALARM']);
    const chain = play([alarm, short, later], [[70, 'ALARM']]);
    assert.deepEqual(chain.withheld, ['70 ALARM mute rule short', '120 ALARM mute rule later']);
    assert.deepEqual(chain.actions, ['10 OK', '180 ALARM']);
  });

  it('whose windows overlap is told once and holds until the last of them ends', () => {
    const schedule = { Expression: 'cron(* 18 * * *)', Duration: 'PT2M' };
    const often = muteRule('often', schedule, ['main'], { ExpireDate: '2026-11-14T18:05' });
    const { actions, withheld } = play([alarm, often], [[70, 'ALARM']], 400);
    assert.deepEqual(withheld, ['10 OK mute rule often', '70 ALARM mute rule often']);
    assert.deepEqual(actions, ['300 ALARM']);
  });

  it('whose window a later change falls out of no longer counts', () => {
    const later = muteRule('later', { Expression: 'at(2026-11-14T18:01)', Duration: 'PT2M' }, ['main']);
    const { actions, withheld } = play(
      [alarm, muteRule('short', { Expression: 'at(2026-11-14T18:00)', Duration: 'PT2M' }, ['main']), later],
      [
        [30, 'ALARM'],
        [90, 'OK'],
      ],
    );
    assert.deepEqual(withheld, [
      '10 OK mute rule short',
      '30 ALARM mute rule short',
      '90 OK mute rule later',
    ]);
    assert.deepEqual(actions, ['180 OK']);
  });

  it('mutes its targets only', () => {
    const other = compositeAlarm('other', 'FALSE');
    const { actions } = play([alarm, other, muteRule('night', minute, ['other'])], [[70, 'ALARM']]);
    assert.deepEqual(actions.at(-1), '70 ALARM');
  });

  it('does not keep EventBridge from being told, which learns the window', () => {
    const { published } = play([alarm, muteRule('night', minute, ['main'])], [[70, 'ALARM']]);
    assert.deepEqual(published.at(-1)?.detail.muteDetail, {
      mutedByArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm-mute-rule:night',
      muteWindowStart: '2026-11-14T18:01:00.000+0000',
      muteWindowEnd: '2026-11-14T18:02:00.000+0000',
    });
    assert.ok(!('muteDetail' in (published[0]?.detail ?? {})));
  });

  it('changes nothing for actions that are switched off', () => {
    const off = compositeAlarm('main', 'FALSE', { ActionsEnabled: false });
    const { actions, withheld } = play([off, muteRule('night', minute, ['main'])], [[70, 'ALARM']]);
    assert.deepEqual(actions, []);
    assert.deepEqual(withheld, ['10 OK ActionsEnabled', '70 ALARM ActionsEnabled']);
  });

  it('lets go of its timers when it is stopped', () => {
    const { rig } = play([alarm, muteRule('night', minute, ['main'])], [[70, 'ALARM']], 100);
    rig.cloudwatch.stop();
    rig.run(60);
    assert.equal(rig.events('action').length, 1);
  });
});

describe('a mute rule of the template', () => {
  const refused = (rule: Resource, message: RegExp): void =>
    assert.throws(() => bench([alarm, rule]), { name: 'NotRehearsable', message });

  it('is refused by name for what AWS would refuse', () => {
    refused(
      muteRule('night', minute, ['nobody']),
      /^AWS::CloudWatch::AlarmMuteRule nightMute\.MuteTargets\.AlarmNames: it names the alarm "nobody"/,
    );
    refused(
      muteRule('night', { ...minute, Duration: 'P16D' }, ['main']),
      /nightMute\.Rule\.Schedule\.Duration: /,
    );
    refused(muteRule('night', { ...minute, Timezone: 'X' }, ['main']), /Rule\.Schedule\.Timezone: got X/);
    refused(muteRule('night', minute, ['main'], { Rule: {} }), /nightMute\.Rule\.Schedule: CloudFormation/);
    refused(muteRule('night', minute, ['main'], { Colour: 'red' }), /nightMute\.Colour: /);
    refused(
      muteRule(
        'night',
        minute,
        Array.from({ length: 101 }, () => 'main'),
      ),
      /nightMute\.MuteTargets\.AlarmNames: CloudFormation would refuse it/,
    );
  });

  it('may have no targets, and then mutes nothing', () => {
    const rule = muteRule('night', minute, [], { MuteTargets: undefined });
    assert.deepEqual(play([alarm, rule], [[70, 'ALARM']]).withheld, []);
  });
});
