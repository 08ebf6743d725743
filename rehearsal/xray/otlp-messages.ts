/** Spans in protocol buffers, read into the form that OTLP has in JSON; by the field numbers of opentelemetry-proto. */
import { Root } from 'protobufjs/light';

const list = (id: number, type: string) => ({ id, type, rule: 'repeated' as const });

const request = Root.fromJSON({
  nested: {
    ArrayValue: { fields: { values: list(1, 'AnyValue') } },
    AnyValue: {
      oneofs: { value: { oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue'] } },
      fields: {
        stringValue: { id: 1, type: 'string' },
        boolValue: { id: 2, type: 'bool' },
        intValue: { id: 3, type: 'int64' },
        doubleValue: { id: 4, type: 'double' },
        arrayValue: { id: 5, type: 'ArrayValue' },
      },
    },
    KeyValue: { fields: { key: { id: 1, type: 'string' }, value: { id: 2, type: 'AnyValue' } } },
    Event: {
      fields: {
        timeUnixNano: { id: 1, type: 'fixed64' },
        name: { id: 2, type: 'string' },
        attributes: list(3, 'KeyValue'),
      },
    },
    Status: { fields: { message: { id: 2, type: 'string' }, code: { id: 3, type: 'int32' } } },
    Span: {
      fields: {
        traceId: { id: 1, type: 'bytes' },
        spanId: { id: 2, type: 'bytes' },
        parentSpanId: { id: 4, type: 'bytes' },
        name: { id: 5, type: 'string' },
        kind: { id: 6, type: 'int32' },
        startTimeUnixNano: { id: 7, type: 'fixed64' },
        endTimeUnixNano: { id: 8, type: 'fixed64' },
        attributes: list(9, 'KeyValue'),
        events: list(11, 'Event'),
        status: { id: 15, type: 'Status' },
      },
    },
    Scope: { fields: { name: { id: 1, type: 'string' } } },
    ScopeSpans: { fields: { scope: { id: 1, type: 'Scope' }, spans: list(2, 'Span') } },
    Resource: { fields: { attributes: list(1, 'KeyValue') } },
    ResourceSpans: { fields: { resource: { id: 1, type: 'Resource' }, scopeSpans: list(2, 'ScopeSpans') } },
    Request: { fields: { resourceSpans: list(1, 'ResourceSpans') } },
  },
}).lookupType('Request');

const ids = ['traceId', 'spanId', 'parentSpanId'];

/** An `ExportTraceServiceRequest` as its JSON form would be after parsing. Throws when the bytes are something else. */
export function readExport(bytes: Uint8Array): unknown {
  const plain = request.toObject(request.decode(bytes), { longs: String, bytes: String });
  // Ids are the one thing that OTLP writes in hex where JSON has base64 for bytes.
  return JSON.parse(JSON.stringify(plain), (key, value) =>
    ids.includes(key) && typeof value === 'string' ? Buffer.from(value, 'base64').toString('hex') : value,
  );
}
