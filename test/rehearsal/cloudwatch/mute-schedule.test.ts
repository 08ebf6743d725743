import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSchedule, ScheduleError, type ScheduleText } from '../../../rehearsal/cloudwatch/mute-schedule';

function windowAt(at: string, text: Partial<ScheduleText>): string | undefined {
  const read = readSchedule({
    expression: 'cron(0 2 * * SUN)',
    duration: 'PT4H',
    timezone: undefined,
    startDate: undefined,
    expireDate: undefined,
    ...text,
  });
  const window = read(Date.parse(at));
  const show = (time: number): string => new Date(time).toISOString().slice(0, 16);
  return window === undefined ? undefined : `${show(window.start)} ${show(window.end)}`;
}

describe('the schedules of alarm-mute-rules', () => {
  it('scenario 1: every Sunday from 2:00 to 6:00', () => {
    // 15 November 2026 is a Sunday.
    assert.equal(windowAt('2026-11-15T01:59:59.999Z', {}), undefined);
    assert.equal(windowAt('2026-11-15T02:00:00.000Z', {}), '2026-11-15T02:00 2026-11-15T06:00');
    assert.equal(windowAt('2026-11-15T05:59:59.999Z', {}), '2026-11-15T02:00 2026-11-15T06:00');
    assert.equal(windowAt('2026-11-15T06:00:00.000Z', {}), undefined);
  });

  it('scenario 1: the first day of each month from 1:00 to 7:00', () => {
    const text = { expression: 'cron(0 1 1 * *)', duration: 'PT6H' };
    assert.equal(windowAt('2026-12-01T06:30:00Z', text), '2026-12-01T01:00 2026-12-01T07:00');
    assert.equal(windowAt('2026-12-02T01:30:00Z', text), undefined);
  });

  it('scenario 2: from Friday 18:00 to Monday 6:00', () => {
    const text = { expression: 'cron(0 18 * * FRI)', duration: 'P2DT12H' };
    assert.equal(windowAt('2026-11-16T05:59:00Z', text), '2026-11-13T18:00 2026-11-16T06:00');
    assert.equal(windowAt('2026-11-16T06:00:00Z', text), undefined);
  });

  it('scenario 3: every day from 23:00 to 1:00', () => {
    const text = { expression: 'cron(0 23 * * *)', duration: 'PT2H' };
    assert.equal(windowAt('2026-11-15T00:30:00Z', text), '2026-11-14T23:00 2026-11-15T01:00');
  });

  it('scenarios 4 and 5: once', () => {
    const once = { expression: 'at(2024-05-10T14:00)', duration: 'PT4H' };
    assert.equal(windowAt('2024-05-10T17:59:00Z', once), '2024-05-10T14:00 2024-05-10T18:00');
    assert.equal(windowAt('2024-05-10T13:59:59Z', once), undefined);
    assert.equal(windowAt('2024-05-11T15:00:00Z', once), undefined);
    const week = { expression: 'at(2024-12-23T00:00)', duration: 'P7D' };
    assert.equal(windowAt('2024-12-29T23:59:00Z', week), '2024-12-23T00:00 2024-12-30T00:00');
  });

  it('the fourth Sunday of every month, which the syntax has as an example', () => {
    const text = { expression: 'cron(0 9 * * SUN#4)', duration: 'PT1H' };
    assert.equal(windowAt('2026-11-22T09:30:00Z', text), '2026-11-22T09:00 2026-11-22T10:00');
    assert.equal(windowAt('2026-11-15T09:30:00Z', text), undefined);
  });
});

describe('a mute schedule', () => {
  it('is read in its time zone, summer time included', () => {
    const text = { expression: 'cron(0 22 * * *)', duration: 'PT1H', timezone: 'Europe/Madrid' };
    assert.equal(windowAt('2026-07-01T20:30:00Z', text), '2026-07-01T20:00 2026-07-01T21:00');
    assert.equal(windowAt('2026-12-01T21:30:00Z', text), '2026-12-01T21:00 2026-12-01T22:00');
    const once = { expression: 'at(2026-07-01T22:00)', duration: 'PT1H', timezone: 'Europe/Madrid' };
    assert.equal(windowAt('2026-07-01T20:30:00Z', once), '2026-07-01T20:00 2026-07-01T21:00');
  });

  it('is cut off by StartDate and ExpireDate, in its own time zone where they name none', () => {
    const text = {
      timezone: 'Europe/Madrid',
      startDate: '2026-11-15T04:00',
      expireDate: '2026-11-15T04:30:00Z',
    };
    assert.equal(windowAt('2026-11-15T02:59:00Z', text), undefined);
    assert.equal(windowAt('2026-11-15T03:00:00Z', text), '2026-11-15T03:00 2026-11-15T04:30');
    assert.equal(windowAt('2026-11-15T04:30:00Z', text), undefined);
  });

  it('that begins again before it ends mutes on', () => {
    const text = { expression: 'cron(* * * * *)', duration: 'PT10M' };
    assert.equal(windowAt('2026-11-15T04:30:40Z', text), '2026-11-15T04:30 2026-11-15T04:40');
  });

  it('that never comes mutes never', () => {
    assert.equal(windowAt('2026-11-15T04:30:40Z', { expression: 'cron(0 2 31 2 *)' }), undefined);
  });

  it('says what is wrong and with which property', () => {
    const wrong: readonly [Partial<ScheduleText>, string, RegExp][] = [
      [{ expression: 'rate(1 day)' }, 'Rule.Schedule.Expression', /got rate\(1 day\), expected cron/],
      [{ expression: 'cron(0 2 * *)' }, 'Rule.Schedule.Expression', /with 4 fields/],
      [{ expression: 'cron(0 2 * * ? *)' }, 'Rule.Schedule.Expression', /with 6 fields/],
      [{ expression: 'cron(61 2 * * *)' }, 'Rule.Schedule.Expression', /61/],
      [{ expression: 'cron(0 2 15W * *)' }, 'Rule.Schedule.Expression', /15W for the day of the month/],
      [{ expression: 'cron(0 2 * * 1/2)' }, 'Rule.Schedule.Expression', /1\/2 for the day of the week/],
      [{ expression: 'at(2026-11-15 02:00)' }, 'Rule.Schedule.Expression', /expected at\(yyyy-MM-ddThh:mm\)/],
      [{ expression: 'at(2026-02-30T02:00)' }, 'Rule.Schedule.Expression', /2026-02-30/],
      [{ duration: 'PT59S' }, 'Rule.Schedule.Duration', /PT1M to P15D/],
      [{ duration: 'P15DT1M' }, 'Rule.Schedule.Duration', /PT1M to P15D/],
      [{ duration: '4 hours' }, 'Rule.Schedule.Duration', /PT1M to P15D/],
      [{ timezone: 'Mars/Olympus' }, 'Rule.Schedule.Timezone', /Mars\/Olympus/],
      [{ startDate: 'tomorrow' }, 'StartDate', /tomorrow/],
      [
        { startDate: '2026-11-15', expireDate: '2026-11-14' },
        'ExpireDate',
        /expected a date after StartDate/,
      ],
    ];
    for (const [text, property, message] of wrong) {
      assert.throws(
        () => windowAt('2026-11-15T04:30:40Z', text),
        (error) =>
          error instanceof ScheduleError && error.property === property && message.test(error.message),
        JSON.stringify(text),
      );
    }
  });

  it('takes the bounds of a duration', () => {
    assert.ok(windowAt('2026-11-15T02:00:30Z', { duration: 'PT1M' }));
    assert.ok(windowAt('2026-11-15T02:00:30Z', { duration: 'P15D' }));
  });
});
