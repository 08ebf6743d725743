/** AWS's tables once more, as data that arrives minute by minute: store, windows and ticks included. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from '../../../rehearsal/alarms/playback';
import type { Arrival } from '../../../rehearsal/alarms/types';
import type { AlarmState } from '../../../rehearsal/events';
import { rehearsalPlace } from '../../../rehearsal/resources';
import { metricAlarm, start } from './fixture';
import { minuteMs, minuteSamples } from './minute-samples';
import { tableRows, treatments } from './tables';

/** Good points that leave the range before the row begins, so that the alarm comes from OK. */
const goodMinutes = 10;

function arrivals(points: string): Arrival[] {
  const marks = [...'0'.repeat(goodMinutes), ...points.split(' ')];
  return minuteSamples(marks.map((mark) => (mark === '-' ? undefined : mark === 'X' ? 9 : 1)));
}

/** The states after the last point of the row, one a treatment. */
function statesAfter(points: string, m: number): AlarmState[] {
  const resources = treatments.map((treatment) =>
    metricAlarm(treatment, {
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: m,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: treatment,
    }),
  );
  const end = start + (goodMinutes + 5) * minuteMs;
  const { alarms } = play({ resources, place: rehearsalPlace, source: arrivals(points), start, end });
  return alarms.map(({ transitions }) => transitions.at(-1)?.to ?? 'INSUFFICIENT_DATA');
}

describe('minute by minute, as CloudWatch would see it', () => {
  for (const { source, m, points, states } of tableRows) {
    it(`${source}: ${m} of 3, ${points}`, () => {
      const after = statesAfter(points, m);
      states.forEach((expected, index) => {
        // What is kept depends on how the alarm came here: the first bad points may have raised it, and nothing has cleared it.
        if (expected !== 'keep') assert.equal(after[index], expected, treatments[index]);
      });
    });
  }
});
