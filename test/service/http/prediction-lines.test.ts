/** Which predictions leave a line: by share, by slowness, by trace, and with which values. */
import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { createPredictionLines, loggedFeatures } from '../../../service/http/prediction-lines';
import { defaultSwitches, type Switches } from '../../../service/switches';
import { createTraceIds, isInShare } from '../../../service/tracing/trace-ids';
import { shippedModel } from '../app-under-test';

const ids = createTraceIds(() => 0, randomFillSync);
const lines = (switches: Partial<Switches>) =>
  createPredictionLines(
    () => ({ ...defaultSwitches, ...switches }),
    250,
    () => {},
  );
const quick = { latencyMs: 1, isTraced: false };

describe('the line of an answered prediction', () => {
  it('follows from the trace id alone, so that the same request is logged everywhere', () => {
    const { lineOf } = lines({ logShare: 0.3 });
    for (let count = 0; count < 500; count += 1) {
      const traceId = ids.traceId();
      assert.equal(lineOf({ ...quick, traceId }), isInShare(traceId, 0.3) ? 'plain' : 'none');
    }
  });

  it('is there for every slow one, even when ordinary ones leave none', () => {
    const { lineOf, isSlow } = lines({ logShare: 0 });
    const traceId = ids.traceId();
    assert.equal(lineOf({ traceId, latencyMs: 250, isTraced: false }), 'none');
    assert.equal(lineOf({ traceId, latencyMs: 250.01, isTraced: false }), 'plain');
    assert.deepEqual([isSlow(250), isSlow(251)], [false, true]);
  });

  it('is there for every traced one, unless ordinary lines are off', () => {
    const traceId = '1-00000000-0000000000000000ffffffff';
    assert.equal(lines({ logShare: 0.01 }).lineOf({ traceId, latencyMs: 1, isTraced: true }), 'plain');
    assert.equal(lines({ logShare: 0 }).lineOf({ traceId, latencyMs: 1, isTraced: true }), 'none');
  });

  it('has no values unless their own share says so', () => {
    const traceIds = Array.from({ length: 2000 }, () => ids.traceId());
    const valued = (switches: Partial<Switches>) =>
      traceIds.filter((traceId) => lines(switches).lineOf({ ...quick, traceId }) === 'features').length;
    assert.equal(valued({ logShare: 1 }), 0);
    assert.equal(valued({ logShare: 1, logFeaturesShare: 1 }), 2000);
    assert.equal(valued({ logShare: 0, logFeaturesShare: 1 }), 0);
    const half = valued({ logShare: 1, logFeaturesShare: 0.5 });
    assert.ok(half > 850 && half < 1150, `${half}`);
  });

  it('follows a switch that is turned, from the next prediction on', () => {
    let now: Switches = { ...defaultSwitches, logShare: 0 };
    const { lineOf } = createPredictionLines(
      () => now,
      250,
      () => {},
    );
    const request = { ...quick, traceId: ids.traceId() };
    assert.equal(lineOf(request), 'none');
    now = { ...now, logShare: 1 };
    assert.equal(lineOf(request), 'plain');
  });

  it('names the values of the first few instances of a batch', async () => {
    const { metadata } = await shippedModel();
    const rows = Array.from({ length: 9 }, () => new Float32Array(metadata.features.length).fill(0.5));
    const written = loggedFeatures(rows, metadata);
    assert.equal(written.length, 4);
    assert.deepEqual(
      Object.keys(written[0] ?? {}),
      metadata.features.map(({ name }) => name),
    );
  });
});
