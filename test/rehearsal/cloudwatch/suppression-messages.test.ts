import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { muteRule, start } from './fixture';
import { down, main, play } from './suppression-rig';

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
