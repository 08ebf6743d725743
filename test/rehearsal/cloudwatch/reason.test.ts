import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  javaDouble,
  longTimestamp,
  offsetTimestamp,
  shortTimestamp,
} from '../../../rehearsal/cloudwatch/java-text';
import { type ReasonFacts, stateReason, stateReasonData } from '../../../rehearsal/cloudwatch/reason';

const noon = Date.UTC(2026, 10, 14, 12);

/** Datapoints newest first, a minute apart; the newest minute is 11:59. */
function facts(values: readonly number[], more: Partial<ReasonFacts> = {}): ReasonFacts {
  return {
    state: 'ALARM',
    judged: values.map((value, age) => ({
      at: noon - (age + 1) * 60_000,
      value,
      breaches: value > 50,
      sampleCount: 1,
    })),
    missingAt: [],
    filled: 0,
    treatMissingData: 'missing',
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    datapointsToAlarmSet: false,
    limit: { kind: 'threshold', comparison: 'GreaterThanThreshold', threshold: 50 },
    periodSeconds: 60,
    statistic: 'Average',
    queriedAt: noon + 838,
    ...more,
  };
}

const m2 = { datapointsToAlarm: 2, datapointsToAlarmSet: true };

describe('the reason of a state reads as AWS writes it', () => {
  const cases: readonly [string, ReasonFacts, string][] = [
    [
      'M of N, into ALARM',
      facts([99.5, 10, 812], m2),
      'Threshold Crossed: 2 out of the last 3 datapoints [99.5 (14/11/26 11:59:00), 812.0 (14/11/26 11:57:00)] were greater than the threshold (50.0) (minimum 2 datapoints for OK -> ALARM transition).',
    ],
    [
      'one of one',
      facts([99.5], { evaluationPeriods: 1, datapointsToAlarm: 1, datapointsToAlarmSet: true }),
      'Threshold Crossed: 1 out of the last 1 datapoints [99.5 (14/11/26 11:59:00)] was greater than the threshold (50.0) (minimum 1 datapoint for OK -> ALARM transition).',
    ],
    [
      'M of N, back to OK, with the minimum that takes the alarm back',
      facts([1, 2, 99], { ...m2, state: 'OK' }),
      'Threshold Crossed: 2 out of the last 3 datapoints [1.0 (14/11/26 11:59:00), 2.0 (14/11/26 11:58:00)] were not greater than the threshold (50.0) (minimum 2 datapoints for ALARM -> OK transition).',
    ],
    [
      'without DatapointsToAlarm',
      facts([60, 70, 80]),
      'Threshold Crossed: 3 datapoints [60.0 (14/11/26 11:59:00), 70.0 (14/11/26 11:58:00), 80.0 (14/11/26 11:57:00)] were greater than the threshold (50.0).',
    ],
    [
      'without DatapointsToAlarm, back to OK by one',
      facts([0, 70, 80], { state: 'OK' }),
      'Threshold Crossed: 1 datapoint [0.0 (14/11/26 11:59:00)] was not greater than the threshold (50.0).',
    ],
    [
      'many datapoints, of which the newest five are shown',
      facts([60, 61, 62, 63, 64, 65], {
        evaluationPeriods: 6,
        datapointsToAlarm: 6,
        datapointsToAlarmSet: true,
      }),
      'Threshold Crossed: 6 out of the last 6 datapoints were greater than the threshold (50.0). The most recent datapoints which crossed the threshold: [60.0 (14/11/26 11:59:00), 61.0 (14/11/26 11:58:00), 62.0 (14/11/26 11:57:00), 63.0 (14/11/26 11:56:00), 64.0 (14/11/26 11:55:00)] (minimum 6 datapoints for OK -> ALARM transition).',
    ],
    [
      'nothing real, filled as breaching',
      facts([], { evaluationPeriods: 2, filled: 2, treatMissingData: 'breaching' }),
      'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].',
    ],
    [
      'nothing real, one period',
      facts([], { state: 'OK', evaluationPeriods: 1, filled: 1, treatMissingData: 'notBreaching' }),
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    ],
    [
      'fills that outvote what is real',
      facts([0], { ...m2, filled: 2, treatMissingData: 'breaching' }),
      'Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].',
    ],
    [
      'real points and fills together',
      facts([613], {
        evaluationPeriods: 20,
        datapointsToAlarm: 1,
        datapointsToAlarmSet: true,
        filled: 19,
        treatMissingData: 'notBreaching',
      }),
      'Threshold Crossed: 1 out of the last 20 datapoints [613.0 (14/11/26 11:59:00)] was greater than the threshold (50.0) and 19 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition).',
    ],
    [
      'no data',
      facts([], { state: 'INSUFFICIENT_DATA', evaluationPeriods: 5, filled: 5 }),
      'Insufficient Data: 5 datapoints were unknown.',
    ],
    [
      'one unknown datapoint',
      facts([], { state: 'INSUFFICIENT_DATA', evaluationPeriods: 1, filled: 1 }),
      'Insufficient Data: 1 datapoint was unknown.',
    ],
  ];
  for (const [name, input, expected] of cases) it(name, () => assert.equal(stateReason(input), expected));
});

describe('the reason data', () => {
  it('lists recent points oldest first and evaluated ones newest first, as doubles', () => {
    assert.equal(
      stateReasonData(facts([901.5, 812], { ...m2, unit: 'Count' })),
      '{"version":"1.0","queryDate":"2026-11-14T12:00:00.838+0000","startDate":"2026-11-14T11:58:00.000+0000","unit":"Count","statistic":"Average","period":60,"recentDatapoints":[812.0,901.5],"threshold":50.0,"evaluatedDatapoints":[{"timestamp":"2026-11-14T11:59:00.000+0000","sampleCount":1.0,"value":901.5},{"timestamp":"2026-11-14T11:58:00.000+0000","sampleCount":1.0,"value":812.0}]}',
    );
  });

  it('shows missing periods by their time alone, and no start without a point', () => {
    const missingAt = [noon - 60_000, noon - 120_000];
    assert.equal(
      stateReasonData(facts([], { state: 'INSUFFICIENT_DATA', evaluationPeriods: 2, filled: 2, missingAt })),
      '{"version":"1.0","queryDate":"2026-11-14T12:00:00.838+0000","statistic":"Average","period":60,"recentDatapoints":[],"threshold":50.0,"evaluatedDatapoints":[{"timestamp":"2026-11-14T11:59:00.000+0000"},{"timestamp":"2026-11-14T11:58:00.000+0000"}]}',
    );
  });
});

describe('numbers and times', () => {
  it('print as Java prints doubles', () => {
    const cases: readonly [number, string][] = [
      [0, '0.0'],
      [50, '50.0'],
      [-1.5, '-1.5'],
      [0.001, '0.001'],
      [0.0001, '1.0E-4'],
      [9_999_999, '9999999.0'],
      [10_000_000, '1.0E7'],
      [12_345_678.9, '1.23456789E7'],
      [2.88135593220462, '2.88135593220462'],
    ];
    for (const [value, expected] of cases) assert.equal(javaDouble(value), expected);
  });

  it('print in the three forms that CloudWatch mixes', () => {
    const at = Date.UTC(2019, 7, 5, 17, 4, 3, 7);
    assert.equal(offsetTimestamp(at), '2019-08-05T17:04:03.007+0000');
    assert.equal(shortTimestamp(at), '05/08/19 17:04:03');
    assert.equal(longTimestamp(at), 'Monday 05 August, 2019 17:04:03 UTC');
  });
});
