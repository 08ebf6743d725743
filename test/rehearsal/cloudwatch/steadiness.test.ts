/** Evaluations that are left out because they must repeat the last one: whatever disturbs them must be seen. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from '../../../rehearsal/alarms/playback';
import type { Arrival } from '../../../rehearsal/alarms/types';
import type { EvaluationSettings } from '../../../rehearsal/cloudwatch/settings';
import { rehearsalPlace } from '../../../rehearsal/resources';
import { metricAlarm, start } from './fixture';
import { minuteMs, minuteSample } from './minute-samples';

const high = { Statistic: 'Maximum', Period: 60, Threshold: 5, ComparisonOperator: 'GreaterThanThreshold' };

/** An hour of ones, and what else is said: minute, value, and when it comes. */
function hour(
  others: readonly (readonly [minute: number, value: number, arrives: number])[] = [],
): Arrival[] {
  const steady = Array.from({ length: 60 }, (_, index) => minuteSample(index, 1));
  const more = others.map(([index, value, arrives]) => minuteSample(index, value, { arrives }));
  return [...steady, ...more].sort((left, right) => left.arrivedAt - right.arrivedAt);
}

function told(
  properties: Record<string, unknown>,
  source: readonly Arrival[],
  settings: Partial<EvaluationSettings> = {},
): string[] {
  const resources = [metricAlarm('high', { ...high, ...properties })];
  const [alarm] = play({
    resources,
    place: rehearsalPlace,
    source,
    start,
    end: start + 60 * minuteMs,
    settings,
  }).alarms;
  return (alarm?.transitions ?? []).map(({ at, to }) => `${(at - start) / minuteMs} ${to}`);
}

describe('an alarm that has been quiet for long', () => {
  it('sees one bad point', () => {
    assert.deepEqual(told({ EvaluationPeriods: 1 }, hour([[40, 9, 40]])), ['1 OK', '41 ALARM', '42 OK']);
    assert.deepEqual(told({ EvaluationPeriods: 3, DatapointsToAlarm: 1 }, hour([[40, 9, 40]])), [
      '1 OK',
      '41 ALARM',
      '44 OK',
    ]);
  });

  for (const evaluationRangeExtraPeriods of [0, 2]) {
    it(`sees a bad point that comes two periods late, with ${evaluationRangeExtraPeriods} extra periods`, () => {
      const settings = { evaluationRangeExtraPeriods };
      const late = hour([[40, 9, 42.5]]);
      assert.deepEqual(told({ EvaluationPeriods: 4, DatapointsToAlarm: 1 }, late, settings), [
        '1 OK',
        '43 ALARM',
        '45 OK',
      ]);
      assert.deepEqual(told({ EvaluationPeriods: 1 }, late, settings), ['1 OK']);
    });
  }

  it('goes on judging after a state that somebody set by hand', () => {
    const resources = [metricAlarm('high', { ...high, EvaluationPeriods: 1 })];
    const forced = [
      { at: start + 30.5 * minuteMs, name: 'high', state: 'ALARM' as const, reason: 'a drill' },
    ];
    const [alarm] = play({
      resources,
      place: rehearsalPlace,
      source: hour(),
      start,
      end: start + 60 * minuteMs,
      forced,
    }).alarms;
    assert.deepEqual(
      alarm?.transitions.map(({ at, to }) => `${(at - start) / minuteMs} ${to}`),
      ['1 OK', '30.5 ALARM', '31 OK'],
    );
  });

  it('notices that data has ended', () => {
    const half = hour().filter(({ datum }) => datum.at < start + 30 * minuteMs);
    assert.deepEqual(told({ EvaluationPeriods: 1 }, half), ['1 OK', '33 INSUFFICIENT_DATA']);
  });

  it('leaves its warm-up when the time is over', () => {
    const warmUp = { WarmUpPeriodDurationInMinutes: 20, OnlyStartEvaluatingAfterWarmUpPeriodEnds: true };
    assert.deepEqual(told({ EvaluationPeriods: 1, WarmUpConfiguration: warmUp }, hour()), ['20 OK']);
  });
});
