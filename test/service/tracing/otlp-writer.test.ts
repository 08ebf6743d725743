/** Bodies of many traces: whole messages whatever a name or an error says, with each id and time where it belongs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spansIn as countOf } from '../../../service/tracing/otlp-sender';
import { OtlpWriter } from '../../../service/tracing/otlp-writer';
import type { TraceRecord } from '../../../service/tracing/tracing';
import { type ArrivedSpan, spansIn } from './collector';

function writerOf(stage = 'dev'): OtlpWriter {
  let ids = 0;
  return new OtlpWriter({
    ...{ service: 'fraud', stage, logGroup: '/vigia/fraud-dev/service' },
    putSpanId: (bytes, at) => void bytes.writeBigUInt64BE(BigInt(++ids), at),
  });
}

function spansOf(writer: OtlpWriter, records: readonly TraceRecord[]): readonly ArrivedSpan[] {
  for (const each of records) writer.add(each);
  const written = spansIn(writer.take());
  // The sender counts what is lost without writing it.
  const counted = records.reduce((sum, each) => sum + countOf(each), 0);
  assert.equal(written.length, counted);
  return written;
}

const startMs = 1_700_000_000_999.25;
const record = (more: Partial<TraceRecord> = {}): TraceRecord => ({
  traceId: '1-6553f100-0123456789abcdef01234567',
  parentId: undefined,
  route: '/predict',
  sampledBy: 'share',
  startMs,
  partStartsMs: [startMs + 0.5, startMs + 0.75, startMs + 1],
  endMs: startMs + 2.000001,
  statusCode: 200,
  annotations: { model: 'm', version: '1', class: 'ok', instances: 1, degraded: false },
  failure: undefined,
  ...more,
});

describe('a body of traces', () => {
  it('is whole without any', () => {
    assert.deepEqual(spansOf(writerOf(), []), []);
  });

  it('has each part between its beginning and the next, to the nanosecond and across a second', () => {
    const spans = spansOf(writerOf(), [record()]);
    assert.deepEqual(
      spans.map(({ name, startNs, endNs }) => [name, startNs, endNs]),
      [
        ['validation', 1700000000999750000n, 1700000001000000000n],
        ['inference', 1700000001000000000n, 1700000001000250000n],
        // The last millionth of a millisecond is below what a number of this size tells apart.
        ['post-processing', 1700000001000250000n, 1700000001001250000n],
        ['POST /predict', 1700000000999250000n, 1700000001001250000n],
      ],
    );
    for (const { traceId } of spans) assert.equal(traceId, '6553f1000123456789abcdef01234567');
    const [, , , server] = spans;
    assert.deepEqual(
      spans.slice(0, 3).map(({ parentSpanId }) => parentSpanId),
      Array(3).fill(server?.spanId),
    );
    assert.equal(server?.parentSpanId, '');
    assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, 4);
  });

  it('keeps what differs from one trace to the next apart, and outgrows its first memory', () => {
    const classes = ['ok', 'bad', 'ok"}],"x', 'grün', '\u0000\n\u2028', '\ud800'];
    const records = Array.from({ length: 1200 }, (_, index) =>
      record({
        traceId: `1-6553f100-${index.toString(16).padStart(24, '0')}`,
        parentId: index % 3 === 0 ? 'aaaaaaaaaaaaaaaa' : undefined,
        startMs: startMs + index,
        partStartsMs: index % 5 === 0 ? [] : [startMs + index, Number.NaN, Number.NaN],
        annotations: {
          ...record().annotations,
          class: classes[index % classes.length] ?? '',
          instances: index % 35,
        },
        statusCode: index % 7 === 0 ? 503 : 200,
      }),
    );
    const servers = spansOf(writerOf('prod "1"'), records).filter(({ name }) => name === 'POST /predict');
    assert.equal(servers.length, records.length);
    for (const [index, span] of servers.entries()) {
      const wanted = records[index] as TraceRecord;
      assert.equal(span.traceId, wanted.traceId.slice(2).replace('-', ''));
      assert.equal(span.parentSpanId, wanted.parentId ?? '');
      assert.equal(span.startNs / 1_000_000n, BigInt(Math.floor(wanted.startMs)));
      assert.equal(span.attributes['http.response.status_code'], wanted.statusCode);
      assert.equal(span.status, wanted.statusCode === 503 ? 2 : 0);
      assert.equal(span.attributes.stage, 'prod "1"');
      assert.equal(span.attributes.instances, wanted.annotations.instances);
      // Half of a letter of two halves cannot be written in UTF-8.
      assert.equal(span.attributes.class, wanted.annotations.class?.replace('\ud800', '\ufffd'));
    }
  });

  it('is the same for a trace that is copied from one like it as for one that is the first of its kind', () => {
    const kinds: readonly Partial<TraceRecord>[] = [
      {},
      { parentId: 'bbbbbbbbbbbbbbbb' },
      { sampledBy: 'caller' },
      { statusCode: 503 },
      { route: '/other' },
      { partStartsMs: [startMs, Number.NaN, Number.NaN] },
      { failure: { type: 'Error', message: 'once', stack: undefined, atMs: startMs } },
      ...(['model', 'version', 'class', 'instances', 'degraded'] as const).map((name) => ({
        annotations: { ...record().annotations, [name]: undefined },
      })),
      // More than are remembered, so that they are forgotten in between.
      ...Array.from({ length: 60 }, (_, index) => ({
        annotations: { ...record().annotations, instances: 2 + index },
      })),
    ];
    let ids = 0;
    let own = 0;
    const options = { service: 'fraud', stage: 'dev', logGroup: 'g' };
    const used = new OtlpWriter({
      ...options,
      putSpanId: (bytes, at) => void bytes.writeBigUInt64BE(BigInt(++ids), at),
    });
    for (let index = 0; index < 20 * kinds.length; index += 1) {
      const kind = kinds[(index * 7) % kinds.length] ?? {};
      const move = index / 4;
      const moved = record({
        ...kind,
        traceId: `1-6553f100-${index.toString(16).padStart(24, '0')}`,
        parentId: kind.parentId === undefined ? undefined : index.toString(16).padStart(16, '0'),
        startMs: startMs + move,
        partStartsMs: (kind.partStartsMs ?? record().partStartsMs).map((each) => each + move),
        endMs: startMs + 3 + 2 * move,
      });
      // Twice, so that the second is copied even where the first is not.
      for (let time = 0; time < 2; time += 1) {
        own = ids;
        used.add(moved);
        const fresh = new OtlpWriter({
          ...options,
          putSpanId: (bytes, at) => void bytes.writeBigUInt64BE(BigInt(++own), at),
        });
        fresh.add(moved);
        assert.ok(used.take().equals(fresh.take()), JSON.stringify(moved));
        assert.equal(own, ids);
      }
    }
  });

  it('tells of a failure once, where it happened, and cuts what is too long', () => {
    const failure = { type: 'RangeError', message: 'x'.repeat(2000), stack: 'y'.repeat(9000), atMs: startMs };
    const spans = spansOf(writerOf(), [record({ failure, statusCode: 500 }), record({ statusCode: 500 })]);
    const [failed, after] = spans.filter(({ name }) => name === 'POST /predict');
    assert.deepEqual(failed?.events, [
      {
        name: 'exception',
        atNs: 1_700_000_000_999_250_000n,
        attributes: {
          'exception.type': 'RangeError',
          'exception.message': 'x'.repeat(512),
          'exception.stacktrace': 'y'.repeat(4096),
        },
      },
    ]);
    assert.deepEqual([failed.status, failed.statusMessage], [2, 'x'.repeat(512)]);
    assert.deepEqual([after?.events, after?.status, after?.statusMessage], [[], 2, '']);
  });
});
