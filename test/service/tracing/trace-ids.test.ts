/** New trace ids: their form, their time, that none comes twice, and the shares they fall into. */
import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { createTraceIds, isInOtherShare, isInShare, type TraceIds } from '../../../service/tracing/trace-ids';

function spanId({ putSpanId }: TraceIds): string {
  // What stands on either side is somebody else's.
  const bytes = Buffer.alloc(10, 0xee);
  putSpanId(bytes, 1);
  assert.deepEqual([bytes[0], bytes[9]], [0xee, 0xee]);
  return bytes.toString('hex', 1, 9);
}

describe('trace ids', () => {
  it('begin with the second they were made in', () => {
    let now = 1_480_615_200_999;
    const ids = createTraceIds(() => now, randomFillSync);
    assert.match(ids.traceId(), /^1-58406520-[0-9a-f]{24}$/);
    now += 1;
    assert.match(ids.traceId(), /^1-58406521-[0-9a-f]{24}$/);
  });

  it('never repeat, over many fillings of the pool, traces and spans mixed', () => {
    const ids = createTraceIds(() => 0, randomFillSync);
    const made = Array.from({ length: 20_000 }, (_, index) =>
      index % 3 === 0 ? spanId(ids) : ids.traceId(),
    );
    assert.equal(new Set(made).size, made.length);
  });

  it('never say "no span"', () => {
    const ids = createTraceIds(
      () => 0,
      (bytes) => bytes.fill(0),
    );
    assert.equal(spanId(ids), '0000000000000001');
  });
});

describe('shares of traces', () => {
  const ids = createTraceIds(() => 0, randomFillSync);
  const many = Array.from({ length: 20_000 }, () => ids.traceId());

  it('are as large as they say, by either digits', () => {
    for (const inShare of [isInShare, isInOtherShare]) {
      for (const share of [0.05, 0.5]) {
        const part = many.filter((id) => inShare(id, share)).length / many.length;
        // Six standard deviations of a fair draw.
        assert.ok(Math.abs(part - share) < 6 * Math.sqrt((share * (1 - share)) / many.length), `${part}`);
      }
      assert.equal(many.filter((id) => inShare(id, 0)).length, 0);
      assert.equal(many.filter((id) => inShare(id, 1)).length, many.length);
    }
  });

  it('hold each smaller share whole, so that what is traced is logged', () => {
    for (const id of many.filter((each) => isInShare(each, 0.05))) assert.ok(isInShare(id, 0.1));
  });

  it('do not follow from each other when other digits decide', () => {
    const first = many.filter((id) => isInShare(id, 0.5));
    const both = first.filter((id) => isInOtherShare(id, 0.5)).length / first.length;
    assert.ok(Math.abs(both - 0.5) < 0.03, `${both}`);
  });
});
