/** Spans as OTLP writes them in JSON (opentelemetry-proto, `trace.proto`, JSON encoding of OTLP/HTTP). */
import type { Failure } from './tracing';

export type AttributeValue = string | number | boolean | readonly string[];

/** Of `SpanKind`: what a server does for a caller, and what it does within. */
export const spanKinds = { internal: 1, server: 2 } as const;

/** Of `StatusCode`; unset is left out. */
const statusError = 2;

/** Of any text on a span; a message of an error tells itself in that. */
const maxValueLength = 512;
/** A stack is read as a whole or not at all; twenty frames fit. */
const maxStackLength = 4096;

export interface SpanFacts {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly kind: (typeof spanKinds)[keyof typeof spanKinds];
  /** Nanoseconds since the epoch, as digits. */
  readonly startNanos: string;
  readonly endNanos: string;
}

/** A span up to where its attributes begin. */
export function spanHead(span: SpanFacts): string {
  const parent = span.parentId === undefined ? '' : `"parentSpanId":"${span.parentId}",`;
  return (
    `{"traceId":"${span.traceId}","spanId":"${span.spanId}",${parent}"name":${JSON.stringify(span.name)},` +
    `"kind":${span.kind},"startTimeUnixNano":"${span.startNanos}","endTimeUnixNano":"${span.endNanos}","attributes":[`
  );
}

/**
 * A span from the end of its attributes on.
 * @param reason of a failure, `''` where there are no words for it; undefined when it is none
 */
export function spanEnd(event?: string, reason?: string): string {
  const events = event === undefined ? '' : `,"events":[${event}]`;
  const message = reason === undefined || reason === '' ? '' : `,"message":${textOf(reason)}`;
  return `]${events}${reason === undefined ? '' : `,"status":{"code":${statusError}${message}}`}}`;
}

/** Attributes as the members of their list, without its brackets, so that parts known in advance are written once. */
export function attributesText(attributes: Readonly<Record<string, AttributeValue | undefined>>): string {
  let text = '';
  for (const key in attributes) {
    const value = attributes[key];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}{"key":${JSON.stringify(key)},"value":${valueText(value)}}`;
  }
  return text;
}

/** What a span says of an error, by OpenTelemetry's conventions for exceptions. */
export function exceptionText({ type, message, stack, atMs }: Failure): string {
  const stackText =
    stack === undefined
      ? ''
      : `,{"key":"exception.stacktrace","value":{"stringValue":${textOf(stack, maxStackLength)}}}`;
  const attributes = attributesText({ 'exception.type': type, 'exception.message': message });
  return `{"name":"exception","timeUnixNano":"${nanosOf(atMs)}","attributes":[${attributes}${stackText}]}`;
}

/** The head of every request, up to its spans; they stand between it and `batchEnd`, with a comma between two. */
export function batchHead(resource: Readonly<Record<string, AttributeValue>>): string {
  return `{"resourceSpans":[{"resource":{"attributes":[${attributesText(resource)}]},"scopeSpans":[{"scope":{"name":"vigia"},"spans":[`;
}

export const batchEnd = ']}]}]}';

function valueText(value: AttributeValue): string {
  if (typeof value === 'string') return `{"stringValue":${textOf(value)}}`;
  if (typeof value === 'boolean') return `{"boolValue":${value}}`;
  if (typeof value === 'number')
    return Number.isInteger(value) ? `{"intValue":${value}}` : `{"doubleValue":${value}}`;
  return `{"arrayValue":{"values":[${value.map((each) => `{"stringValue":${textOf(each)}}`).join(',')}]}}`;
}

const textOf = (value: string, limit = maxValueLength): string =>
  JSON.stringify(value.length > limit ? value.slice(0, limit) : value);

/** Nanoseconds since the epoch: more digits than a number holds, so milliseconds and the rest are written side by side. */
function nanosOf(epochMs: number): string {
  const whole = Math.floor(epochMs);
  const rest = Math.min(999_999, Math.round((epochMs - whole) * 1e6));
  return `${whole}${String(rest).padStart(6, '0')}`;
}
