/** Durations, whether the loop closed, and the JSON that programs read. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RehearsalEvent } from '../../rehearsal/events';
import { isClosed, measure, toJson } from '../../rehearsal/verdict';
import { alarm, at, closingLoop, faultAt, incident, invocation, mail, runOf } from './story';

describe('durations', () => {
  it('are counted from the fault, in tenths of a second', () => {
    assert.deepEqual(measure(closingLoop, faultAt), {
      faultToAlarmSeconds: 21.4,
      faultToMailSeconds: 22.5,
      alarmToCommandSeconds: 1.6,
      faultToRecoveredSeconds: 61.3,
    });
  });

  it('are null where it did not come to that', () => {
    const none = {
      faultToAlarmSeconds: null,
      faultToMailSeconds: null,
      alarmToCommandSeconds: null,
      faultToRecoveredSeconds: null,
    };
    assert.deepEqual(measure([], faultAt), none);
    const before = [alarm(-9, 'x', 'OK', 'ALARM'), mail(-8, 'FIXING'), alarm(-7, 'x', 'ALARM', 'OK')];
    assert.deepEqual(measure(before, faultAt), none);
  });

  it('pass over a mail that was not delivered', () => {
    const lost = { ...mail(1, 'FIXING'), error: 'refused' } as RehearsalEvent;
    assert.equal(measure([lost, mail(9, 'FIXING')], faultAt).faultToMailSeconds, 9);
  });
});

describe('recovery', () => {
  const recovered = (events: RehearsalEvent[]) => measure(events, faultAt).faultToRecoveredSeconds;

  it('is when the last alarm that went off is OK again', () => {
    assert.equal(
      recovered([
        alarm(10, 'a', 'OK', 'ALARM'),
        alarm(20, 'b', 'OK', 'ALARM'),
        alarm(30, 'a', 'ALARM', 'OK'),
        alarm(50, 'b', 'ALARM', 'OK'),
      ]),
      50,
    );
  });

  it('has not come while one of them is still on, or without data', () => {
    assert.equal(
      recovered([
        alarm(10, 'a', 'OK', 'ALARM'),
        alarm(20, 'b', 'OK', 'ALARM'),
        alarm(30, 'a', 'ALARM', 'OK'),
      ]),
      null,
    );
    assert.equal(
      recovered([alarm(10, 'a', 'OK', 'ALARM'), alarm(30, 'a', 'ALARM', 'INSUFFICIENT_DATA')]),
      null,
    );
  });

  it('is undone by a relapse and counts the last return', () => {
    const relapse = [
      alarm(10, 'a', 'OK', 'ALARM'),
      alarm(20, 'a', 'ALARM', 'OK'),
      alarm(30, 'a', 'OK', 'ALARM'),
    ];
    assert.equal(recovered(relapse), null);
    assert.equal(recovered([...relapse, alarm(40, 'a', 'ALARM', 'OK')]), 40);
  });

  it('ignores alarms that never went off', () => {
    assert.equal(recovered([alarm(10, 'b', 'INSUFFICIENT_DATA', 'OK')]), null);
    assert.equal(
      recovered([
        alarm(10, 'a', 'OK', 'ALARM'),
        alarm(20, 'a', 'ALARM', 'OK'),
        alarm(30, 'b', 'INSUFFICIENT_DATA', 'OK'),
      ]),
      20,
    );
  });
});

describe('a run is closed', () => {
  const on = alarm(10, 'a', 'OK', 'ALARM');
  const off = alarm(40, 'a', 'ALARM', 'OK');
  const cases: readonly [string, RehearsalEvent[], boolean][] = [
    ['when nothing happened', [], true],
    [
      'when what happened was before the fault',
      [alarm(-9, 'a', 'OK', 'ALARM'), incident(-8, 'none', 'opened')],
      true,
    ],
    [
      'when every incident is closed and every alarm OK',
      [on, incident(11, 'none', 'opened'), off, incident(41, 'verifying', 'closed')],
      true,
    ],
    [
      'not while an alarm is on',
      [on, incident(11, 'none', 'opened'), incident(41, 'verifying', 'closed')],
      false,
    ],
    ['not while an incident is open', [on, incident(11, 'none', 'opened'), off], false],
    [
      'not when it was handed to a person',
      [on, incident(11, 'none', 'opened'), off, incident(41, 'acting', 'escalated')],
      false,
    ],
    [
      'not when one of two incidents is open',
      [on, incident(11, 'none', 'closed', '1'), incident(12, 'none', 'opened', '2'), off],
      false,
    ],
    ['not when nobody took the alarm up', [on, off], false],
    ['not with an incident out of nowhere', [incident(11, 'none', 'opened')], false],
  ];
  for (const [name, events, expected] of cases) {
    it(name, () => assert.equal(isClosed(events, faultAt), expected));
  }
});

describe('the JSON', () => {
  const events = [...closingLoop, invocation(70, 'it broke')];
  const { runs } = toJson([runOf(events)]) as {
    runs: (Record<string, unknown> & { events: Record<string, unknown>[] })[];
  };
  const [run] = runs;

  it('has scenario, closed, expectationsMet, the four durations and the events of each run', () => {
    assert.equal(runs.length, 1);
    assert.equal(run?.scenario, 'demo');
    assert.equal(run?.closed, true);
    assert.equal(run?.expectationsMet, true);
    assert.deepEqual(run?.durations, {
      faultToAlarmSeconds: 21.4,
      faultToMailSeconds: 22.5,
      alarmToCommandSeconds: 1.6,
      faultToRecoveredSeconds: 61.3,
    });
    assert.equal(run?.events.length, events.length);
  });

  it('tells of each kind of event what programs were promised', () => {
    const promised: Readonly<Record<string, readonly string[]>> = {
      fault: ['fault', 'what'],
      alarm: ['name', 'from', 'to'],
      mail: ['to', 'subject'],
      lambda: ['function', 'requestId', 'error'],
      command: ['document', 'status', 'exitCode'],
      incident: ['id', 'from', 'to', 'reason'],
    };
    const told = run?.events ?? [];
    for (const [kind, fields] of Object.entries(promised)) {
      const event = told.filter((each) => each.kind === kind).at(-1);
      const complete = kind === 'command' ? told.find(({ status }) => status === 'Success') : event;
      assert.ok(complete !== undefined, kind);
      for (const field of fields) assert.ok(complete[field] !== undefined, `${kind} ${field}`);
    }
    for (const { at: time } of told) assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('survives being written and read', () => {
    const text = JSON.stringify(
      toJson([runOf([at(0, { kind: 'notice', subject: 's', text: '</script>\u2028' })])]),
    );
    assert.equal(JSON.parse(text).runs[0].events[0].text, '</script>\u2028');
  });
});
