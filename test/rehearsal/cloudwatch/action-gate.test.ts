/** Timers of the real world: they fire early, and none waits longer than setTimeout can. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../../rehearsal/clock';
import { createCloudWatch } from '../../../rehearsal/cloudwatch/engine';
import { rehearsalPlace } from '../../../rehearsal/resources';
import { manualClock } from '../../rehearsal/manual-clock';
import { compositeAlarm, start } from './fixture';

const daySeconds = 86_400;

/** When the actions of a change ran, in seconds after it. */
function ranAfter(waitSeconds: number, distort: (delayMs: number) => number): number[] {
  const hands = manualClock(start);
  const clock: Clock = { now: hands.now, after: (delayMs, run) => hands.after(distort(delayMs), run) };
  const ran: number[] = [];
  const cloudwatch = createCloudWatch({
    resources: [
      compositeAlarm('main', 'FALSE', {
        ActionsSuppressor: 'down',
        ActionsSuppressorWaitPeriod: waitSeconds,
        ActionsSuppressorExtensionPeriod: 0,
      }),
      compositeAlarm('down', 'FALSE', { OKActions: [] }),
    ],
    place: rehearsalPlace,
    clock,
    emit: () => {},
    act: () => ran.push((clock.now() - start) / 1000),
  });
  cloudwatch.setAlarmState('main', 'ALARM', 'a test');
  hands.advance((waitSeconds + 1) * 1000);
  return ran;
}

describe('the timers before actions', () => {
  it('wait on when they fire a hair early', () => {
    assert.deepEqual(
      ranAfter(60, (delayMs) => Math.max(1, delayMs - 1)),
      [60],
    );
  });

  it('wait for longer than setTimeout can, in several goes', () => {
    const delays: number[] = [];
    const ran = ranAfter(60 * daySeconds, (delayMs) => {
      delays.push(delayMs);
      return delayMs;
    });
    assert.deepEqual(ran, [60 * daySeconds]);
    assert.equal(delays.length, 3);
    assert.ok(Math.max(...delays) < 2 ** 31);
  });
});
