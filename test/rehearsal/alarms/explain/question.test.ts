/** What an alarm asks, in sentences: also where it asks no metric. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { questionOf } from '../../../../rehearsal/alarms/explain/question';

function question(type: string, properties: Readonly<Record<string, unknown>>): string[] {
  return questionOf({ stack: 'shop', logicalId: 'A', type, id: 'A', properties }, undefined);
}

describe('the question of an alarm', () => {
  it('on one metric names statistic, metric and dimensions', () => {
    const properties = { Namespace: 'Shop', MetricName: 'Orders', Statistic: 'Sum' };
    const Dimensions = [{ Name: 'Site', Value: 'eu' }];
    assert.deepEqual(question('AWS::CloudWatch::Alarm', { ...properties, Dimensions }), [
      'Sum of Shop Orders (Site=eu)',
    ]);
  });

  it('on a PromQL query is the query, and how long a series must be there or away', () => {
    const PromQLCriteria = { Query: 'up == 0', PendingPeriod: 120 };
    assert.deepEqual(question('AWS::CloudWatch::Alarm', { EvaluationCriteria: { PromQLCriteria } }), [
      'PromQL up == 0',
      'ALARM when a series is returned for 120 s, OK when none is for 0 s',
    ]);
  });

  it('on logs is the scheduled query', () => {
    assert.deepEqual(question('AWS::CloudWatch::LogAlarm', { ScheduledQueryConfiguration: {} }), [
      'the results of a scheduled log query',
    ]);
  });
});
