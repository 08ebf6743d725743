/** Wall-clock windows: where periods begin, also when the clocks change, and which of them are judged. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from '../../../rehearsal/alarms/playback';
import type { Arrival } from '../../../rehearsal/alarms/types';
import { bucketStart } from '../../../rehearsal/cloudwatch/buckets';
import { readZone, type WallClockPeriod, wallClockGrid } from '../../../rehearsal/cloudwatch/wall-clock';
import { rehearsalPlace } from '../../../rehearsal/resources';
import { dimensions, metricAlarm } from './fixture';

function bounds(at: string, periodSeconds: WallClockPeriod, length: number, zone = 'UTC'): string[] {
  const known = readZone(zone);
  assert.ok(known, zone);
  const { grid } = wallClockGrid(Date.parse(at), periodSeconds, length, known);
  return Array.from({ length: length + 1 }, (_, index) =>
    new Date(bucketStart(grid, index)).toISOString().replace(':00.000Z', 'Z'),
  );
}

describe('a wall-clock window', () => {
  it('has the most recent complete periods, which end at the clock’s marks', () => {
    assert.deepEqual(bounds('2026-03-04T10:17:30Z', 60, 2), [
      '2026-03-04T10:15Z',
      '2026-03-04T10:16Z',
      '2026-03-04T10:17Z',
    ]);
    assert.deepEqual(bounds('2026-03-04T10:17:30Z', 300, 1), ['2026-03-04T10:10Z', '2026-03-04T10:15Z']);
    assert.deepEqual(bounds('2026-03-04T10:17:30Z', 3600, 1), ['2026-03-04T09:00Z', '2026-03-04T10:00Z']);
    assert.deepEqual(bounds('2026-03-04T10:17:30Z', 86_400, 1), ['2026-03-03T00:00Z', '2026-03-04T00:00Z']);
  });

  it('ends exactly at an evaluation that falls on a mark', () => {
    assert.deepEqual(bounds('2026-03-04T10:15:00Z', 300, 1), ['2026-03-04T10:10Z', '2026-03-04T10:15Z']);
  });

  it('begins weeks on Monday', () => {
    assert.deepEqual(bounds('2026-03-04T10:00:00Z', 604_800, 1), ['2026-02-23T00:00Z', '2026-03-02T00:00Z']);
  });

  it('follows a time zone, also one that is not a whole hour off', () => {
    assert.deepEqual(bounds('2026-03-04T10:17:00Z', 3600, 1, 'Asia/Kolkata'), [
      '2026-03-04T08:30Z',
      '2026-03-04T09:30Z',
    ]);
    assert.deepEqual(bounds('2026-03-04T10:17:00Z', 3600, 1, 'UTC+05:30'), [
      '2026-03-04T08:30Z',
      '2026-03-04T09:30Z',
    ]);
  });

  it('has a day of 23 hours and one of 25 where the clocks change', () => {
    // New York: 8 March 2026 has 23 hours, 1 November 2026 has 25.
    assert.deepEqual(bounds('2026-03-09T12:00:00Z', 86_400, 2, 'America/New_York'), [
      '2026-03-07T05:00Z',
      '2026-03-08T05:00Z',
      '2026-03-09T04:00Z',
    ]);
    assert.deepEqual(bounds('2026-11-02T12:00:00Z', 86_400, 1, 'America/New_York'), [
      '2026-11-01T04:00Z',
      '2026-11-02T05:00Z',
    ]);
  });

  it('takes the zones that AWS takes and no others', () => {
    for (const zone of ['Z', '+05:30', '-03:00', 'UTC-3:00', 'GMT+01:00', 'Europe/Madrid'])
      assert.ok(readZone(zone), zone);
    for (const zone of ['+05:31', '+05:61', 'Mars/Olympus', '5', ''])
      assert.equal(readZone(zone), undefined, zone);
  });
});

describe('an alarm on a wall-clock window', () => {
  const hour = 3_600_000;
  const start = Date.UTC(2026, 2, 4, 9);
  const sample = (minute: number, value: number): Arrival => {
    const at = start + minute * 60_000;
    return {
      arrivedAt: at,
      datum: { namespace: 'App', name: 'Up', dimensions, at, values: [value], storageResolutionSeconds: 60 },
    };
  };
  const hourly = {
    Statistic: 'Sum',
    Period: 3600,
    EvaluationPeriods: 1,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  };
  const run = (properties: Record<string, unknown>, source: readonly Arrival[]): string[] => {
    const playback = play({
      resources: [metricAlarm('hourly', { ...hourly, ...properties })],
      place: rehearsalPlace,
      source,
      start,
      end: start + 4 * hour,
    });
    return playback.alarms[0]?.transitions.map(({ at, to }) => `${(at - start) / 60_000} ${to}`) ?? [];
  };
  const wallClock = { EvaluationWindow: { WallClockWindow: { Timezone: 'UTC' } } };

  it('judges an hour when it is over, where a sliding window judges it as it goes', () => {
    const burst = [sample(70, 6), sample(75, 6)];
    // With nothing in the newest hour CloudWatch reaches back to the hours before it, and there is the burst again.
    const sliding = ['1 OK', '76 ALARM', '131 OK', '136 ALARM', '191 OK', '196 ALARM'];
    assert.deepEqual(run({}, burst), sliding);
    assert.deepEqual(run(wallClock, burst), ['1 OK', '120 ALARM', '180 OK']);
  });

  it('does not add up what lies on both sides of a mark', () => {
    const across = [sample(118, 6), sample(121, 6)];
    assert.deepEqual(run({}, across), ['1 OK', '122 ALARM', '179 OK', '182 ALARM', '239 OK']);
    assert.deepEqual(run(wallClock, across), ['1 OK']);
  });

  it('looks back over no more than its own periods', () => {
    const old = [sample(10, 20)];
    const missing = { TreatMissingData: 'missing' };
    // Sliding: the one point stays in the extended range for three hours, and re-raises the alarm all that time.
    assert.deepEqual(run({ ...missing }, old), ['11 ALARM', '191 INSUFFICIENT_DATA']);
    assert.deepEqual(run({ ...missing, ...wallClock }, old), ['60 ALARM', '120 INSUFFICIENT_DATA']);
  });

  it('is refused with a period that AWS does not align, or a zone that it does not know', () => {
    assert.throws(
      () => run({ ...wallClock, Period: 120 }, []),
      /EvaluationWindow.WallClockWindow: the period is 120 s, expected one of 60, 300, 3600, 86400, 604800/,
    );
    assert.throws(
      () => run({ EvaluationWindow: { WallClockWindow: { Timezone: 'Mars/Olympus' } } }, []),
      /Timezone: got Mars\/Olympus/,
    );
  });

  it('has all data of its last period, however long ago that ended and whatever the expression looks at', () => {
    const day = 24 * hour;
    const morning = Date.UTC(2026, 0, 1);
    const minutes = Array.from({ length: 3 * 1440 }, (_, index): Arrival => {
      const at = morning + index * 60_000;
      return {
        arrivedAt: at,
        datum: { namespace: 'App', name: 'Up', dimensions, at, values: [1], storageResolutionSeconds: 60 },
      };
    });
    const daily = { ...hourly, Period: 86_400, Threshold: 1439, ...wallClock };
    const summed = metricAlarm('daily', daily);
    const {
      Statistic: _,
      Period: __,
      MetricName: ___,
      Namespace: ____,
      Dimensions: _____,
      ...rest
    } = summed.properties;
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    const running = {
      ...metricAlarm('running'),
      properties: {
        ...rest,
        AlarmName: 'running',
        Metrics: [
          { Id: 'e', Expression: 'RUNNING_SUM(m)', ReturnData: true },
          {
            Id: 'm',
            ReturnData: false,
            MetricStat: {
              Metric: { Namespace: 'App', MetricName: 'Up', Dimensions },
              Period: 86_400,
              Stat: 'Sum',
            },
          },
        ],
      },
    };
    const { alarms } = play({
      resources: [summed, running],
      place: rehearsalPlace,
      source: minutes,
      // Half a day after the period that is judged first.
      start: morning + 1.5 * day,
      end: morning + 2.9 * day,
    });
    for (const { name, transitions } of alarms)
      assert.deepEqual(
        transitions.map(({ to }) => to),
        ['ALARM'],
        name,
      );
  });
});
