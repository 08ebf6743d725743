/** What an alarm reads, by its own queries; an alarm on what AWS alone can run reads no metric. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inputsOf } from '../../../../rehearsal/alarms/scenario/inputs';
import type { Resource } from '../../../../rehearsal/resources';
import { ordersFail, queueGrows, shopBook } from './shop';

function inputs(...resources: readonly Resource[]) {
  return shopBook(resources).alarms.map((entry) =>
    inputsOf(entry).map(({ id, metric }) => [id, metric.name]),
  );
}

describe('the inputs of an alarm', () => {
  it('are its metrics with the ids of their queries', () => {
    assert.deepEqual(inputs(ordersFail, queueGrows), [
      [[undefined, 'FailedOrders']],
      [
        ['sent', 'sent'],
        ['taken', 'taken'],
      ],
    ]);
  });

  it('are none for an alarm on a PromQL query, which has the type of an alarm on metrics', () => {
    const PromQLCriteria = { Query: 'up == 0' };
    const properties = { EvaluationCriteria: { PromQLCriteria }, EvaluationInterval: 60 };
    assert.deepEqual(inputs({ ...ordersFail, properties }), [[]]);
  });
});
