import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bench, compositeAlarm, metricAlarm } from './fixture';

describe('a composite alarm', () => {
  const twoMetrics = [metricAlarm('a', { MetricName: 'A' }), metricAlarm('b', { MetricName: 'B' })];

  it('follows its children in the same tick and tells which one moved it', () => {
    const rig = bench([
      compositeAlarm('either', '(ALARM("a") OR ALARM("b")) AND (NOT OK("a") OR NOT OK("b"))'),
      ...twoMetrics,
    ]);
    rig.run(40, (second) => {
      rig.put('A', 1);
      rig.put('B', second >= 10 && second < 20 ? 0 : 1);
    });
    assert.deepEqual(
      rig.changes().filter((change) => change.includes('either')),
      ['10: either INSUFFICIENT_DATA>OK', '20: either OK>ALARM', '30: either ALARM>OK'],
    );
    const changes = rig.events('alarm').filter(({ name }) => name === 'either');
    assert.deepEqual(
      changes.slice(0, 2).map(({ reason }) => reason),
      [
        'arn:aws:cloudwatch:us-east-1:000000000000:alarm:either was created and its alarm rule evaluates to OK',
        'arn:aws:cloudwatch:us-east-1:000000000000:alarm:b transitioned to ALARM at Saturday 14 November, 2026 18:00:20 UTC',
      ],
    );
    const message = JSON.parse(
      rig.acted.findLast(({ subject }) => subject.startsWith('ALARM: "either"'))?.message ?? '',
    );
    assert.deepEqual(message.TriggeringChildren, [
      {
        Arn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:b',
        State: { Value: 'ALARM', Timestamp: '2026-11-14T18:00:20.000+0000' },
      },
    ]);
  });

  it('moves the composite above it', () => {
    const rig = bench([
      compositeAlarm('outer', 'ALARM(inner)'),
      compositeAlarm('inner', 'ALARM(a)'),
      ...twoMetrics,
    ]);
    rig.run(20, (second) => rig.put('A', second < 10 ? 1 : 0));
    assert.deepEqual(
      rig.changes().filter((change) => change.startsWith('20')),
      ['20: a OK>ALARM', '20: inner OK>ALARM', '20: outer OK>ALARM'],
    );
  });

  it('keeps a forced state until a child changes', () => {
    const rig = bench([compositeAlarm('either', 'ALARM(a)'), ...twoMetrics]);
    rig.run(20, () => rig.put('A', 1));
    rig.cloudwatch.setAlarmState('either', 'ALARM', 'a test');
    rig.run(20, () => rig.put('A', 1));
    assert.equal(rig.state('either'), 'ALARM');
    rig.cloudwatch.setAlarmState('a', 'INSUFFICIENT_DATA', 'a test');
    assert.equal(rig.state('either'), 'OK');
  });

  it('with AND beside OR is told in a notice', () => {
    const rig = bench([compositeAlarm('mixed', 'ALARM(a) AND ALARM(b) OR TRUE'), ...twoMetrics]);
    rig.run(10);
    assert.match(rig.events('notice')[0]?.text ?? '', /AWS publishes no precedence/);
  });
});
