/** The first evaluations: what a new alarm knows, what it waits for, and what it fits. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from '../../../rehearsal/alarms/playback';
import { createSampleTable } from '../../../rehearsal/alarms/series/sample-table';
import type { AlarmPlayback, Arrival } from '../../../rehearsal/alarms/types';
import { type Resource, rehearsalPlace } from '../../../rehearsal/resources';
import { compositeAlarm, dimensions, mathAlarm, metricAlarm, start } from './fixture';
import { minuteMs, minuteSample } from './minute-samples';

function run(
  resources: readonly Resource[],
  source: readonly Arrival[],
  minutes: number,
): readonly AlarmPlayback[] {
  return play({ resources, place: rehearsalPlace, source, start, end: start + minutes * minuteMs }).alarms;
}

const told = (alarm: AlarmPlayback | undefined): string[] =>
  (alarm?.transitions ?? []).map(({ at, to }) => `${(at - start) / minuteMs} ${to}`);

const high = {
  Period: 60,
  EvaluationPeriods: 1,
  Statistic: 'Maximum',
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
};

describe('a composite alarm', () => {
  it('is evaluated once in the first tick, after its children: it tells nobody of a state they only passed through', () => {
    const alarms = run(
      [
        metricAlarm('a', high),
        compositeAlarm('unknown', 'INSUFFICIENT_DATA(a)'),
        compositeAlarm('bad', 'ALARM(a)'),
      ],
      [minuteSample(0, 9)],
      1,
    );
    assert.deepEqual(alarms.map(told), [['1 ALARM'], ['1 OK'], ['1 ALARM']]);
    assert.deepEqual(
      alarms.map(({ actions }) => actions.map(({ state }) => state)),
      [['ALARM'], ['OK'], ['ALARM']],
    );
  });
});

describe('a warm-up', () => {
  it('ends early by samples that the alarm can see, not by those in another unit', () => {
    const warm = metricAlarm('warm', {
      ...high,
      Period: 300,
      Unit: 'Count',
      WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 60 },
    });
    const counts = Array.from({ length: 12 }, (_, index) => minuteSample(4 + index, 1, { unit: 'Count' }));
    assert.deepEqual(told(run([warm], [minuteSample(0, 1, { unit: 'Seconds' }), ...counts], 16)[0]), [
      '9 OK',
    ]);
  });
});

describe('a trimmed mean', () => {
  it('of equal values is that value, and reaches no threshold that they do not reach', () => {
    for (const value of [3, 0.1, 0.7]) {
      const { Statistic: _, ...rest } = high;
      const trimmed = metricAlarm('trimmed', {
        ...rest,
        Statistic: undefined,
        ExtendedStatistic: 'TM(10%:90%)',
        Threshold: value,
      });
      assert.deepEqual(told(run([trimmed], [minuteSample(0, value), minuteSample(0, value)], 1)[0]), [
        '1 OK',
      ]);
    }
  });
});

describe('an alarm on an expression', () => {
  it('may have ten metrics and an expression beside them, and no eleventh metric', () => {
    const metrics = (count: number): Record<string, { metric: string }> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, { metric: `M${index}` }]));
    assert.equal(run([mathAlarm('ten', 'SUM(METRICS())', metrics(10))], [], 1).length, 1);
    assert.throws(
      () => run([mathAlarm('eleven', 'SUM(METRICS())', metrics(11))], [], 1),
      /Metrics: .*more than ten metrics/,
    );
  });
});

describe('recorded samples', () => {
  it('span up to where the resolution of the last one ends', () => {
    const table = createSampleTable();
    table.add({
      namespace: 'App',
      name: 'Up',
      dimensions,
      at: start + 80_000,
      values: [1],
      storageResolutionSeconds: 60,
    });
    assert.equal(table.toSource().span?.end, start + 2 * minuteMs);
  });
});
