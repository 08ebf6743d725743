/** What the drift watch tells CloudWatch, and that trouble in it is nobody else's. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { featureSubjects } from '../../../service/drift/baseline';
import { compareCounts } from '../../../service/drift/comparison';
import { featureLines } from '../../../service/drift/drift-lines';
import { judge } from '../../../service/drift/judge';
import { conclude } from '../../../service/drift/verdict';
import { createDriftWatch } from '../../../service/drift/watch';
import { shippedModel } from '../app-under-test';
import { heldClock } from '../held-clock';

const identity = { Service: 'fraud', Stage: 'dev' };

describe('the lines of features', () => {
  it('have values of dimensions that CloudWatch takes', () => {
    const bins = { kind: 'number', edges: [1] } as const;
    const moved = ['importe_año', ':colon', 'plain name'].map((name) =>
      compareCounts(name, bins, [500, 500, 0], [100, 900, 0]),
    );
    const lines = featureLines(0, identity, conclude(judge(moved)));
    assert.deepEqual(lines.map((line) => JSON.parse(line).Feature).sort(), [
      '_colon',
      'importe_a_o',
      'plain name',
    ]);
  });
});

describe('the drift watch', () => {
  it('tells the log what goes wrong in it, and goes on', async () => {
    const clock = heldClock(0);
    const complaints: string[] = [];
    const watch = createDriftWatch({
      clock,
      plan: { windowMs: 60_000, windows: 1 },
      identity,
      write: () => {
        throw new Error('odd');
      },
      stateDirectory: undefined,
      complain: (message) => void complaints.push(message),
    });
    const { metadata } = await shippedModel();
    watch.start(metadata);
    const row = new Float32Array(metadata.features.length);
    const predict = () => {
      for (let call = 0; call < 200; call += 1)
        watch.predicted(`r${call}`, [row], [{ class: 'fraud', confidence: 0.9 }], false);
    };
    predict();
    await clock.advance(60_000);
    predict();
    await clock.advance(60_000);
    predict();
    await clock.advance(60_000);
    assert.ok(complaints.length >= 2, complaints.join('\n'));
    assert.match(complaints[0] ?? '', /^drift: .* \(odd\); drift is watched without it$/);
    assert.equal(watch.drift()?.rowsJudged, 200);
  });
});

describe('a baseline', () => {
  it('has no rows of a category that it does not name, whatever objects inherit', () => {
    const [subject] = featureSubjects(
      { source: 's', features: { kind: { counts: { a: 100 }, missing: 0 } }, calendar: [] },
      {
        features: [{ name: 'kind', type: 'category', categories: ['a', 'constructor'] }],
        classes: ['x', 'y'],
      },
    );
    assert.deepEqual(subject?.counts, [100, 0, 0, 0, 0]);
  });
});
