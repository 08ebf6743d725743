/** Who decides whether a request is traced, in which order, and how often what went badly is traced after all. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../../service/clock';
import { createSampler, latePerSecond, type SamplingRule } from '../../../service/tracing/sampling';
import type { TraceContext } from '../../../service/tracing/trace-context';
import { createTracing, type TraceRecord } from '../../../service/tracing/tracing';
import { heldClock } from '../held-clock';

const inside = '1-5759e988-bd862e3fe1be46a900000000';
const outside = '1-5759e988-bd862e3fe1be46a9ffffffff';
const caller = (sampled: boolean | undefined): TraceContext => ({
  traceId: outside,
  parentId: '53995c3f42cd8ad8',
  sampled,
});
const half: SamplingRule = { share: 0.5, reservoirPerSecond: 0 };

function samplerOf(rule: SamplingRule) {
  const clock = heldClock(10_000);
  return { clock, sampler: createSampler(() => rule, clock.now) };
}

describe('a request at its beginning', () => {
  it("is traced by its caller's decision before anything else, also when the share is 0", () => {
    const { sampler } = samplerOf({ share: 0, reservoirPerSecond: 9 });
    assert.equal(sampler.decide(outside, caller(true)), 'caller');
    const all = samplerOf({ share: 1, reservoirPerSecond: 9 }).sampler;
    assert.equal(all.decide(inside, caller(false)), undefined);
    assert.equal(all.decide(inside, caller(undefined)), 'reservoir');
  });

  it('is traced by the share of its id, and never when that is 0', () => {
    const { sampler } = samplerOf(half);
    assert.deepEqual(
      [sampler.decide(inside, undefined), sampler.decide(outside, undefined)],
      ['share', undefined],
    );
    const none = samplerOf({ share: 0, reservoirPerSecond: 9 }).sampler;
    assert.equal(none.decide(inside, undefined), undefined);
  });

  it('is traced by the reservoir first, so many times in each second', async () => {
    const { clock, sampler } = samplerOf({ share: 1e-9, reservoirPerSecond: 2 });
    const three = () => [1, 2, 3].map(() => sampler.decide(outside, undefined));
    assert.deepEqual(three(), ['reservoir', 'reservoir', undefined]);
    await clock.advance(999);
    assert.deepEqual(three(), [undefined, undefined, undefined]);
    await clock.advance(1);
    assert.deepEqual(three(), ['reservoir', 'reservoir', undefined]);
  });
});

describe('a request that went badly', () => {
  it('is traced after all, a few times in each second', async () => {
    const { clock, sampler } = samplerOf(half);
    const many = () =>
      Array.from({ length: latePerSecond + 3 }, () => sampler.decideLate('failure', undefined));
    assert.equal(many().filter((by) => by === 'failure').length, latePerSecond);
    await clock.advance(1000);
    assert.equal(many().filter((by) => by === 'failure').length, latePerSecond);
  });

  it('is not traced against its caller, nor when nothing is', () => {
    const { sampler } = samplerOf(half);
    assert.equal(sampler.decideLate('slowness', caller(false)), undefined);
    assert.equal(sampler.decideLate('slowness', caller(undefined)), 'slowness');
    const none = samplerOf({ share: 0, reservoirPerSecond: 1 }).sampler;
    assert.equal(none.decideLate('failure', undefined), undefined);
  });
});

describe('tracing', () => {
  const tracingOf = (clock: Clock, isStarted: () => boolean = () => true) => {
    const records: TraceRecord[] = [];
    const sampler = createSampler(() => ({ share: 1, reservoirPerSecond: 0 }), clock.now);
    const sink = { take: (record: TraceRecord) => void records.push(record) };
    return {
      records,
      tracing: createTracing({ clock, sampler, sink: () => (isStarted() ? sink : undefined) }),
    };
  };

  it('begins nothing before it has started, and then keeps the times of one request on one line', async () => {
    const clock = heldClock(1_700_000_000_000);
    let isStarted = false;
    const { records, tracing } = tracingOf(clock, () => isStarted);
    assert.equal(tracing.begin(inside, {}, '/predict'), undefined);
    isStarted = true;
    const trace = tracing.begin(inside, {}, '/predict');
    trace?.enter('validation');
    await clock.advance(2);
    trace?.enter('inference');
    await clock.advance(30);
    assert.equal(records.length, 0, 'not before it is over');
    trace?.end(200);
    trace?.end(500);
    // As after a caller that hung up while the model worked.
    trace?.enter('post-processing');
    assert.equal(records.length, 1, 'only the first end counts');
    const { traceId, parentId, route, sampledBy, startMs, partStartsMs, endMs, statusCode } =
      records[0] as TraceRecord;
    assert.deepEqual([traceId, parentId, route, sampledBy], [inside, undefined, '/predict', 'share']);
    assert.deepEqual(
      [startMs, partStartsMs, endMs].flat().map((at) => at - 1_700_000_000_000),
      [0, 0, 2, Number.NaN, 32],
    );
    assert.equal(statusCode, 200);
  });

  it('takes no parent from a header that names another trace than the one followed', () => {
    const { records, tracing } = tracingOf(heldClock(0));
    const headers = { 'x-amzn-trace-id': `Root=${outside};Parent=53995c3f42cd8ad8` };
    tracing.begin(outside, headers, '/predict')?.end(200);
    tracing.begin(inside, headers, '/predict')?.end(200);
    assert.deepEqual(
      records.map(({ parentId }) => parentId),
      ['53995c3f42cd8ad8', undefined],
    );
  });
});
