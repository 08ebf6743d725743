/** Who decides whether a request is traced, in which order, and how often what went badly is traced after all. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSampler, latePerSecond, type SamplingRule } from '../../../service/tracing/sampling';
import type { TraceContext } from '../../../service/tracing/trace-context';
import { createTracing, type SpanStart } from '../../../service/tracing/tracing';
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
  it('begins nothing before its library is there, and then keeps the times of one request on one line', async () => {
    const clock = heldClock(1_700_000_000_000);
    const begun: SpanStart[] = [];
    const ends: [string, number][] = [];
    let isLoaded = false;
    const tracing = createTracing({
      clock,
      sampler: createSampler(() => ({ share: 1, reservoirPerSecond: 0 }), clock.now),
      spans: () =>
        isLoaded
          ? {
              begin(start) {
                begun.push(start);
                return {
                  child: (part) => ({ end: (endMs) => void ends.push([part, endMs - start.startMs]) }),
                  annotate: () => {},
                  fail: () => {},
                  end: (endMs, status) => void ends.push([`answer ${status}`, endMs - start.startMs]),
                };
              },
            }
          : undefined,
    });
    assert.equal(tracing.begin(inside, {}, '/predict'), undefined);
    isLoaded = true;
    const trace = tracing.begin(inside, {}, '/predict');
    trace?.enter('validation');
    await clock.advance(2);
    trace?.enter('inference');
    await clock.advance(30);
    trace?.end(200);
    trace?.end(500);
    assert.deepEqual(ends, [
      ['validation', 2],
      ['inference', 32],
      ['answer 200', 32],
    ]);
    assert.deepEqual(begun, [
      {
        ...{ traceId: inside, parentId: undefined, route: '/predict' },
        ...{ startMs: 1_700_000_000_000, sampledBy: 'share' },
      },
    ]);
  });

  it('takes no parent from a header that names another trace than the one followed', () => {
    const clock = heldClock(0);
    const begun: SpanStart[] = [];
    const tracing = createTracing({
      clock,
      sampler: createSampler(() => ({ share: 1, reservoirPerSecond: 0 }), clock.now),
      spans: () => ({
        begin(start) {
          begun.push(start);
          return { child: () => ({ end: () => {} }), annotate: () => {}, fail: () => {}, end: () => {} };
        },
      }),
    });
    const headers = { 'x-amzn-trace-id': `Root=${outside};Parent=53995c3f42cd8ad8` };
    tracing.begin(outside, headers, '/predict');
    tracing.begin(inside, headers, '/predict');
    assert.deepEqual(
      begun.map(({ parentId }) => parentId),
      ['53995c3f42cd8ad8', undefined],
    );
  });
});
