/** A composite alarm with a suppressor, both moved by hand: for tests of what is held back and what runs later. */
import type { AlarmEvent } from '../../../rehearsal/cloudwatch/types';
import type { AlarmState } from '../../../rehearsal/events';
import type { Resource } from '../../../rehearsal/resources';
import { bench, compositeAlarm } from './fixture';

/** A composite alarm keeps a forced state until a child changes, and these have none. */
export const main = (properties: Record<string, unknown> = {}): Resource =>
  compositeAlarm('main', 'FALSE', {
    ActionsSuppressor: 'down',
    ActionsSuppressorWaitPeriod: 20,
    ActionsSuppressorExtensionPeriod: 30,
    ...properties,
  });
export const down = compositeAlarm('down', 'FALSE', { AlarmActions: [], OKActions: [] });

/** Forces states at seconds after the first evaluation has settled, and tells what came of it, counted from there. */
export function play(
  resources: readonly Resource[],
  forced: readonly (readonly [second: number, alarm: string, state: AlarmState])[],
  seconds = 200,
) {
  const published: AlarmEvent[] = [];
  const events: string[] = [];
  const rig = bench(resources, {
    publish: (event) => published.push(event),
    act: (_target, { event }) => events.push(event),
  });
  // The first evaluation moves the alarms to OK, and the wait of that change ends.
  rig.run(60);
  const begin = rig.now();
  const skip = { withheld: rig.events('withheld').length, action: rig.events('action').length };
  events.length = 0;
  published.length = 0;
  rig.run(seconds, (second) => {
    for (const [at, alarm, state] of forced)
      if (at === second) rig.cloudwatch.setAlarmState(alarm, state, 'a test');
  });
  const when = ({ at }: { at: number }): number => (at - begin) / 1000;
  return {
    rig,
    published,
    events: events.map((event) => JSON.parse(event)),
    messages: rig
      .events('action')
      .slice(skip.action)
      .map(({ message }) => JSON.parse(message)),
    actions: rig
      .events('action')
      .slice(skip.action)
      .map((event) => `${when(event)} ${event.state}`),
    withheld: rig
      .events('withheld')
      .slice(skip.withheld)
      .map((event) => `${when(event)} ${event.state} ${event.by}`),
  };
}
