/**
 * Bodies of OTLP requests, written into one piece of memory. Spans differ in ids, times and a few values: all else is copied
 * from patterns made once. Message by message a trace took ten times as long and left as much for the garbage collector.
 */
import { withRoom } from '../with-room';
import { EpochNanos } from './epoch-nanos';
import {
  type Envelope,
  envelopeOf,
  type SpanHead,
  spanEnd,
  spanHead,
  spanKinds,
  spanTag,
} from './otlp-protobuf';
import type { TraceWriter } from './otlp-sender';
import { type Annotations, parts, type TraceRecord } from './tracing';

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
/** Of a span's tag and length. */
const maxPrefixBytes = 6;
const noEnd = new Uint8Array(0);

interface RoutePatterns {
  readonly root: SpanHead;
  readonly child: SpanHead;
}

export interface OtlpWriterOptions {
  readonly service: string;
  readonly stage: string;
  /** Where the log lines of the same requests are: X-Ray shows them beside the trace. */
  readonly logGroup: string;
  readonly newSpanId: () => string;
}

export class OtlpWriter implements TraceWriter {
  private readonly envelope: Envelope;
  private readonly partPatterns = parts.map((name) => spanHead(name, spanKinds.internal, true));
  private readonly routePatterns = new Map<string, RoutePatterns>();
  private readonly knownEnds = new Map<string, Uint8Array>();
  private readonly nanos = new EpochNanos();
  private bytes = Buffer.allocUnsafeSlow(firstBytes);
  private used: number;

  constructor(private readonly options: OtlpWriterOptions) {
    this.envelope = envelopeOf({
      'service.name': options.service,
      'deployment.environment.name': options.stage,
      'telemetry.sdk.language': 'nodejs',
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_ec2',
      'aws.log.group.names': [options.logGroup],
    });
    this.used = this.envelope.room;
  }

  /** The body of a request that carries all that was added since the last one. */
  take(): Buffer {
    const { head: headOf, room } = this.envelope;
    // How long the head is depends on what follows, so it is put before it at the end.
    const head = headOf(this.used - room);
    const from = room - head.length;
    this.bytes.set(head, from);
    const body = Buffer.from(this.bytes.subarray(from, this.used));
    this.used = room;
    return body;
  }

  /** Adds the spans of a trace, or throws and adds none. */
  add(record: TraceRecord): void {
    const before = this.used;
    try {
      this.trace(record);
    } catch (error) {
      this.used = before;
      throw error;
    }
  }

  /** The parts first, as they end first; then the request itself. */
  private trace(record: TraceRecord): void {
    const { traceId, parentId, partStartsMs, endMs } = record;
    const spanId = this.options.newSpanId();
    for (let index = 0; index < partStartsMs.length; index += 1) {
      const [pattern, startMs] = [this.partPatterns[index], partStartsMs[index]];
      if (pattern === undefined || startMs === undefined || Number.isNaN(startMs)) continue;
      const nextMs = partStartsMs[index + 1] ?? Number.NaN;
      const partEndMs = Number.isNaN(nextMs) ? endMs : nextMs;
      this.span(pattern, traceId, this.options.newSpanId(), spanId, startMs, partEndMs, noEnd);
    }
    const { root, child } = this.patternsOf(record.route);
    const pattern = parentId === undefined ? root : child;
    this.span(pattern, traceId, spanId, parentId, record.startMs, endMs, this.endOf(record));
  }

  private span(
    { bytes: pattern, traceIdAt, spanIdAt, parentIdAt, startAt, endAt }: SpanHead,
    traceId: string,
    spanId: string,
    parentId: string | undefined,
    startMs: number,
    endMs: number,
    end: Uint8Array,
  ): void {
    const length = pattern.length + end.length;
    this.bytes = withRoom(this.bytes, this.used, maxPrefixBytes + length);
    const { bytes, nanos } = this;
    bytes[this.used] = spanTag;
    const from = putLength(bytes, this.used + 1, length);
    bytes.set(pattern, from);
    // X-Ray's form of an id is the other one with `1-` before it and a hyphen after eight digits.
    putHex(bytes, from + traceIdAt, traceId, 2, 10);
    putHex(bytes, from + traceIdAt + 4, traceId, 11, 35);
    putHex(bytes, from + spanIdAt, spanId, 0, 16);
    if (parentId !== undefined && parentIdAt !== undefined) putHex(bytes, from + parentIdAt, parentId, 0, 16);
    nanos.put(bytes, from + startAt, startMs);
    nanos.put(bytes, from + endAt, endMs);
    bytes.set(end, from + pattern.length);
    this.used = from + length;
  }

  /** What every server span of a route begins with. */
  private patternsOf(route: string): RoutePatterns {
    let known = this.routePatterns.get(route);
    if (known === undefined) {
      const of = (hasParent: boolean): SpanHead =>
        spanHead(`POST ${route}`, spanKinds.server, hasParent, {
          'http.request.method': 'POST',
          'http.route': route,
          'url.path': route,
          'url.scheme': 'http',
          stage: this.options.stage,
          [annotationList]: annotated,
        });
      known = { root: of(false), child: of(true) };
      this.routePatterns.set(route, known);
    }
    return known;
  }

  /** What a server span ends with: the values that differ between requests, and how it went. */
  private endOf({ sampledBy, annotations, statusCode, failure }: TraceRecord): Uint8Array {
    let key = '';
    if (failure === undefined) {
      key = `${sampledBy}\0${statusCode}`;
      for (const name of namesOfRequest) key += `\0${annotations[name]}`;
    }
    const known = failure === undefined ? this.knownEnds.get(key) : undefined;
    if (known !== undefined) return known;
    const own = { sampled_by: sampledBy, ...annotations, 'http.response.status_code': statusCode };
    const reason = failure?.message ?? (statusCode >= 500 ? '' : undefined);
    const made = spanEnd(own, failure, reason, (bytes, at, epochMs) => this.nanos.put(bytes, at, epochMs));
    if (failure === undefined) {
      if (this.knownEnds.size >= maxKnownEnds) this.knownEnds.clear();
      this.knownEnds.set(key, made);
    }
    return made;
  }
}

/** Seven bits a byte, the lowest first. Returns where the next byte belongs. */
function putLength(bytes: Uint8Array, at: number, length: number): number {
  let [place, rest] = [at, length];
  while (rest > 0x7f) {
    bytes[place] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    place += 1;
  }
  bytes[place] = rest;
  return place + 1;
}

/** Hex digits of an id, two a byte. */
function putHex(bytes: Uint8Array, at: number, text: string, from: number, to: number): void {
  for (let index = from, place = at; index < to; index += 2, place += 1)
    bytes[place] = (digitOf(text.charCodeAt(index)) << 4) | digitOf(text.charCodeAt(index + 1));
}

/** Of `0` to `9` and `a` to `f`. */
const digitOf = (code: number): number => (code < 0x40 ? code - 0x30 : code - 0x57);
