/**
 * The messages of OTLP as protocol buffers, by the field numbers of opentelemetry-proto (`trace.proto`, `common.proto`,
 * `resource.proto`, `trace_service.proto`): everything but the spans of a batch, which `otlp-writer.ts` makes from patterns.
 */
import { Writer } from 'protobufjs/light';
import type { Failure } from './tracing';

export type AttributeValue = string | number | boolean | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** Of `SpanKind`: what a server does for a caller, and what it does within. */
export const spanKinds = { internal: 1, server: 2 } as const;

/** Of `StatusCode`; unset is left out. */
const statusError = 2;

/** Of any text on a span; a message of an error tells itself in that. */
const maxValueLength = 512;
/** A stack is read as a whole or not at all; twenty frames fit. */
const maxStackLength = 4096;

/** How a value lies on the wire. */
type Wire = 'varint' | 'fixed64' | 'bytes';
const wires: Readonly<Record<Wire, number>> = { varint: 0, fixed64: 1, bytes: 2 };

/** What stands before the value of a field; one byte for each of the fields here. */
export const tagOf = (field: number, wire: Wire): number => field * 8 + wires[wire];

/** Fields of `Span`. */
const spanFields = {
  traceId: 1,
  spanId: 2,
  parentSpanId: 4,
  name: 5,
  kind: 6,
  startTimeUnixNano: 7,
  endTimeUnixNano: 8,
  attributes: 9,
  events: 11,
  status: 15,
} as const;

/** The bytes that a span begins with, zeros where ids and times belong, and where these are. */
export interface SpanHead {
  readonly bytes: Uint8Array;
  readonly traceIdAt: number;
  readonly spanIdAt: number;
  /** Undefined for the first span of a trace. */
  readonly parentIdAt: number | undefined;
  readonly startAt: number;
  readonly endAt: number;
}

export function spanHead(
  name: string,
  kind: (typeof spanKinds)[keyof typeof spanKinds],
  hasParent: boolean,
  attributes: Attributes = {},
): SpanHead {
  const to = Writer.create();
  const blank = (field: number, bytes: number): number => {
    to.uint32(tagOf(field, 'bytes')).bytes(new Uint8Array(bytes));
    return to.len - bytes;
  };
  const places = {
    traceIdAt: blank(spanFields.traceId, 16),
    spanIdAt: blank(spanFields.spanId, 8),
    parentIdAt: hasParent ? blank(spanFields.parentSpanId, 8) : undefined,
    startAt: blankTime(to, spanFields.startTimeUnixNano),
    endAt: blankTime(to, spanFields.endTimeUnixNano),
  };
  text(to, spanFields.name, name);
  to.uint32(tagOf(spanFields.kind, 'varint')).uint32(kind);
  addAttributes(to, spanFields.attributes, attributes);
  return { bytes: to.finish(), ...places };
}

/**
 * What a span ends with.
 * @param reason of a failure, `''` where there are no words for it; undefined when it is none
 * @param putTime writes a time, in milliseconds since the epoch, over eight bytes
 */
export function spanEnd(
  attributes: Attributes,
  failure: Failure | undefined,
  reason: string | undefined,
  putTime: (bytes: Uint8Array, at: number, epochMs: number) => void,
): Uint8Array {
  const to = Writer.create();
  addAttributes(to, spanFields.attributes, attributes);
  if (failure !== undefined)
    to.uint32(tagOf(spanFields.events, 'bytes')).bytes(exceptionEvent(failure, putTime));
  if (reason !== undefined) {
    to.uint32(tagOf(spanFields.status, 'bytes')).fork();
    if (reason !== '') text(to, 2, reason);
    to.uint32(tagOf(3, 'varint')).uint32(statusError).ldelim();
  }
  return to.finish();
}

/** What a span says of an error, by OpenTelemetry's conventions for exceptions. */
function exceptionEvent(
  { type, message, stack, atMs }: Failure,
  putTime: (bytes: Uint8Array, at: number, epochMs: number) => void,
): Uint8Array {
  const to = Writer.create();
  const timeAt = blankTime(to, 1);
  text(to, 2, 'exception');
  addAttributes(to, 3, { 'exception.type': type, 'exception.message': message });
  addAttributes(to, 3, { 'exception.stacktrace': stack }, maxStackLength);
  const bytes = to.finish();
  putTime(bytes, timeAt, atMs);
  return bytes;
}

/** Where the bytes of spans stand in a request: behind these. */
export interface Envelope {
  /** How many bytes `head` has at most. */
  readonly room: number;
  /** @param spansLength of all spans, each with its own tag and length before it */
  head(spansLength: number): Uint8Array;
}

/** Each span of the one `ScopeSpans` that a request holds. */
export const spanTag = tagOf(2, 'bytes');

export function envelopeOf(resource: Attributes): Envelope {
  const about = Writer.create().uint32(tagOf(1, 'bytes')).fork();
  addAttributes(about, 1, resource);
  const resourceBytes = about.ldelim().finish();
  const scope = Writer.create().uint32(tagOf(1, 'bytes')).fork();
  text(scope, 1, 'vigia');
  const scopeBytes = scope.ldelim().finish();
  const head = (spansLength: number): Uint8Array => {
    const scopeSpans = Writer.create()
      .uint32(tagOf(2, 'bytes'))
      .uint32(scopeBytes.length + spansLength)
      .finish();
    const resourceSpans = resourceBytes.length + scopeSpans.length + scopeBytes.length + spansLength;
    const request = Writer.create().uint32(tagOf(1, 'bytes')).uint32(resourceSpans).finish();
    return Buffer.concat([request, resourceBytes, scopeSpans, scopeBytes]);
  };
  // Far more than any batch: its length is written with as many bytes as a length can have.
  return { room: head(2 ** 31).length, head };
}

function blankTime(to: Writer, field: number): number {
  to.uint32(tagOf(field, 'fixed64')).fixed64(0);
  return to.len - 8;
}

/** As bytes: half of a letter of two halves becomes a sign for what cannot be read, and not bytes that are no UTF-8. */
const text = (to: Writer, field: number, value: string, limit = maxValueLength): Writer =>
  to.uint32(tagOf(field, 'bytes')).bytes(Buffer.from(value.length > limit ? value.slice(0, limit) : value));

/** `KeyValue`s, each as one more value of a repeated field. */
function addAttributes(to: Writer, field: number, attributes: Attributes, limit = maxValueLength): void {
  for (const key in attributes) {
    const value = attributes[key];
    if (value === undefined) continue;
    text(to.uint32(tagOf(field, 'bytes')).fork(), 1, key);
    addValue(to.uint32(tagOf(2, 'bytes')).fork(), value, limit);
    to.ldelim().ldelim();
  }
}

/** The one member of `AnyValue` that fits. */
function addValue(to: Writer, value: AttributeValue, limit: number): void {
  if (typeof value === 'string') text(to, 1, value, limit);
  else if (typeof value === 'boolean') to.uint32(tagOf(2, 'varint')).bool(value);
  else if (typeof value === 'number') {
    if (Number.isInteger(value)) to.uint32(tagOf(3, 'varint')).int64(value);
    else to.uint32(tagOf(4, 'fixed64')).double(value);
  } else {
    to.uint32(tagOf(5, 'bytes')).fork();
    for (const each of value) text(to.uint32(tagOf(1, 'bytes')).fork(), 1, each, limit).ldelim();
    to.ldelim();
  }
}
