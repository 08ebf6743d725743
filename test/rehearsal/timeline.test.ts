/** The rows: one line an event, the same for every reader. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { offset, rowOf, shortNumber } from '../../rehearsal/timeline';
import { alarm, at, closingLoop, command, incident, invocation, mail } from './story';

describe('a row', () => {
  const cases = [
    [
      at(0, { kind: 'fault', what: 'start', fault: 'errors', detail: 'rate=0.8' }),
      'fault bad errors rate=0.8 (injected)',
      true,
    ],
    [at(4, { kind: 'fault', what: 'stop', fault: 'errors' }), 'fault plain errors is over', true],
    [alarm(1, 'x', 'OK', 'ALARM'), 'alarm bad x   OK -> ALARM   61.5, limit 5', true],
    [alarm(1, 'x', 'ALARM', 'OK'), 'alarm good x   ALARM -> OK   61.5, limit 5', true],
    [
      alarm(1, 'x', 'INSUFFICIENT_DATA', 'OK'),
      'alarm good x   INSUFFICIENT_DATA -> OK   61.5, limit 5',
      false,
    ],
    [
      alarm(1, 'x', 'INSUFFICIENT_DATA', 'ALARM'),
      'alarm bad x   INSUFFICIENT_DATA -> ALARM   61.5, limit 5',
      true,
    ],
    [mail(1, 'FIXED: well'), 'mail plain FIXED: well', true],
    [invocation(1), 'function plain demo-dev-remediation (sns, 123 ms)', false],
    [invocation(1, 'broken'), 'function bad demo-dev-remediation (sns, 123 ms): broken', true],
    [command(1, 'Pending'), 'command act demo-dev-restart-service Pending', true],
    [command(1, 'InProgress'), 'command act demo-dev-restart-service InProgress', false],
    [command(1, 'Success'), 'command good demo-dev-restart-service Success   2.3 s, exit 0', true],
    [command(1, 'Failed'), 'command bad demo-dev-restart-service Failed   0.0 s, exit 1', true],
    [incident(1, 'a', 'closed'), 'incident good 17 closed: error rate fell', true],
    [incident(1, 'a', 'escalated'), 'incident bad 17 escalated: error rate fell', true],
    [at(1, { kind: 'host', what: 'demo.service failed' }), 'host bad demo.service failed', true],
    [at(1, { kind: 'host', what: 'demo.service start' }), 'host plain demo.service start', false],
    [
      at(1, { kind: 'action', alarm: 'x', target: 'a:b:topic', state: 'ALARM', subject: '', message: '' }),
      'notify plain x to topic',
      false,
    ],
    [
      at(1, {
        kind: 'action',
        alarm: 'x',
        target: 'a:b:topic',
        state: 'ALARM',
        subject: '',
        message: '',
        error: 'no',
      }),
      'notify bad x: no',
      true,
    ],
    [
      at(1, { kind: 'withheld', alarm: 'x', state: 'ALARM', by: 'mute rule night' }),
      'notify plain x: ALARM actions withheld by mute rule night',
      true,
    ],
    [at(1, { kind: 'notice', subject: 's', text: 't' }), 'notice plain s: t', false],
  ] as const;
  for (const [event, text, isKey] of cases) {
    it(text, () => {
      const row = rowOf(event);
      assert.equal(`${row?.kind} ${row?.tone} ${row?.text}`, text);
      assert.equal(row?.isKey, isKey);
    });
  }

  it('exists for every event of a run', () => {
    assert.ok(closingLoop.every((event) => rowOf(event)?.at === event.at));
  });
});

describe('numbers and times', () => {
  it('keep three digits, more where the number is large', () => {
    assert.deepEqual([0, 0.05, 61.5384, 999.6, 1234.56, -0.001234, 100].map(shortNumber), [
      '0',
      '0.05',
      '61.5',
      '1000',
      '1234.56',
      '-0.00123',
      '100',
    ]);
  });

  it('are offsets from the fault in minutes and seconds', () => {
    assert.deepEqual([0, 31_400, 61_600, 3_600_000, -12_000, -400].map(offset), [
      '+00:00',
      '+00:31',
      '+01:02',
      '+60:00',
      '-00:12',
      '+00:00',
    ]);
  });
});
