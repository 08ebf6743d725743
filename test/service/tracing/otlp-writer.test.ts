/** Bodies of many traces: whole JSON whatever a name or an error says, with each id and time where it belongs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spansIn } from '../../../service/tracing/otlp-sender';
import { OtlpWriter } from '../../../service/tracing/otlp-writer';
import type { TraceRecord } from '../../../service/tracing/tracing';

interface WrittenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly events?: readonly unknown[];
  readonly status?: { readonly code: number; readonly message?: string };
}

function writerOf(stage = 'dev'): OtlpWriter {
  let ids = 0;
  return new OtlpWriter({
    ...{ service: 'fraud', stage, logGroup: '/vigia/fraud-dev/service' },
    newSpanId: () => (++ids).toString(16).padStart(16, '0'),
  });
}

function spansOf(writer: OtlpWriter, records: readonly TraceRecord[]): readonly WrittenSpan[] {
  const [resource] = JSON.parse(writer.write(records).toString('utf8')).resourceSpans;
  const written = resource.scopeSpans[0].spans as readonly WrittenSpan[];
  // The sender counts what is lost without writing it.
  const counted = records.reduce((sum, each) => sum + spansIn(each), 0);
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
const attributeOf = ({ attributes }: WrittenSpan, name: string): unknown =>
  Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0];

describe('a body of traces', () => {
  it('is whole without any', () => {
    assert.deepEqual(spansOf(writerOf(), []), []);
  });

  it('has each part between its beginning and the next, to the nanosecond and across a second', () => {
    const spans = spansOf(writerOf(), [record()]);
    assert.deepEqual(
      spans.map(({ name, startTimeUnixNano, endTimeUnixNano }) => [name, startTimeUnixNano, endTimeUnixNano]),
      [
        ['validation', '1700000000999750000', '1700000001000000000'],
        ['inference', '1700000001000000000', '1700000001000250000'],
        // The last millionth of a millisecond is below what a number of this size tells apart.
        ['post-processing', '1700000001000250000', '1700000001001250000'],
        ['POST /predict', '1700000000999250000', '1700000001001250000'],
      ],
    );
    for (const { traceId } of spans) assert.equal(traceId, '6553f1000123456789abcdef01234567');
    const [, , , server] = spans;
    assert.deepEqual(
      spans.slice(0, 3).map(({ parentSpanId }) => parentSpanId),
      Array(3).fill(server?.spanId),
    );
    assert.equal(server?.parentSpanId, undefined);
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
        annotations: { ...record().annotations, class: classes[index % classes.length] ?? '' },
        statusCode: index % 7 === 0 ? 503 : 200,
      }),
    );
    const servers = spansOf(writerOf('prod "1"'), records).filter(({ name }) => name === 'POST /predict');
    assert.equal(servers.length, records.length);
    for (const [index, span] of servers.entries()) {
      const wanted = records[index] as TraceRecord;
      assert.equal(span.traceId, wanted.traceId.slice(2).replace('-', ''));
      assert.equal(span.parentSpanId, wanted.parentId);
      assert.equal(span.startTimeUnixNano.slice(0, 13), String(Math.floor(wanted.startMs)));
      assert.equal(attributeOf(span, 'http.response.status_code'), wanted.statusCode);
      assert.equal(span.status?.code, wanted.statusCode === 503 ? 2 : undefined);
      assert.equal(attributeOf(span, 'stage'), 'prod "1"');
      // Half of a letter of two halves cannot be written in UTF-8; JSON says it with an escape.
      assert.equal(attributeOf(span, 'class'), wanted.annotations.class);
    }
  });

  it('tells of a failure once, where it happened, and cuts what is too long', () => {
    const failure = { type: 'RangeError', message: 'x'.repeat(2000), stack: 'y'.repeat(9000), atMs: startMs };
    const spans = spansOf(writerOf(), [record({ failure, statusCode: 500 }), record({ statusCode: 500 })]);
    const [failed, after] = spans.filter(({ name }) => name === 'POST /predict');
    assert.equal(failed?.events?.length, 1);
    assert.equal(failed?.status?.message?.length, 512);
    assert.ok(JSON.stringify(failed).length < 7000);
    assert.deepEqual([after?.events, after?.status], [undefined, { code: 2 }]);
  });
});
