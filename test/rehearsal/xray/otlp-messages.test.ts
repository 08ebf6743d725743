/** Exports in protocol buffers: read as OpenTelemetry's own definitions read the same bytes (`decode-export.py`). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readExport } from '../../../rehearsal/xray/otlp-messages';
import { OtlpWriter } from '../../../service/tracing/otlp-writer';
import type { TraceRecord } from '../../../service/tracing/tracing';

const fixture = (name: string): string => readFileSync(join(__dirname, name), 'utf8');
const exported = Buffer.from(fixture('export.hex').trim(), 'hex');

const startMs = 1_700_000_000_999.25;
const record: TraceRecord = {
  ...{ traceId: '1-6553f100-0123456789abcdef01234567', parentId: undefined, route: '/predict' },
  ...{
    sampledBy: 'share',
    startMs,
    partStartsMs: [startMs + 0.5, Number.NaN, startMs + 1],
    endMs: startMs + 2,
  },
  ...{ statusCode: 200, failure: undefined },
  annotations: { model: 'grün "1"', version: '1', class: '\ud800', instances: -3, degraded: false },
};
const failure = { type: 'RangeError', message: 'no room', stack: 'at\nhere', atMs: startMs + 1.5 };

/** The export behind the fixture: all that a span can hold. */
function written(): Buffer {
  let ids = 0;
  const writer = new OtlpWriter({
    ...{ service: 'fraud', stage: 'dev', logGroup: '/vigia/fraud-dev/service' },
    putSpanId: (bytes, at) => void bytes.write((++ids).toString(16).padStart(16, 'f'), at, 'hex'),
  });
  writer.add(record);
  writer.add({ ...record, parentId: 'aaaaaaaaaaaaaaaa', statusCode: 500, failure, annotations: {} });
  return writer.take();
}

describe('an export in protocol buffers', () => {
  it('is what the service writes, byte by byte', () => {
    assert.equal(written().toString('hex'), exported.toString('hex'), 'make both fixtures again');
  });

  it('is read as by the definitions that OpenTelemetry publishes', () => {
    assert.deepEqual(readExport(exported), JSON.parse(fixture('export.json')));
  });

  it('is refused when its bytes are something else', () => {
    assert.throws(() => readExport(Buffer.from('x')));
    assert.throws(() => readExport(exported.subarray(0, exported.length - 1)));
  });
});
