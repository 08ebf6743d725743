/** What the sender does with more traces than it may hold, and with one that cannot be written: it counts them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../../../service/clock';
import { createCalls } from '../../../service/outgoing/calls';
import { createOtlpSender, type TraceWriter } from '../../../service/tracing/otlp-sender';
import type { TraceRecord } from '../../../service/tracing/tracing';

const trace: TraceRecord = {
  ...{ traceId: '1-6553f100-000000000000000000000001', parentId: undefined, route: '/predict' },
  ...{ sampledBy: 'share', startMs: 1, partStartsMs: [1, 2, Number.NaN], endMs: 4, statusCode: 400 },
  ...{ annotations: {}, failure: undefined },
};
const spansOfTrace = 3;

function senderOf(writer: TraceWriter) {
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
    writer,
  );
  return { sender, lost, exported: () => exported };
}

describe('the sender of traces', () => {
  it('holds two thousand and forty-eight and counts the spans of every other, and of those that nobody takes', async () => {
    const { sender, lost, exported } = senderOf({ add: () => {}, take: () => new Uint8Array(1) });
    for (let count = 0; count < 2100; count += 1) sender.take(trace);
    assert.deepEqual([...lost], [['too many wait to be sent', (2100 - 2048) * spansOfTrace]]);
    await sender.close();
    assert.equal(
      [...lost.values()].reduce((left, right) => left + right, 0),
      2100 * spansOfTrace,
    );
    assert.equal(exported(), 0);
  });

  it('counts traces that cannot be written, and goes on', async () => {
    const { sender, lost } = senderOf({
      add: () => {
        throw new TypeError('odd');
      },
      take: () => assert.fail('there is nothing to send'),
    });
    for (let count = 0; count < 1024; count += 1) sender.take(trace);
    await sender.close();
    assert.deepEqual([...lost], [['odd', 1024 * spansOfTrace]]);
  });

  it('makes one batch of what comes while nobody takes any, and none of what comes after its end', async () => {
    const timers: (() => void)[] = [];
    const after = (_: number, run: () => void): (() => void) => {
      timers.push(run);
      return () => {};
    };
    const posts: { readonly spans: number; readonly answer: () => void }[] = [];
    const lost: string[] = [];
    let [added, exported] = [0, 0];
    const sender = createOtlpSender(
      {
        clock: { ...systemClock(), after },
        calls: {
          http: (call) =>
            new Promise((resolve) => {
              const answer = (): void => resolve({ status: 200, body: new Uint8Array(0) });
              posts.push({ spans: call.body?.[0] ?? 0, answer });
            }),
        },
        endpoint: 'http://127.0.0.1:9/v1/traces',
        headers: async () => ({}),
        onExported: (spans) => {
          exported += spans;
        },
        onLost: (_, reason) => void lost.push(reason),
      },
      {
        add: () => {
          added += 1;
        },
        take: () => {
          const body = Uint8Array.of(added);
          added = 0;
          return body;
        },
      },
    );
    const takeAndWait = async (): Promise<void> => {
      sender.take(trace);
      for (const run of timers.splice(0)) run();
      await setImmediate();
    };
    for (let count = 0; count < 104; count += 1) await takeAndWait();
    assert.deepEqual(
      posts.map(({ spans }) => spans),
      [1, 1, 1, 1],
    );
    posts[0]?.answer();
    await setImmediate();
    assert.equal(posts[4]?.spans, 100);
    sender.take(trace);
    const closed = sender.close();
    sender.take(trace);
    for (const { answer } of posts) answer();
    await setImmediate();
    posts.at(-1)?.answer();
    await closed;
    assert.equal(exported, 105 * spansOfTrace);
    assert.deepEqual(lost, ['its answer came after the last traces were sent']);
  });
});
