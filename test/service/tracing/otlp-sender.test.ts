/** What the sender does with more traces than it may hold, and with one that cannot be written: it counts them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../../service/clock';
import { createCalls } from '../../../service/outgoing/calls';
import { createOtlpSender } from '../../../service/tracing/otlp-sender';
import type { TraceRecord } from '../../../service/tracing/tracing';

const trace: TraceRecord = {
  ...{ traceId: '1-6553f100-000000000000000000000001', parentId: undefined, route: '/predict' },
  ...{ sampledBy: 'share', startMs: 1, partStartsMs: [1, 2, Number.NaN], endMs: 4, statusCode: 400 },
  ...{ annotations: {}, failure: undefined },
};
const spansOfTrace = 3;

function senderOf(write: Parameters<typeof createOtlpSender>[1]) {
  const lost = new Map<string, number>();
  let exported = 0;
  const sender = createOtlpSender(
    {
      clock: systemClock(),
      calls: createCalls(systemClock()),
      // Nobody listens there.
      endpoint: 'http://127.0.0.1:9/v1/traces',
      headers: async () => ({}),
      onExported: (spans) => {
        exported += spans;
      },
      onLost: (spans, reason) => void lost.set(reason, (lost.get(reason) ?? 0) + spans),
    },
    write,
  );
  return { sender, lost, exported: () => exported };
}

describe('the sender of traces', () => {
  it('holds two thousand and forty-eight and counts the spans of every other, and of those that nobody takes', async () => {
    const { sender, lost, exported } = senderOf(() => Buffer.from('{}'));
    for (let count = 0; count < 2100; count += 1) sender.take(trace);
    assert.deepEqual([...lost], [['too many wait to be sent', (2100 - 2048) * spansOfTrace]]);
    await sender.close();
    assert.equal(
      [...lost.values()].reduce((left, right) => left + right, 0),
      2100 * spansOfTrace,
    );
    assert.equal(exported(), 0);
  });

  it('counts a batch that cannot be written, and goes on', async () => {
    const { sender, lost } = senderOf(() => {
      throw new TypeError('odd');
    });
    for (let count = 0; count < 1024; count += 1) sender.take(trace);
    await sender.close();
    assert.deepEqual([...lost], [['odd', 1024 * spansOfTrace]]);
  });
});
