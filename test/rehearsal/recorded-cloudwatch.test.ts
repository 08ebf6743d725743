/** A recording holds all that decided: played again it comes to the same, also where timers rang late. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { rangeOf } from '../../rehearsal/alarms/backtest/range';
import { play } from '../../rehearsal/alarms/playback';
import { openSeries } from '../../rehearsal/alarms/series/open';
import { createRecorder } from '../../rehearsal/alarms/series/recording';
import { createVirtualClock } from '../../rehearsal/alarms/virtual-clock';
import { createCloudWatch } from '../../rehearsal/cloudwatch/engine';
import { createEventLog } from '../../rehearsal/events';
import { recordCloudWatch } from '../../rehearsal/recorded-cloudwatch';
import { rehearsalPlace } from '../../rehearsal/resources';
import { dimensions, heartbeat, start } from './cloudwatch/fixture';

const directory = mkdtempSync(join(tmpdir(), 'vigia-recording-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const resources = [heartbeat()];

/** A live run: `data` are seconds at which a heartbeat comes and how much later than its own time; each tick rings 30 ms late. */
function live(data: readonly (readonly [second: number, lateMs: number])[], ticks: readonly number[]) {
  const clock = createVirtualClock(start);
  const log = createEventLog(() => clock.now());
  const lines: string[] = [];
  const engine = createCloudWatch({ resources, place: rehearsalPlace, clock, emit: log.emit, act: () => {} });
  const cloudwatch = recordCloudWatch(
    engine,
    createRecorder((line) => lines.push(line)),
    clock,
  );
  for (const [second, lateMs] of data)
    clock.after(second * 1000 + lateMs, () =>
      cloudwatch.put([
        {
          namespace: 'App',
          name: 'Up',
          dimensions,
          at: start + second * 1000,
          values: [1],
          storageResolutionSeconds: 1,
        },
      ]),
    );
  for (const tick of ticks) clock.after(tick * 1000 + 30, () => cloudwatch.evaluate(start + tick * 1000));
  clock.after(75_500, () => cloudwatch.setAlarmState('up', 'ALARM', 'a drill'));
  clock.advanceTo(start + 200_000);
  const changes = log.events.flatMap((event) =>
    event.kind === 'alarm' ? [[event.at, event.to] as const] : [],
  );
  return { lines, changes };
}

describe('a recording', () => {
  it('plays the same transitions, with data that came between a tick and its late timer, and a state set by hand', async () => {
    const ticks = [20, 30, 40, 50, 60, 70, 80, 90, 100];
    // The heartbeat of second 19 comes 10 ms after the tick of second 20 and 20 ms before its timer.
    const { lines, changes } = live(
      [
        [19, 1010],
        [29, 0],
        [45, 0],
        [55, 4000],
        [69, 0],
        [85, 0],
      ],
      ticks,
    );
    const file = join(directory, 'recording.jsonl');
    writeFileSync(file, lines.join(''));
    const { source } = await openSeries([file]);
    const range = rangeOf(source, {});
    const [alarm] = play({ resources, place: rehearsalPlace, source: source.arrivals(), ...range }).alarms;
    const tickOf = (at: number): number => Math.floor((at - start) / 10_000) * 10;
    assert.deepEqual(
      alarm?.transitions.map(({ at, to }) => [tickOf(at), to]),
      changes.map(([at, to]) => [tickOf(at), to]),
    );
    assert.deepEqual(changes[0], [start + 20_030, 'OK']);
    assert.ok(changes.some(([at, to]) => at === start + 75_500 && to === 'ALARM'));
    assert.equal(range.end, start + 100_000);
  });
});
