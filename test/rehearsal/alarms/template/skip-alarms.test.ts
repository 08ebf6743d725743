/** All refusals at once, and a template without the alarms that are refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UnknownAlarm } from '../../../../rehearsal/alarms/find-alarm';
import { checkTemplate } from '../../../../rehearsal/alarms/template/check-template';
import { evaluable, skipAlarms } from '../../../../rehearsal/alarms/template/skip-alarms';
import { alarm, composite, readFixture, readTexts, refusalOf, template } from './fixture';

const mute = (...names: string[]) => ({
  Type: 'AWS::CloudWatch::AlarmMuteRule',
  Properties: {
    Rule: { Schedule: { Expression: 'cron(0 2 * * *)', Duration: 'PT1H' } },
    MuteTargets: { AlarmNames: names },
  },
});
const read = (resources: object) => readTexts({ 'a.json': template(resources) });

describe('checking a template', () => {
  it('finds every alarm that cannot be evaluated, not only the first', () => {
    const checked = read({
      Good: alarm(),
      Unresolved: alarm({ Unit: { Ref: 'X' } }),
      Trimmed: alarm({ Period: 15 }),
      Wrong: alarm({ AlarmName: 'wrong', TreatMissingData: 'whatever' }),
      Rule: composite('ALARM(Good) AND'),
      Orphan: composite('ALARM(Nobody)'),
      One: composite('ALARM(Two)'),
      Two: composite('ALARM(One)'),
      Three: composite('ALARM(Four)'),
      Four: composite('ALARM(Three)'),
      Logs: { Type: 'AWS::CloudWatch::LogAlarm', Properties: {} },
      Fine: composite('ALARM(Trimmed) OR ALARM(Unresolved) OR ALARM(Orphan) OR ALARM(Logs) OR ALARM(wrong)'),
      Mute: mute('Nobody'),
    });
    const refusals = checkTemplate(checked);
    assert.deepEqual(
      refusals.map(({ name }) => name),
      ['Unresolved', 'Trimmed', 'wrong', 'Logs', 'Rule', 'Orphan', 'One', 'Three', 'Mute'],
    );
    for (const { logicalId, reason } of refusals) assert.ok(reason.includes(logicalId), reason);
    assert.match(refusals[6]?.reason ?? '', /the rules form a cycle, One -> Two -> One/);
  });

  it('prints all of them in one message, with the options that leave them out', () => {
    const message = refusalOf(() =>
      evaluable(
        read({
          Good: alarm(),
          Bad: alarm({ Period: 15 }),
          'Fn::ForEach::A': ['x', ['a'], { 'a${x}': alarm() }],
        }),
      ),
    );
    const [first, ...lines] = message.split('\n');
    assert.equal(
      first,
      'template: not all of it can be evaluated, got 2 refusals, expected none; correct each or leave it out with --skip Fn::ForEach::A --skip Bad',
    );
    assert.equal(lines.length, 2);
    assert.match(lines[1] ?? '', /^ {2}AWS::CloudWatch::Alarm Bad\.Period: got 15, expected 10, 20, 30 or/);
  });
});

describe('the advice to leave alarms out', () => {
  const advice = (resources: object): string[] =>
    [...refusalOf(() => evaluable(read(resources))).matchAll(/--skip (\S+)/g)].map(([, name = '']) => name);

  it('names every alarm of a cycle, and what reads an alarm that goes', () => {
    const cycle = { a: composite('ALARM(b)'), b: composite('ALARM(a)'), c: composite('OK(a)') };
    const names = advice(cycle);
    assert.deepEqual([...names].sort(), ['a', 'b', 'c']);
    assert.ok(evaluable(read({ ...cycle, up: alarm() }), names).resources.length === 1);
  });

  it('says the logical id of a name that nobody can type', () => {
    assert.deepEqual(advice({ up: alarm({ AlarmName: 'a\u0007' }) }), ['up']);
  });
});

describe('leaving alarms out', () => {
  it('makes a dump with an anomaly alarm evaluable', () => {
    const dump = readFixture('team-dump.json');
    assert.match(
      refusalOf(() => evaluable(dump)),
      /leave it out with --skip payments-volume-unusual\n/,
    );
    const kept = evaluable(dump, ['volume-unusual']);
    assert.equal(kept.resources.length, dump.resources.length - 1);
    assert.deepEqual(
      evaluable(readFixture('web-shop.yaml')).resources,
      readFixture('web-shop.yaml').resources,
    );
  });

  it('also takes one that could not be resolved, by name', () => {
    const kept = evaluable(read({ Good: alarm(), Bad: alarm({ Unit: { Ref: 'X' } }) }), ['Bad']);
    assert.deepEqual(kept.refused, []);
    assert.equal(kept.resources.length, 1);
  });

  it('is refused when a composite alarm that stays needs it, by rule, ARN or suppressor', () => {
    const arn = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:Up';
    const resources = {
      Up: alarm(),
      Down: alarm(),
      ByName: composite('ALARM(Up) OR ALARM(Down)'),
      ByArn: composite(`NOT OK("${arn}")`),
      Held: composite('ALARM(Down)', { ActionsSuppressor: 'Up' }),
      Free: composite('ALARM(Down)'),
    };
    assert.equal(
      refusalOf(() => skipAlarms(read(resources), ['Up'])),
      '--skip: composite alarms that stay need what goes, got ByName, which needs Up; ByArn, which needs Up; Held, which needs Up, expected none; add --skip ByName --skip ByArn --skip Held',
    );
    const kept = skipAlarms(read(resources), ['Up', 'ByName', 'ByArn', 'Held']);
    assert.deepEqual(
      kept.resources.map(({ logicalId }) => logicalId),
      ['Down', 'Free'],
    );
  });

  it('takes them from the mute rules, and a mute rule without alarms goes', () => {
    const resources = { Up: alarm(), Down: alarm(), Both: mute('Up', 'Down'), Only: mute('Up') };
    const kept = skipAlarms(read(resources), ['Up']);
    assert.deepEqual(
      kept.resources.map(({ logicalId, properties }) => [logicalId, properties.MuteTargets]),
      [
        ['Down', undefined],
        ['Both', { AlarmNames: ['Down'] }],
      ],
    );
    assert.deepEqual(checkTemplate(kept), []);
  });

  it('is refused for a name that nobody bears, and for all alarms at once', () => {
    assert.throws(() => skipAlarms(read({ Up: alarm() }), ['Upp']), UnknownAlarm);
    assert.match(
      refusalOf(() => evaluable(read({ Up: alarm() }), ['Up'])),
      /^--skip: it leaves no alarm/,
    );
  });
});
