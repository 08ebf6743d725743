import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { targetKind } from '../../../rehearsal/cloudwatch/action-target';
import { bench, compositeAlarm, heartbeat, mathAlarm, metricAlarm, muteRule } from './fixture';

const stop = 'arn:aws:automate:us-east-1:ec2:stop';
const scale =
  'arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:6d8972f3:autoScalingGroupName/web:policyName/out';
const opsItem = 'arn:aws:ssm:us-east-1:123456789012:opsitem:2#CATEGORY=Performance';
const incident = 'arn:aws:ssm-incidents::123456789012:response-plan/page';
const investigation = 'arn:aws:aiops:us-east-1:123456789012:investigation-group/a';

describe('the target of an action', () => {
  it('is known by its ARN', () => {
    const kinds: readonly [string, string][] = [
      ['arn:aws:sns:us-east-1:123456789012:page', 'sns'],
      ['arn:aws:lambda:us-east-1:123456789012:function:f:live', 'lambda'],
      [stop, 'ec2'],
      ['arn:aws:swf:us-east-1:123456789012:action/actions/AWS_EC2.InstanceId.Reboot/1.0', 'ec2'],
      [scale, 'auto-scaling'],
      [opsItem, 'ops-item'],
      [incident, 'incident'],
      [investigation, 'investigation'],
      ['arn:other', 'unknown'],
    ];
    for (const [arn, kind] of kinds) assert.equal(targetKind(arn), kind, arn);
  });

  it('is refused by name where AWS refuses it', () => {
    const refused = (resource: Parameters<typeof bench>[0][number], message: RegExp): void =>
      assert.throws(() => bench([resource]), { name: 'NotRehearsable', message });
    refused(
      compositeAlarm('c', 'TRUE', { AlarmActions: [stop] }),
      /cComposite\.AlarmActions: AWS refuses arn:.*: a composite alarm takes no EC2 action; /,
    );
    refused(compositeAlarm('c', 'TRUE', { OKActions: [scale] }), /OKActions: .* no Auto Scaling action/);
    refused(
      mathAlarm('m', 'a', { a: { metric: 'A' } }, { AlarmActions: [stop] }),
      /an alarm on metric math takes no EC2 action/,
    );
    refused(metricAlarm('a', { AlarmActions: [stop] }), /needs a metric with the dimension InstanceId/);
    for (const arn of [opsItem, incident, investigation]) {
      refused(metricAlarm('a', { OKActions: [arn] }), /OKActions: .*: it runs on ALARM only/);
      refused(metricAlarm('a', { InsufficientDataActions: [arn] }), /InsufficientDataActions: .*ALARM only/);
    }
    bench([
      metricAlarm('a', {
        Dimensions: [{ Name: 'InstanceId', Value: 'i-0' }],
        AlarmActions: [stop, scale, opsItem, incident, investigation],
      }),
    ]);
  });
});

describe('an Auto Scaling action', () => {
  it('runs once a minute while the state stays, and alone', () => {
    const rig = bench([heartbeat({ AlarmActions: [scale, 'arn:other'], OKActions: [] })]);
    rig.run(300, (second) => {
      if (second < 45 || second > 250) rig.put('Up', 1);
    });
    assert.deepEqual(rig.changes().slice(1), ['80: up OK>ALARM', '260: up ALARM>OK']);
    const begin = rig.now() - 300_000;
    assert.deepEqual(
      rig.events('action').map(({ at, target }) => `${(at - begin) / 1000} ${target}`),
      [`80 ${scale}`, '80 arn:other', `140 ${scale}`, `200 ${scale}`],
    );
  });

  it('stops running again for the length of a mute window', () => {
    const night = muteRule('night', { Expression: 'at(2026-11-14T18:02)', Duration: 'PT2M' }, ['up']);
    const rig = bench([heartbeat({ AlarmActions: [scale], OKActions: [] }), night]);
    rig.run(360, (second) => {
      if (second < 45) rig.put('Up', 1);
    });
    const begin = rig.now() - 360_000;
    assert.deepEqual(
      rig.events('action').map(({ at }) => (at - begin) / 1000),
      [80, 240, 300, 360],
    );
  });

  it('does not run again while it is muted, nor before it ran at all', () => {
    const night = muteRule('night', { Expression: 'at(2026-11-14T18:01)', Duration: 'PT2M' }, ['up']);
    const rig = bench([heartbeat({ AlarmActions: [scale], OKActions: [] }), night]);
    rig.run(300, (second) => {
      if (second < 45) rig.put('Up', 1);
    });
    const begin = rig.now() - 300_000;
    assert.deepEqual(
      rig.events('action').map(({ at }) => (at - begin) / 1000),
      [180, 240, 300],
    );
  });
});
