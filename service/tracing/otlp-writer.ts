/**
 * Bodies of OTLP requests, written into one piece of memory. Spans differ in ids, times and a few values: all else is copied
 * from patterns made once. As text, piece by piece, a trace took ten times as long and left as much for the garbage collector.
 */
import {
  attributesText,
  batchEnd,
  batchHead,
  exceptionText,
  type SpanFacts,
  spanEnd,
  spanHead,
  spanKinds,
} from './otlp-json';
import { type Annotations, type Part, parts, type TraceRecord } from './tracing';

/** The attribute whose list names the attributes that X-Ray indexes; the rest becomes metadata. */
const annotationList = 'aws.xray.annotations';
/** Each must be named here, for what is left out would be told of one request with another's value. */
const ofRequest: Readonly<Record<keyof Annotations, true>> = {
  model: true,
  version: true,
  class: true,
  instances: true,
  degraded: true,
};
const namesOfRequest = Object.keys(ofRequest) as (keyof Annotations)[];
const annotated = ['stage', ...namesOfRequest, 'sampled_by'];

/** Of different ends of server spans that are remembered: a handful of classes and statuses, times the sizes of batches. */
const maxKnownEnds = 256;
const firstBytes = 256 * 1024;

/** Digits of nanoseconds since the epoch, from the year 2001 to 2286. */
const nanosDigits = 19;
const secondsDigits = 10;
const comma = 0x2c;
const zero = 0x30;

/** A span with zeros for ids and times, and where these stand in it. */
interface Pattern {
  readonly bytes: Buffer;
  readonly traceIdAt: number;
  readonly spanIdAt: number;
  /** Means nothing where there is no parent. */
  readonly parentIdAt: number;
  readonly startAt: number;
  readonly endAt: number;
}

interface RoutePatterns {
  readonly root: Pattern;
  readonly child: Pattern;
}

export interface OtlpWriterOptions {
  readonly service: string;
  readonly stage: string;
  /** Where the log lines of the same requests are: X-Ray shows them beside the trace. */
  readonly logGroup: string;
  readonly newSpanId: () => string;
}

export class OtlpWriter {
  private readonly head: Buffer;
  private readonly end = Buffer.from(batchEnd);
  private readonly partPatterns = parts.map(partPattern);
  private readonly routePatterns = new Map<string, RoutePatterns>();
  private readonly knownEnds = new Map<string, Buffer>();
  private bytes = Buffer.allocUnsafeSlow(firstBytes);
  private used = 0;
  private second = Number.NaN;
  private readonly secondDigits = Buffer.alloc(secondsDigits);

  constructor(private readonly options: OtlpWriterOptions) {
    this.head = Buffer.from(
      batchHead({
        'service.name': options.service,
        'deployment.environment.name': options.stage,
        'telemetry.sdk.language': 'nodejs',
        'cloud.provider': 'aws',
        'cloud.platform': 'aws_ec2',
        'aws.log.group.names': [options.logGroup],
      }),
    );
  }

  /** The body of a request that carries these traces. */
  write(records: readonly TraceRecord[]): Buffer {
    this.used = 0;
    this.copy(this.head);
    for (const record of records) this.trace(record);
    // The last span needs no comma behind it.
    if (records.length > 0) this.used -= 1;
    this.copy(this.end);
    return Buffer.from(this.bytes.subarray(0, this.used));
  }

  /** The parts first, as they end first; then the request itself. */
  private trace(record: TraceRecord): void {
    const { traceId, parentId, partStartsMs, endMs } = record;
    const spanId = this.options.newSpanId();
    for (let index = 0; index < partStartsMs.length; index += 1) {
      const [pattern, startMs] = [this.partPatterns[index], partStartsMs[index]];
      if (pattern === undefined || startMs === undefined || Number.isNaN(startMs)) continue;
      const nextMs = partStartsMs[index + 1] ?? Number.NaN;
      this.span(
        pattern,
        traceId,
        this.options.newSpanId(),
        spanId,
        startMs,
        Number.isNaN(nextMs) ? endMs : nextMs,
      );
      this.endOfSpan();
    }
    const { root, child } = this.patternsOf(record.route);
    this.span(parentId === undefined ? root : child, traceId, spanId, parentId, record.startMs, endMs);
    this.copy(this.endOf(record));
    this.endOfSpan();
  }

  private span(
    pattern: Pattern,
    traceId: string,
    spanId: string,
    parentId: string | undefined,
    startMs: number,
    endMs: number,
  ): void {
    const from = this.used;
    this.copy(pattern.bytes);
    const { bytes } = this;
    // X-Ray's form of an id is the other one with `1-` before it and a hyphen after eight digits.
    putText(bytes, from + pattern.traceIdAt, traceId, 2, 10);
    putText(bytes, from + pattern.traceIdAt + 8, traceId, 11, 35);
    putText(bytes, from + pattern.spanIdAt, spanId, 0, 16);
    if (parentId !== undefined) putText(bytes, from + pattern.parentIdAt, parentId, 0, 16);
    this.nanos(from + pattern.startAt, startMs);
    this.nanos(from + pattern.endAt, endMs);
  }

  /** More digits than a number holds, so seconds and the rest are written side by side; many times share their second. */
  private nanos(at: number, epochMs: number): void {
    const seconds = Math.floor(epochMs / 1000);
    if (seconds !== this.second) {
      this.second = seconds;
      this.secondDigits.write(String(seconds).padStart(secondsDigits, '0'), 'latin1');
    }
    const { bytes, secondDigits } = this;
    for (let digit = 0; digit < secondsDigits; digit += 1) bytes[at + digit] = secondDigits[digit] as number;
    const nanos = Math.min(999_999_999, Math.round((epochMs - seconds * 1000) * 1e6));
    putDigits(bytes, at + secondsDigits, nanos, nanosDigits - secondsDigits);
  }

  private endOfSpan(): void {
    this.reserve(1);
    this.bytes[this.used] = comma;
    this.used += 1;
  }

  private copy(piece: Buffer): void {
    this.reserve(piece.length);
    this.bytes.set(piece, this.used);
    this.used += piece.length;
  }

  private reserve(more: number): void {
    if (this.used + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(2 * this.bytes.length + more);
    grown.set(this.bytes.subarray(0, this.used));
    this.bytes = grown;
  }

  /** What every server span of a route begins with. */
  private patternsOf(route: string): RoutePatterns {
    let known = this.routePatterns.get(route);
    if (known === undefined) {
      const attributes = attributesText({
        'http.request.method': 'POST',
        'http.route': route,
        'url.path': route,
        'url.scheme': 'http',
        stage: this.options.stage,
        [annotationList]: annotated,
      });
      const of = (parentId: string | undefined): Pattern =>
        patternOf({ name: `POST ${route}`, kind: spanKinds.server, parentId }, attributes);
      known = { root: of(undefined), child: of(blankSpanId) };
      this.routePatterns.set(route, known);
    }
    return known;
  }

  /** What a server span ends with: the values that differ between requests, and how it went. */
  private endOf({ sampledBy, annotations, statusCode, failure }: TraceRecord): Buffer {
    let key = '';
    if (failure === undefined) {
      key = `${sampledBy}\0${statusCode}`;
      for (const name of namesOfRequest) key += `\0${annotations[name]}`;
    }
    const known = failure === undefined ? this.knownEnds.get(key) : undefined;
    if (known !== undefined) return known;
    const own = attributesText({
      sampled_by: sampledBy,
      ...annotations,
      'http.response.status_code': statusCode,
    });
    const reason = failure?.message ?? (statusCode >= 500 ? '' : undefined);
    const event = failure === undefined ? undefined : exceptionText(failure);
    const made = Buffer.from(`,${own}${spanEnd(event, reason)}`);
    if (failure === undefined) {
      if (this.knownEnds.size >= maxKnownEnds) this.knownEnds.clear();
      this.knownEnds.set(key, made);
    }
    return made;
  }
}

const blankTraceId = '0'.repeat(32);
const blankSpanId = '0'.repeat(16);
const blankNanos = '0'.repeat(nanosDigits);

const partPattern = (name: Part): Pattern =>
  patternOf({ name, kind: spanKinds.internal, parentId: blankSpanId }, spanEnd());

function patternOf(facts: Pick<SpanFacts, 'name' | 'kind' | 'parentId'>, rest: string): Pattern {
  const blank = { traceId: blankTraceId, spanId: blankSpanId, startNanos: blankNanos, endNanos: blankNanos };
  const text = spanHead({ ...facts, ...blank }) + rest;
  /** Where the value of a member begins, in bytes: a name may hold letters of several. */
  const placeOf = (member: string): number => {
    const before = `"${member}":"`;
    return Buffer.byteLength(text.slice(0, text.indexOf(before))) + before.length;
  };
  return {
    bytes: Buffer.from(text),
    traceIdAt: placeOf('traceId'),
    spanIdAt: placeOf('spanId'),
    parentIdAt: placeOf('parentSpanId'),
    startAt: placeOf('startTimeUnixNano'),
    endAt: placeOf('endTimeUnixNano'),
  };
}

/** Ids are plain digits and letters: one byte each. */
function putText(bytes: Buffer, at: number, text: string, from: number, to: number): void {
  for (let index = from; index < to; index += 1) bytes[at + index - from] = text.charCodeAt(index);
}

/** @param value a whole number of 32 bits, for those are divided fastest */
function putDigits(bytes: Buffer, at: number, value: number, digits: number): void {
  let left = value | 0;
  for (let place = at + digits - 1; place >= at; place -= 1) {
    const tenth = (left / 10) | 0;
    bytes[place] = zero + left - tenth * 10;
    left = tenth;
  }
}
