/** What a backend answers to a batch, by bytes written down from the protocol's description. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reasonIn, rejectedSpans } from '../../../service/tracing/otlp-answer';

describe('the answer to a batch of spans', () => {
  it('tells how many of them were refused: none where it says nothing', () => {
    assert.equal(rejectedSpans(Buffer.alloc(0)), 0);
    // partial_success (1) of four bytes: rejected_spans (1) 300; then error_message (2), which adds nothing.
    assert.equal(rejectedSpans(Buffer.from('0a0308ac02', 'hex')), 300);
    assert.equal(rejectedSpans(Buffer.from('0a0608ac021201ff', 'hex')), 300);
    for (const odd of ['{}', '<html>', '\u0000\u0000', '\n\u00ff'])
      assert.equal(rejectedSpans(Buffer.from(odd)), 0, odd);
  });

  it('explains a refusal in its own words, be they of the protocol or of a proxy', () => {
    // google.rpc.Status: code (1) 3, message (2) of seven letters.
    assert.equal(reasonIn(Buffer.concat([Buffer.from([8, 3, 18, 7]), Buffer.from('no room')])), 'no room');
    assert.equal(reasonIn(Buffer.from('<h1>Bad gateway</h1>\n')), '<h1>Bad gateway</h1>');
    assert.equal(reasonIn(Buffer.from('{"message":"no key"}')), '{"message":"no key"}');
    assert.equal(reasonIn(Buffer.from('no\u0000\u001b[31m room')), 'no [31m room');
    assert.equal(reasonIn(Buffer.alloc(0)), '');
  });
});
