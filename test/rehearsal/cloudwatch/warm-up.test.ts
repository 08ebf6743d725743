import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bench, heartbeat, metricAlarm } from './fixture';

const warmUp = (more: Record<string, unknown> = {}) => ({
  WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 60, ...more },
});

describe('a warm-up', () => {
  it('keeps a new alarm quiet until data covers its window', () => {
    const rig = bench([heartbeat(warmUp())]);
    rig.run(300, (second) => {
      if (second >= 200) rig.put('Up', 1);
    });
    assert.deepEqual(rig.changes(), ['210: up INSUFFICIENT_DATA>OK']);
    assert.equal(rig.cloudwatch.alarms()[0]?.stateReason.startsWith('Threshold Crossed: 1 out of'), true);
  });

  it("ends early as AWS's example shows: three periods of five minutes, data from minute 4, evaluated at minute 19", () => {
    const rig = bench([
      metricAlarm('up', { Period: 300, EvaluationPeriods: 3, ...warmUp(), TreatMissingData: 'breaching' }),
    ]);
    rig.run(25 * 60, (second) => {
      if (second >= 240 && second % 60 === 0) rig.put('Up', 1);
    });
    assert.deepEqual(rig.changes(), [`${19 * 60}: up INSUFFICIENT_DATA>OK`]);
  });

  it('ends at its time when no data comes, and silence counts from then on', () => {
    const rig = bench([heartbeat(warmUp({ WarmUpPeriodDurationInMinutes: 5 }))]);
    rig.run(400);
    assert.deepEqual(rig.changes(), ['300: up INSUFFICIENT_DATA>ALARM']);
  });

  it('lasts its whole time when it is told to', () => {
    const only = { WarmUpPeriodDurationInMinutes: 5, OnlyStartEvaluatingAfterWarmUpPeriodEnds: true };
    const rig = bench([heartbeat(warmUp(only))]);
    rig.run(400, () => rig.put('Up', 1));
    assert.deepEqual(rig.changes(), ['300: up INSUFFICIENT_DATA>OK']);
  });

  it('takes no actions, not even for a state that is set by hand', () => {
    const rig = bench([heartbeat(warmUp())]);
    rig.cloudwatch.setAlarmState('up', 'ALARM', 'a test');
    assert.equal(rig.state('up'), 'ALARM');
    assert.deepEqual(rig.acted, []);
  });

  it('does not come back once it has ended', () => {
    const rig = bench([heartbeat(warmUp())]);
    rig.run(120, (second) => {
      if (second < 15) rig.put('Up', 1);
    });
    assert.deepEqual(rig.changes(), ['10: up INSUFFICIENT_DATA>OK', '50: up OK>ALARM']);
  });
});
