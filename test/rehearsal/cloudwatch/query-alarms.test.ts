/** Alarms on queries that only AWS can run, over results that were supplied. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from '../../../rehearsal/alarms/playback';
import type { Arrival } from '../../../rehearsal/alarms/types';
import { suppliedIn, suppliedNamespace } from '../../../rehearsal/cloudwatch/supplied';
import { type Resource, rehearsalPlace } from '../../../rehearsal/resources';
import { start, topic } from './fixture';

const minute = 60_000;

/** One text a contributor, one character a minute: `x` is returned, anything else is not. */
function returned(alarm: string, query: string, byContributor: Readonly<Record<string, string>>): Arrival[] {
  const arrivals = Object.entries(byContributor).flatMap(([contributor, text]) =>
    [...text].flatMap((mark, index) => {
      if (mark === ' ') return [];
      const at = start + index * minute;
      const dimensions = { Query: query, ...(contributor === '' ? {} : { Contributor: contributor }) };
      const value = mark === 'x' ? 1 : Number(mark);
      return [
        {
          arrivedAt: at,
          datum: {
            namespace: suppliedNamespace,
            name: alarm,
            dimensions,
            at,
            values: [value],
            storageResolutionSeconds: 60,
          },
        } satisfies Arrival,
      ];
    }),
  );
  return arrivals.sort((left, right) => left.arrivedAt - right.arrivedAt);
}

function told(resource: Resource, source: readonly Arrival[], minutes: number): string[] {
  const playback = play({
    resources: [resource],
    place: rehearsalPlace,
    source,
    start,
    end: start + minutes * minute,
    supplied: suppliedIn(source.map(({ datum }) => datum)),
  });
  const [alarm] = playback.alarms;
  return [
    `0 ${alarm?.initial}`,
    ...(alarm?.transitions ?? []).map(({ at, to }) => `${(at - start) / minute} ${to}`),
  ];
}

describe('an alarm on a PromQL query', () => {
  const slow = (criteria: Record<string, unknown> = {}, more: Record<string, unknown> = {}): Resource => ({
    stack: 'test',
    logicalId: 'Slow',
    type: 'AWS::CloudWatch::Alarm',
    id: 'slow',
    properties: {
      AlarmName: 'slow',
      AlarmActions: [topic],
      EvaluationInterval: 60,
      EvaluationCriteria: { PromQLCriteria: { Query: 'latency > 0.5', ...criteria } },
      ...more,
    },
  });
  const answers = (byContributor: Record<string, string>): Arrival[] =>
    returned('slow', 'promql', byContributor);

  it('starts in OK and is in ALARM while the query returns anything', () => {
    assert.deepEqual(told(slow(), answers({ a: '  xx ' }), 6), ['0 OK', '3 ALARM', '5 OK']);
  });

  it('waits for the pending period without a break, and for the recovery period', () => {
    const periods = { PendingPeriod: 120, RecoveryPeriod: 180 };
    assert.deepEqual(told(slow(periods), answers({ a: 'xx xxxx' }), 12), ['0 OK', '6 ALARM', '11 OK']);
  });

  it('tells its contributors apart: one after the other is no long one, and all must recover', () => {
    const pending = { PendingPeriod: 120 };
    assert.deepEqual(told(slow(pending), answers({ a: 'xx  ', b: '  xx' }), 6), ['0 OK']);
    assert.deepEqual(told(slow(), answers({ a: 'xx  ', b: ' xxx' }), 6), ['0 OK', '1 ALARM', '5 OK']);
  });

  it('is refused by name without its results, or with an interval that AWS does not have', () => {
    assert.throws(
      () => told(slow(), [], 1),
      /EvaluationCriteria: not evaluated locally: a PromQL query; supply the series/,
    );
    assert.throws(
      () => told(slow({}, { EvaluationInterval: 45 }), answers({ a: 'x' }), 1),
      /EvaluationInterval: .*got 45/,
    );
    assert.throws(() => told(slow({}, { Threshold: 1 }), answers({ a: 'x' }), 1), /Slow\.Threshold/);
  });
});

describe('an alarm on a scheduled log query', () => {
  const errors = (more: Record<string, unknown> = {}): Resource => ({
    stack: 'test',
    logicalId: 'Errors',
    type: 'AWS::CloudWatch::LogAlarm',
    id: 'errors',
    properties: {
      AlarmName: 'errors',
      AlarmActions: [topic],
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 5,
      QueryResultsToEvaluate: 3,
      QueryResultsToAlarm: 2,
      ScheduledQueryConfiguration: {
        AggregationExpression: 'count(*)',
        QueryString: 'filter level = "error"',
        LogGroupIdentifiers: ['app'],
        ScheduledQueryRoleARN: 'arn:aws:iam::000000000000:role/query',
        ScheduleConfiguration: { ScheduleExpression: 'rate(1 minute)', StartTimeOffset: 60 },
      },
      ...more,
    },
  });
  const results = (text: string): Arrival[] => returned('errors', 'log', { '': text });

  it('judges M of the last N results', () => {
    assert.deepEqual(told(errors(), results('1923911'), 7), ['0 INSUFFICIENT_DATA', '1 OK']);
    assert.deepEqual(told(errors(), results('19 9111'), 7), [
      '0 INSUFFICIENT_DATA',
      '1 OK',
      '4 ALARM',
      '6 OK',
    ]);
  });

  it('is refused by name without its results, or on a schedule that is no rate', () => {
    assert.throws(
      () => told(errors(), [], 1),
      /ScheduledQueryConfiguration: not evaluated locally: a log query/,
    );
    const cron = errors({
      ScheduledQueryConfiguration: { ScheduleConfiguration: { ScheduleExpression: 'cron(0 * * * ? *)' } },
    });
    assert.throws(() => told(cron, results('1'), 1), /ScheduleExpression: only rate\(\.\.\.\) is evaluated/);
  });
});
