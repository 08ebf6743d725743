/** What a caller's trace headers mean: X-Ray's form, the W3C one, both at once, and what is neither. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readTraceContext, toW3cTraceId, toXrayTraceId } from '../../../service/tracing/trace-context';

const root = '1-5759e988-bd862e3fe1be46a994272793';
const w3c = '5759e988bd862e3fe1be46a994272793';
const parent = '53995c3f42cd8ad8';
const xray = (header: string) => readTraceContext({ 'x-amzn-trace-id': header });
const traceparent = (header: string) => readTraceContext({ traceparent: header });

describe('the trace context of a caller', () => {
  it('is none without a header', () => {
    assert.equal(readTraceContext({ 'x-request-id': 'a' }), undefined);
  });

  it('is read from X-Ray in any order, with what the load balancer and Lambda add', () => {
    const decided = { traceId: root, parentId: parent, sampled: true };
    assert.deepEqual(xray(`Root=${root};Parent=${parent};Sampled=1`), decided);
    assert.deepEqual(xray(`Sampled=1; Parent=${parent}; Root=${root}`), decided);
    assert.deepEqual(
      xray(`Self=1-67891234-12456789abcdef012345678;Root=${root};Parent=${parent};Sampled=1;Lineage=a:1|b:2`),
      decided,
    );
    assert.deepEqual(xray(`Root=${root};Parent=${parent};Sampled=0`)?.sampled, false);
  });

  it('leaves the decision to us where X-Ray asks for it or says nothing', () => {
    assert.equal(xray(`Root=${root};Parent=${parent};Sampled=?`)?.sampled, undefined);
    assert.deepEqual(xray(`Root=${root}`), { traceId: root, parentId: undefined, sampled: undefined });
  });

  it('is read from W3C, in which an unset flag is a decision', () => {
    assert.deepEqual(traceparent(`00-${w3c}-${parent}-01`), {
      traceId: root,
      parentId: parent,
      sampled: true,
    });
    assert.equal(traceparent(`00-${w3c}-${parent}-00`)?.sampled, false);
    // A random flag beside it, and a version to come with more behind it.
    assert.equal(traceparent(`00-${w3c}-${parent}-03`)?.sampled, true);
    assert.equal(traceparent(`01-${w3c}-${parent}-01-more`)?.traceId, root);
  });

  it('follows the header that names a span when a load balancer added its own root', () => {
    const other = '1-67891233-abcdef012345678912345678';
    const both = { 'x-amzn-trace-id': `Root=${other}`, traceparent: `00-${w3c}-${parent}-01` };
    assert.equal(readTraceContext(both)?.traceId, root);
    const spanned = { ...both, 'x-amzn-trace-id': `Root=${other};Parent=${parent}` };
    assert.equal(readTraceContext(spanned)?.traceId, other);
    assert.equal(readTraceContext({ ...both, traceparent: 'nonsense' })?.traceId, other);
  });

  it('is none for anything that is not quite a header', () => {
    for (const header of [
      '',
      'Root',
      'Root=',
      `Root=2${root.slice(1)}`,
      `Root=${root}0`,
      `Root=${root} x`,
      `Root=1-00000000-000000000000000000000000`,
      `Root=${root};${'x'.repeat(2000)}`,
    ]) {
      assert.equal(xray(header), undefined, header);
    }
    for (const header of [
      '',
      `ff-${w3c}-${parent}-01`,
      `00-${w3c}-${parent}-01-more`,
      `00-${w3c.toUpperCase()}-${parent}-01`,
      `00-${'0'.repeat(32)}-${parent}-01`,
      `00-${w3c}-${'0'.repeat(16)}-01`,
      `00-${w3c}-${parent}-01, 00-${w3c}-${parent}-01`,
    ]) {
      assert.equal(traceparent(header), undefined, header);
    }
    assert.equal(xray(`Root=${root};Parent=xyz`)?.parentId, undefined);
  });

  it('never gives an id that is not one, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.string({ maxLength: 80 }), (one, two) => {
        const header = `Root=${one};Parent=${two};Sampled=${one}`;
        const read = readTraceContext({ 'x-amzn-trace-id': header, traceparent: two });
        if (read !== undefined) assert.match(read.traceId, /^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
      }),
    );
  });

  it('has one id in two forms', () => {
    assert.equal(toW3cTraceId(root), w3c);
    assert.equal(toXrayTraceId(w3c), root);
  });
});
