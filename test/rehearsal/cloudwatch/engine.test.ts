import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bench, dimensions, heartbeat, mathAlarm, metricAlarm } from './fixture';

const errorRate = (more: Record<string, unknown> = {}) =>
  mathAlarm(
    'error-rate',
    'IF(total >= 20, 100 * errors / total)',
    { errors: { metric: 'Errors' }, total: { metric: 'Count' } },
    {
      EvaluationPeriods: 4,
      DatapointsToAlarm: 3,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      ...more,
    },
  );

describe('a heartbeat alarm', () => {
  it('fires once the evaluation range has emptied, and comes back with the next beat', () => {
    const rig = bench([heartbeat()]);
    rig.run(120, (second) => {
      if (second < 45 || second >= 100) rig.put('Up', 1);
    });
    // The last beat is at 44 s. Its period, 40 to 50, is the oldest of three in range at 70 and has left it at 80.
    assert.deepEqual(rig.changes(), ['10: up INSUFFICIENT_DATA>OK', '80: up OK>ALARM', '110: up ALARM>OK']);
    const [, alarm] = rig.events('alarm');
    assert.equal(
      alarm?.reason,
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].',
    );
    assert.equal(alarm?.threshold, 1);
    assert.equal(alarm?.value, undefined);
  });

  it('fires at the next evaluation when the service says that it is down', () => {
    const rig = bench([heartbeat()]);
    rig.run(40, (second) => rig.put('Up', second === 25 ? 0 : 1));
    assert.deepEqual(rig.changes(), ['10: up INSUFFICIENT_DATA>OK', '30: up OK>ALARM', '40: up ALARM>OK']);
    assert.equal(rig.events('alarm')[1]?.value, 0);
  });

  it('reaches back as far as the setting says', () => {
    const rig = bench([heartbeat()], { settings: { evaluationRangeExtraPeriods: 0 } });
    rig.run(120, (second) => {
      if (second < 45) rig.put('Up', 1);
    });
    assert.equal(rig.changes().at(-1), '60: up OK>ALARM');
  });

  it('looks at older data when evaluation waits for late data', () => {
    const rig = bench([heartbeat()], { settings: { evaluationDelaySeconds: 10 } });
    rig.run(40, (second) => rig.put('Up', second === 25 ? 0 : 1));
    assert.equal(rig.changes().at(-1), '40: up OK>ALARM');
  });
});

describe('an error-rate alarm, three of four periods of ten seconds', () => {
  const run = (failing: (second: number) => boolean, seconds = 120) => {
    const rig = bench([errorRate()]);
    rig.run(seconds, (second) => {
      rig.put('Count', 10);
      rig.put('Errors', failing(second) ? 8 : 0);
    });
    return rig;
  };

  it('does not fire on a burst of four seconds, even across two periods', () => {
    assert.deepEqual(run((second) => second >= 58 && second < 62).changes(), [
      '10: error-rate INSUFFICIENT_DATA>OK',
    ]);
  });

  it('fires when the third period breaches, and ends when two of four are well', () => {
    const rig = run((second) => second >= 40 && second < 70);
    assert.deepEqual(rig.changes().slice(1), ['70: error-rate OK>ALARM', '90: error-rate ALARM>OK']);
    const [, alarm] = rig.events('alarm');
    assert.equal(alarm?.value, 80);
    assert.match(
      alarm?.reason ?? '',
      /^Threshold Crossed: 3 out of the last 4 datapoints \[80\.0 \(14\/11\/26 18:01:00\)/,
    );
  });

  it('says nothing on too few requests', () => {
    const rig = bench([errorRate()]);
    rig.run(120, (second) => {
      if (second % 10 !== 0) return;
      rig.put('Count', 19);
      rig.put('Errors', 19);
    });
    assert.deepEqual(rig.changes(), ['10: error-rate INSUFFICIENT_DATA>OK']);
  });
});

describe('an alarm', () => {
  it('begins without data, for the documented reason', () => {
    const [alarm] = bench([heartbeat()]).cloudwatch.alarms();
    assert.deepEqual(
      [alarm?.state, alarm?.stateReason],
      ['INSUFFICIENT_DATA', 'Unchecked: Initial alarm creation'],
    );
  });

  it('of whole minutes is evaluated at whole minutes only', () => {
    const rig = bench([metricAlarm('up', { Period: 60 })]);
    rig.run(59, () => rig.put('Up', 1));
    assert.equal(rig.state('up'), 'INSUFFICIENT_DATA');
    rig.run(1, () => rig.put('Up', 1));
    assert.equal(rig.state('up'), 'OK');
  });

  it("over more than a day sees AWS's example: a failure at 10:02 is told at 11:03, its end at 11:43 at 12:03", () => {
    const rig = bench([
      metricAlarm('job', {
        Period: 172_800,
        Statistic: 'Sum',
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    ]);
    // Open failures as a sum of ups and downs. The clock begins at 18:00 where the example begins at 9:00.
    const atMinute: Record<number, number> = { 0: 0, 62: 1, 163: -1 };
    for (let minute = 0; minute < 190; minute++) {
      const value = atMinute[minute];
      rig.run(60, (second) => {
        if (second === 0 && value !== undefined) rig.put('Up', value);
      });
    }
    assert.deepEqual(rig.changes(), [
      `${63 * 60}: job INSUFFICIENT_DATA>OK`,
      `${123 * 60}: job OK>ALARM`,
      `${183 * 60}: job ALARM>OK`,
    ]);
  });

  it('in a unit that nobody publishes sees nothing, and a notice says so once', () => {
    const rig = bench([metricAlarm('up', { Unit: 'Percent' })]);
    rig.run(60, () => rig.put('Up', 1, { unit: 'Count' }));
    assert.equal(rig.state('up'), 'INSUFFICIENT_DATA');
    assert.deepEqual(
      rig.events('notice').map(({ text }) => text),
      [
        'App Up {Service=fraud-scorer, Stage=dev} is watched in Percent and published in Count; CloudWatch converts no units',
      ],
    );
  });

  it('of ten seconds on a metric of standard resolution sees nothing, and a notice says so', () => {
    const rig = bench([metricAlarm('up')]);
    rig.run(120, () => rig.put('Up', 1, { storageResolutionSeconds: 60 }));
    assert.deepEqual(rig.changes(), []);
    assert.match(
      rig.events('notice')[0]?.text ?? '',
      /watched in periods of 10 s and stored at 60 s resolution$/,
    );
  });

  it('on other dimensions than the data sees nothing, and a notice names those that there are', () => {
    const rig = bench([metricAlarm('up')]);
    rig.run(20, () => rig.put('Up', 1, { dimensions: { Service: dimensions.Service } }));
    assert.equal(rig.state('up'), 'INSUFFICIENT_DATA');
    assert.match(rig.events('notice')[0]?.text ?? '', /there is App Up \{Service=fraud-scorer\}$/);
  });

  it('on a percentile keeps its state on too few samples when it is told to, and judges them otherwise', () => {
    const states = (['ignore', 'evaluate'] as const).map((EvaluateLowSampleCountPercentile) => {
      const { Statistic: _, ...properties } = metricAlarm('p90').properties;
      const slow = {
        ...properties,
        ExtendedStatistic: 'p90',
        Threshold: 100,
        EvaluateLowSampleCountPercentile,
      };
      const rig = bench([
        { ...metricAlarm('p90'), properties: { ...slow, ComparisonOperator: 'GreaterThanThreshold' } },
      ]);
      rig.run(20, (second) => rig.put('Up', second < 10 ? 1 : 500, { counts: [second < 10 ? 20 : 2] }));
      return rig.state('p90');
    });
    assert.deepEqual(states, ['OK', 'ALARM']);
  });

  it('refuses data that CloudWatch would refuse, and says so', () => {
    const rig = bench([heartbeat()]);
    rig.put('Up', Number.NaN);
    assert.deepEqual(rig.cloudwatch.listMetrics(), []);
    assert.match(rig.events('notice')[0]?.text ?? '', /would refuse the datum: the value is NaN/);
  });
});
