import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AlarmEvent } from '../../../rehearsal/cloudwatch/types';
import type { AlarmState } from '../../../rehearsal/events';
import type { Resource } from '../../../rehearsal/resources';
import { bench, compositeAlarm, metricAlarm, muteRule, start, topic } from './fixture';

/** A composite alarm keeps a forced state until a child changes, and these have none. */
const main = (properties: Record<string, unknown> = {}): Resource =>
  compositeAlarm('main', 'FALSE', {
    ActionsSuppressor: 'down',
    ActionsSuppressorWaitPeriod: 20,
    ActionsSuppressorExtensionPeriod: 30,
    ...properties,
  });
const down = compositeAlarm('down', 'FALSE', { AlarmActions: [], OKActions: [] });

/** Forces states at seconds after the first evaluation has settled, and tells what came of it, counted from there. */
function play(
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

describe('a composite alarm with a suppressor', () => {
  it('alarm-suppression example 1: acts at the end of the wait, at that very second', () => {
    const { actions, withheld } = play([main(), down], [[25, 'main', 'ALARM']]);
    assert.deepEqual(actions, ['45 ALARM']);
    assert.deepEqual(withheld, ['25 ALARM wait period']);
  });

  it('alarm-suppression example 5: is held by the wait, the suppressor and the extension in turn', () => {
    const { actions, withheld, rig, events } = play(
      [main(), down],
      [
        [20, 'main', 'ALARM'],
        [30, 'down', 'ALARM'],
        [60, 'down', 'OK'],
      ],
    );
    assert.deepEqual(actions, ['90 ALARM']);
    assert.equal(events[0].alarmData.previousState.actionsSuppressedBy, 'ExtensionPeriod');
    assert.deepEqual(withheld, [
      '20 ALARM wait period',
      '30 ALARM suppressor down',
      '60 ALARM extension period',
    ]);
    assert.deepEqual(
      rig.cloudwatch
        .history('main')
        .map(({ summary }) => summary)
        .slice(-5),
      [
        'Alarm updated from OK to ALARM',
        'Actions suppressed by WaitPeriod',
        'Actions suppressed by Alarm',
        'Actions suppressed by ExtensionPeriod',
        `Successfully executed action ${topic}`,
      ],
    );
  });

  it('acts on the state in which it is when the wait ends', () => {
    const { actions } = play(
      [main(), down],
      [
        [20, 'main', 'ALARM'],
        [30, 'main', 'OK'],
      ],
    );
    assert.deepEqual(actions, ['50 OK']);
  });

  it('shows what holds it to DescribeAlarms while it does', () => {
    const { rig } = play([main(), down], [[190, 'main', 'ALARM']]);
    const record = () => rig.cloudwatch.alarms().find(({ name }) => name === 'main');
    assert.equal(record()?.suppressedBy, 'WaitPeriod');
    assert.equal(record()?.suppressedReason, 'Actions suppressed by WaitPeriod');
    rig.run(20);
    assert.ok(record());
    assert.ok(!('suppressedBy' in (record() ?? {})));
  });

  it('may be suppressed by a metric alarm, named by its ARN, as soon as that is in ALARM', () => {
    const suppressor = metricAlarm('down', { MetricName: 'Down', Threshold: 1, AlarmActions: [] });
    const arn = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:down';
    const rig = bench([main({ ActionsSuppressor: arn }), suppressor]);
    rig.run(100, (second) => rig.put('Down', second < 50 ? 1 : 0));
    assert.equal(rig.state('down'), 'ALARM');
    rig.cloudwatch.setAlarmState('main', 'ALARM', 'a test');
    rig.run(100, () => rig.put('Down', 0));
    assert.equal(rig.events('withheld').at(-1)?.by, 'suppressor down');
    assert.equal(rig.events('action').filter(({ state }) => state === 'ALARM').length, 0);
  });

  it('is not suppressed by a suppressor in INSUFFICIENT_DATA', () => {
    const suppressor = metricAlarm('down', { MetricName: 'Down', AlarmActions: [] });
    const { actions, rig } = play([main(), suppressor], [[20, 'main', 'ALARM']]);
    assert.equal(rig.state('down'), 'INSUFFICIENT_DATA');
    assert.deepEqual(actions, ['40 ALARM']);
  });

  it('looks at a suppressor first that changes in the same tick', () => {
    const resources = [
      main({ AlarmRule: 'ALARM(a)', ActionsSuppressorWaitPeriod: 0 }),
      compositeAlarm('down', 'ALARM(a)', { AlarmActions: [] }),
      metricAlarm('a', { MetricName: 'A', AlarmActions: [] }),
    ];
    const rig = bench(resources);
    rig.run(60, (second) => rig.put('A', second < 20 ? 1 : 0));
    assert.deepEqual(
      rig.events('withheld').map(({ by }) => by),
      ['suppressor down'],
    );
  });

  it('tells nothing of actions that it does not have', () => {
    const { withheld } = play([main({ AlarmActions: [] }), down], [[20, 'main', 'ALARM']]);
    assert.deepEqual(withheld, []);
  });

  it('lets go of its timers when it is stopped', () => {
    const { rig } = play([main(), down], [[195, 'main', 'ALARM']]);
    const before = rig.events('action').length;
    rig.cloudwatch.stop();
    rig.run(60);
    assert.equal(rig.events('action').length, before);
  });
});

/** AWS's six examples have a wait of two minutes and an extension of three; here a unit is ten seconds. */
const unit = 10;
const examples: readonly (readonly [
  number: number,
  forced: readonly (readonly [at: number, alarm: string, state: AlarmState])[],
  actions: readonly string[],
])[] = [
  [1, [[2, 'main', 'ALARM']], ['4 ALARM']],
  [
    2,
    [
      [2, 'main', 'ALARM'],
      [3, 'down', 'ALARM'],
    ],
    [],
  ],
  [
    3,
    [
      [2, 'main', 'ALARM'],
      [3, 'main', 'OK'],
    ],
    ['5 OK'],
  ],
  [
    4,
    [
      [1, 'down', 'ALARM'],
      [2, 'main', 'ALARM'],
    ],
    [],
  ],
  [
    5,
    [
      [2, 'main', 'ALARM'],
      [3, 'down', 'ALARM'],
      [6, 'down', 'OK'],
    ],
    ['9 ALARM'],
  ],
  [
    6,
    [
      [2, 'main', 'ALARM'],
      [3, 'down', 'ALARM'],
      [6, 'down', 'OK'],
      [7, 'main', 'OK'],
    ],
    ['9 OK'],
  ],
];

describe('alarm-suppression, in the engine', () => {
  for (const [number, forced, expected] of examples) {
    it(`example ${number}`, () => {
      const { actions } = play(
        [main(), down],
        forced.map(([at, alarm, state]) => [at * unit, alarm, state] as const),
      );
      assert.deepEqual(
        actions.map((action) => action.replace(/^\d+/, (seconds) => String(Number(seconds) / unit))),
        expected,
      );
    });
  }
});

describe('what a suppressed composite alarm sends', () => {
  it('tells EventBridge of the change at once, and the function of the release, as AWS shows them', () => {
    const { published, events } = play([main(), down], [[20, 'main', 'ALARM']]);
    const [change] = published;
    assert.equal(published.length, 1);
    assert.deepEqual(change?.detail.state, {
      value: 'ALARM',
      reason: 'a test',
      timestamp: '2026-11-14T18:01:20.000+0000',
      actionsSuppressedBy: 'WaitPeriod',
      actionsSuppressedReason: 'Actions suppressed by WaitPeriod',
    });
    assert.deepEqual(change?.detail.configuration, {
      alarmRule: 'FALSE',
      actionsSuppressor: 'down',
      actionsSuppressorWaitPeriod: 20,
      actionsSuppressorExtensionPeriod: 30,
    });
    const [event] = events;
    assert.equal(event.time, '2026-11-14T18:01:40.000+0000');
    assert.deepEqual(event.alarmData.state, {
      value: 'ALARM',
      reason: 'a test',
      timestamp: '2026-11-14T18:01:40.000+0000',
    });
    assert.deepEqual(event.alarmData.previousState, change?.detail.state);
  });

  it('tells the topic the states of the change, the time of the release and the suppressor', () => {
    const { messages } = play([main(), down], [[20, 'main', 'ALARM']]);
    const [
      { OldStateValue, NewStateValue, StateChangeTime, ActionsSuppressor, ActionsSuppressorWaitPeriod },
    ] = messages;
    assert.deepEqual(
      { OldStateValue, NewStateValue, StateChangeTime, ActionsSuppressor, ActionsSuppressorWaitPeriod },
      {
        OldStateValue: 'OK',
        NewStateValue: 'ALARM',
        StateChangeTime: '2026-11-14T18:01:40.000+0000',
        ActionsSuppressor: 'down',
        ActionsSuppressorWaitPeriod: 20,
      },
    );
  });
});

describe('a mute rule over a composite alarm with a suppressor', () => {
  /** Begins with the play's second 0 and lasts two minutes. */
  const mute = muteRule('night', { Expression: 'at(2026-11-14T18:01)', Duration: 'PT2M' }, ['main']);

  it('stands in front of the suppressor, and at its end nothing is left to wait for', () => {
    assert.equal(start, Date.UTC(2026, 10, 14, 18));
    const { actions, withheld, messages } = play([main(), down, mute], [[20, 'main', 'ALARM']]);
    assert.deepEqual(withheld, ['20 ALARM mute rule night']);
    assert.deepEqual(actions, ['120 ALARM']);
    assert.equal(messages[0].ActionExecutedAfterMuteWindow, true);
  });

  it('leaves it to the suppressor when it ends', () => {
    const { actions, withheld } = play(
      [main(), down, mute],
      [
        [20, 'main', 'ALARM'],
        [60, 'down', 'ALARM'],
        [140, 'down', 'OK'],
      ],
    );
    assert.deepEqual(withheld, [
      '20 ALARM mute rule night',
      '120 ALARM suppressor down',
      '140 ALARM extension period',
    ]);
    assert.deepEqual(actions, ['170 ALARM']);
  });

  it('is what is told while it stands in front', () => {
    const { actions, withheld } = play(
      [main(), down, mute],
      [
        [20, 'main', 'ALARM'],
        [30, 'down', 'ALARM'],
        [40, 'down', 'OK'],
      ],
    );
    assert.deepEqual(withheld, ['20 ALARM mute rule night']);
    assert.deepEqual(actions, ['120 ALARM']);
  });

  it('leaves it to a wait that is still running when it ends', () => {
    const { actions, withheld } = play([main(), down, mute], [[110, 'main', 'ALARM']]);
    assert.deepEqual(withheld, ['110 ALARM mute rule night', '120 ALARM wait period']);
    assert.deepEqual(actions, ['130 ALARM']);
  });

  it('holds what the wait lets go', () => {
    const late = muteRule('late', { Expression: 'at(2026-11-14T18:02)', Duration: 'PT1M' }, ['main']);
    const { actions, withheld, messages } = play([main(), down, late], [[50, 'main', 'ALARM']]);
    assert.equal(messages[0].ActionExecutedAfterMuteWindow, true);
    assert.deepEqual(withheld, ['50 ALARM wait period', '70 ALARM mute rule late']);
    assert.deepEqual(actions, ['120 ALARM']);
  });
});
