import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assumptions, withDefaults } from '../../../rehearsal/cloudwatch/settings';

describe('assumptions', () => {
  it('name the settings that are in force', () => {
    const text = assumptions(
      withDefaults({ evaluationRangeExtraPeriods: 7, percentileInterpolation: 'linear' }),
    ).join('\n');
    assert.match(text, /EvaluationPeriods \+ 7 periods/);
    assert.match(text, /linear interpolation/);
    assert.match(assumptions(withDefaults()).join('\n'), /nearest rank/);
  });
});
