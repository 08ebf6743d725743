import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AlarmState } from '../../../rehearsal/events';
import { bench, compositeAlarm, metricAlarm, topic } from './fixture';
import { down, main, play } from './suppression-rig';

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
