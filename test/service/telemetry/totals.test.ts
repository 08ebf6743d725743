/** All predictions since the start, as `/metrics` shows them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RecordedModel, WindowCounters } from '../../../service/telemetry/recorder';
import { TotalCounters } from '../../../service/telemetry/totals';

describe('the totals of classes', () => {
  it('keep the answers of a class that the model itself calls other', () => {
    const model: RecordedModel = {
      name: 'm',
      version: '1',
      classes: ['fraud', 'other'],
      lowConfidenceBelow: 0.6,
    };
    const window = new WindowCounters(model);
    for (const name of ['fraud', 'other', 'other', 'a stranger']) window.addAnswer(1, name, 0.9, false);
    const totals = new TotalCounters(model);
    assert.deepEqual(totals.readWith(window).classes, { fraud: 1, other: 3 });
    totals.add(window);
    window.clear();
    assert.deepEqual(totals.readWith(window).classes, { fraud: 1, other: 3 });
  });
});
