/** Playing data through alarms: what the tests and backtests of alarms stand on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from '../../../rehearsal/alarms/playback';
import type { Arrival } from '../../../rehearsal/alarms/types';
import type { Evaluation } from '../../../rehearsal/cloudwatch/evaluation';
import { rehearsalPlace } from '../../../rehearsal/resources';
import { compositeAlarm, metricAlarm, start, topic } from '../cloudwatch/fixture';
import { minuteMs, minuteSamples } from '../cloudwatch/minute-samples';

const minute = minuteMs;
const high = metricAlarm('high', {
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
});

function transitions(resources = [high], source: Iterable<Arrival> = [], minutesLong = 10): string[] {
  const end = start + minutesLong * minute;
  const playback = play({ resources, place: rehearsalPlace, source, start, end });
  return playback.alarms.flatMap(({ name, transitions: all }) =>
    all.map(({ at, from, to }) => `${(at - start) / minute}: ${name} ${from} -> ${to}`),
  );
}

describe('playback', () => {
  it('evaluates first one tick after the start and sees the period that ended there', () => {
    assert.deepEqual(transitions([high], minuteSamples([1]), 1), ['1: high INSUFFICIENT_DATA -> OK']);
    assert.deepEqual(transitions([high], minuteSamples([undefined, 1]), 1), []);
  });

  it('moves through every state, and ends with the last tick', () => {
    assert.deepEqual(transitions([high], minuteSamples([1, 9, 9, 1, 1])), [
      '1: high INSUFFICIENT_DATA -> OK',
      '3: high OK -> ALARM',
      '4: high ALARM -> OK',
      '9: high OK -> INSUFFICIENT_DATA',
    ]);
    assert.deepEqual(transitions([high], minuteSamples([1, 9, 9]), 2), ['1: high INSUFFICIENT_DATA -> OK']);
  });

  it('lets composite alarms follow and counts what they do', () => {
    const both = compositeAlarm('both', 'ALARM(high)');
    const end = start + 5 * minute;
    const { alarms } = play({
      resources: [both, high],
      place: rehearsalPlace,
      source: minuteSamples([1, 9, 9, 1]),
      start,
      end,
    });
    assert.deepEqual(
      alarms.map(({ name, kind, logicalId }) => [name, kind, logicalId]),
      [
        ['high', 'metric', 'highAlarm'],
        ['both', 'composite', 'bothComposite'],
      ],
    );
    assert.deepEqual(
      alarms.map(({ actions }) => actions.map(({ at, arn, state }) => [(at - start) / minute, arn, state])),
      [
        [
          [1, topic, 'OK'],
          [3, topic, 'ALARM'],
          [4, topic, 'OK'],
        ],
        [
          [1, topic, 'OK'],
          [3, topic, 'ALARM'],
          [4, topic, 'OK'],
        ],
      ],
    );
    assert.match(alarms[0]?.actions[1]?.message ?? '', /"NewStateValue":"ALARM"/);
  });

  it('knows what arrived before the alarms were created', () => {
    assert.deepEqual(transitions([high], minuteSamples([9, 9, 9], start - 2 * minute), 1), [
      '1: high INSUFFICIENT_DATA -> ALARM',
    ]);
  });

  it('shows every evaluation with what it was made of', () => {
    const seen: Evaluation[] = [];
    play({
      resources: [high],
      place: rehearsalPlace,
      source: minuteSamples([9, undefined, 9]),
      start,
      end: start + 3 * minute,
      onEvaluation: (evaluation) => seen.push(evaluation),
    });
    assert.deepEqual(
      seen.map(({ at, points, from, to, verdict }) => [
        (at - start) / minute,
        points,
        from,
        to,
        verdict.filled,
      ]),
      [
        [1, [undefined, undefined, undefined, 9], 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 1],
        [2, [undefined, undefined, 9, undefined], 'INSUFFICIENT_DATA', 'ALARM', 1],
        [3, [undefined, 9, undefined, 9], 'ALARM', 'ALARM', 0],
      ],
    );
    assert.deepEqual(seen[2]?.inputs.get('m1'), [undefined, 9, undefined, 9]);
  });

  it('hands late data to the evaluations after its arrival', () => {
    const [late] = minuteSamples([9], start + minute);
    const early = minuteSamples([1, undefined, 9]);
    const [first, third] = early;
    assert.ok(late && first && third);
    const source = [first, third, { ...late, arrivedAt: start + 3.5 * minute }];
    assert.deepEqual(transitions([high], source, 4), [
      '1: high INSUFFICIENT_DATA -> OK',
      '4: high OK -> ALARM',
    ]);
  });
});
