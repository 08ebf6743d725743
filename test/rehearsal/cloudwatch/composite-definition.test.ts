import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineAlarm } from '../../../rehearsal/cloudwatch/alarm-definition';
import { defineComposites } from '../../../rehearsal/cloudwatch/composite-definition';
import { type Resource, rehearsalPlace } from '../../../rehearsal/resources';
import { compositeAlarm, metricAlarm } from './fixture';

const metricAlarms = ['a', 'b'].map((name) => defineAlarm(metricAlarm(name), rehearsalPlace));
const define = (...composites: Resource[]) => defineComposites(composites, rehearsalPlace, metricAlarms);
const refused = (message: RegExp, ...composites: Resource[]): void =>
  assert.throws(() => define(...composites), { name: 'NotRehearsable', message });

const suppressed = (properties: Record<string, unknown>): Resource =>
  compositeAlarm('main', 'ALARM(a)', {
    ActionsSuppressor: 'b',
    ActionsSuppressorWaitPeriod: 60,
    ActionsSuppressorExtensionPeriod: '90',
    ...properties,
  });

describe('the composite alarms of a template', () => {
  it('come after their children, and after their suppressors where that can be', () => {
    const order = define(
      compositeAlarm('outer', 'ALARM(inner)'),
      suppressed({ ActionsSuppressor: 'down' }),
      compositeAlarm('inner', 'ALARM(a)'),
      compositeAlarm('down', 'ALARM(b)'),
    ).map(({ name }) => name);
    assert.deepEqual(order, ['down', 'inner', 'outer', 'main']);
  });

  it('may suppress each other, and a child the alarm above it', () => {
    const order = define(
      suppressed({ AlarmRule: 'ALARM(child)', ActionsSuppressor: 'child' }),
      compositeAlarm('child', 'ALARM(a)', {
        ActionsSuppressor: 'main',
        ActionsSuppressorWaitPeriod: 0,
        ActionsSuppressorExtensionPeriod: 0,
      }),
    ).map(({ name }) => name);
    assert.deepEqual(order, ['child', 'main']);
  });

  it('know their suppressor by name or by ARN', () => {
    for (const written of ['b', 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:b']) {
      const [main] = define(suppressed({ ActionsSuppressor: written }));
      assert.deepEqual(main?.suppressor, { name: 'b', waitMs: 60_000, extensionMs: 90_000 });
    }
  });

  it('are refused with a suppressor that no template has, and with less than all three of its properties', () => {
    refused(
      /^AWS::CloudWatch::CompositeAlarm mainComposite\.ActionsSuppressor: it names the alarm "nobody"/,
      suppressed({ ActionsSuppressor: 'nobody' }),
    );
    const three = ['ActionsSuppressor', 'ActionsSuppressorWaitPeriod', 'ActionsSuppressorExtensionPeriod'];
    for (const missing of three) {
      const expected = new RegExp(
        `mainComposite\\.${missing}: got nothing, expected all of ${three.join(', ')}`,
      );
      refused(expected, suppressed({ [missing]: undefined }));
    }
    refused(/ActionsSuppressorWaitPeriod: CloudFormation/, suppressed({ ActionsSuppressorWaitPeriod: 1.5 }));
    refused(/ActionsSuppressorWaitPeriod: CloudFormation/, suppressed({ ActionsSuppressorWaitPeriod: -1 }));
  });

  it('are refused where one is its own suppressor, by name or by ARN', () => {
    const arn = `arn:aws:cloudwatch:${rehearsalPlace.region}:${rehearsalPlace.accountId}:alarm:main`;
    for (const ActionsSuppressor of ['main', arn])
      refused(/ActionsSuppressor: the alarm is its own suppressor/, suppressed({ ActionsSuppressor }));
  });

  it('are refused with the path when their rules form a cycle', () => {
    refused(
      /Composite\.AlarmRule: the rules form a cycle, two -> three -> two, and AWS would not evaluate them/,
      compositeAlarm('one', 'ALARM(two)'),
      compositeAlarm('two', 'ALARM(a) AND NOT OK(three)'),
      compositeAlarm('three', 'AT_LEAST(1, ALARM, (b, two))'),
    );
    refused(/the rules form a cycle, self -> self,/, compositeAlarm('self', 'OK(self)'));
  });

  it('are refused with what is wrong in their rule, and where', () => {
    refused(/cComposite\.AlarmRule: unexpected end, expected "\)", at 8/, compositeAlarm('c', 'ALARM(a'));
    refused(/it names the alarm "nobody", which no template has/, compositeAlarm('c', 'ALARM(nobody)'));
    refused(/AlarmRule: CloudFormation would refuse it/, compositeAlarm('c', ' '.repeat(10_241)));
  });

  it('are refused with more children or more parents than AWS allows', () => {
    const many = Array.from({ length: 151 }, (_, index) => compositeAlarm(`c${index}`, 'ALARM(a)'));
    refused(/more than 150 composite alarms name the alarm "a"/, ...many);
    assert.equal(define(...many.slice(0, 150)).length, 150);
    const leaves = many.slice(0, 101).map((_, index) => compositeAlarm(`leaf${index}`, 'TRUE'));
    const rule = `AT_LEAST(1, ALARM, (${leaves.map((_, index) => `leaf${index}`).join(', ')}))`;
    refused(/it names 101 alarms, expected at most 100/, ...leaves, compositeAlarm('all', rule));
  });
});
