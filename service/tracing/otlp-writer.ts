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
import type { PutSpanId } from './trace-ids';
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

/** Of traces that are remembered: a handful of classes and statuses, times the sizes of batches. */
const maxMoulds = 64;
const firstBytes = 256 * 1024;
/** Of a span's tag and length. */
const maxPrefixBytes = 6;
const noEnd = new Uint8Array(0);

/** Where the ids and times of a span stand, counted from the beginning of its trace. */
type Places = Omit<SpanHead, 'bytes'>;

/** What two traces have in common that differ in ids and times alone. */
interface Kind extends Pick<TraceRecord, 'route' | 'sampledBy' | 'statusCode' | 'annotations'> {
  readonly hasParent: boolean;
}

/** A trace as it was written once, for the next one of its kind. */
interface Mould {
  readonly kind: Kind;
  readonly bytes: Uint8Array;
  /** Of each part, then of the request. */
  readonly places: readonly Places[];
}

interface RoutePatterns {
  readonly root: SpanHead;
  readonly child: SpanHead;
}

export interface OtlpWriterOptions {
  readonly service: string;
  readonly stage: string;
  /** Where the log lines of the same requests are: X-Ray shows them beside the trace. */
  readonly logGroup: string;
  readonly putSpanId: PutSpanId;
}

export class OtlpWriter implements TraceWriter {
  private readonly envelope: Envelope;
  private readonly partPatterns = parts.map((name) => spanHead(name, spanKinds.internal, true));
  private readonly routePatterns = new Map<string, RoutePatterns>();
  private readonly moulds: Mould[] = [];
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
      const known = this.moulds.find(({ kind }) => isOfKind(kind, record));
      if (known !== undefined) this.put(known.bytes);
      this.fill(record, before, known?.places ?? this.layOut(record));
    } catch (error) {
      this.used = before;
      throw error;
    }
  }

  /** The spans of a trace without their ids and times: the parts first, as they end first; then the request itself. */
  private layOut(record: TraceRecord): readonly Places[] {
    const { parentId, partStartsMs, route } = record;
    const from = this.used;
    const places: Places[] = [];
    for (const [index, pattern] of this.partPatterns.entries()) {
      if (hasPart(partStartsMs[index])) places.push(this.span(pattern, noEnd, from));
    }
    const { root, child } = this.patternsOf(route);
    places.push(this.span(parentId === undefined ? root : child, this.endOf(record), from));
    if (isUsual(record)) {
      if (this.moulds.length >= maxMoulds) this.moulds.length = 0;
      const { sampledBy, statusCode, annotations } = record;
      const kind = { route, hasParent: parentId !== undefined, sampledBy, statusCode, annotations };
      this.moulds.push({ kind, bytes: new Uint8Array(this.bytes.subarray(from, this.used)), places });
    }
    return places;
  }

  private span(head: SpanHead, end: Uint8Array, traceFrom: number): Places {
    const length = head.bytes.length + end.length;
    this.bytes = withRoom(this.bytes, this.used, maxPrefixBytes);
    this.bytes[this.used] = spanTag;
    this.used = putLength(this.bytes, this.used + 1, length);
    const moved = this.used - traceFrom;
    this.put(head.bytes);
    this.put(end);
    return {
      traceIdAt: head.traceIdAt + moved,
      spanIdAt: head.spanIdAt + moved,
      parentIdAt: head.parentIdAt === undefined ? undefined : head.parentIdAt + moved,
      startAt: head.startAt + moved,
      endAt: head.endAt + moved,
    };
  }

  private put(bytes: Uint8Array): void {
    this.bytes = withRoom(this.bytes, this.used, bytes.length);
    this.bytes.set(bytes, this.used);
    this.used += bytes.length;
  }

  /** Puts the ids and times of a trace where they belong. */
  private fill(
    { traceId, parentId, startMs, partStartsMs, endMs }: TraceRecord,
    from: number,
    places: readonly Places[],
  ): void {
    const { bytes } = this;
    const last = places.length - 1;
    const request = places[last] as Places;
    // X-Ray's form of an id is the other one with `1-` before it and a hyphen after eight digits.
    putHex(bytes, from + request.traceIdAt, traceId, 2, 10);
    putHex(bytes, from + request.traceIdAt + 4, traceId, 11, 35);
    this.options.putSpanId(bytes, from + request.spanIdAt);
    if (parentId !== undefined && request.parentIdAt !== undefined)
      putHex(bytes, from + request.parentIdAt, parentId, 0, 16);
    this.times(from, request, startMs, endMs);
    for (let place = 0, index = 0; place < last; index += 1) {
      const partStartMs = partStartsMs[index];
      if (!hasPart(partStartMs)) continue;
      const part = places[place] as Places;
      place += 1;
      copy(bytes, from + request.traceIdAt, from + part.traceIdAt, 16);
      this.options.putSpanId(bytes, from + part.spanIdAt);
      copy(bytes, from + request.spanIdAt, from + (part.parentIdAt as number), 8);
      const nextMs = partStartsMs[index + 1];
      this.times(from, part, partStartMs, hasPart(nextMs) ? nextMs : endMs);
    }
  }

  private times(from: number, { startAt, endAt }: Places, startMs: number, endMs: number): void {
    this.nanos.put(this.bytes, from + startAt, startMs);
    this.nanos.put(this.bytes, from + endAt, endMs);
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
    const own = { sampled_by: sampledBy, ...annotations, 'http.response.status_code': statusCode };
    const reason = failure?.message ?? (statusCode >= 500 ? '' : undefined);
    return spanEnd(own, failure, reason, (bytes, at, epochMs) => this.nanos.put(bytes, at, epochMs));
  }
}

const hasPart = (startMs: number | undefined): startMs is number =>
  startMs !== undefined && !Number.isNaN(startMs);

/** Whether others will be like it: a failure has words of its own, and few requests end half-way. */
const isUsual = ({ failure, partStartsMs }: TraceRecord): boolean =>
  failure === undefined && partStartsMs.length === parts.length && partStartsMs.every(hasPart);

function isOfKind(kind: Kind, record: TraceRecord): boolean {
  if (kind.route !== record.route || kind.statusCode !== record.statusCode) return false;
  if (kind.sampledBy !== record.sampledBy || kind.hasParent !== (record.parentId !== undefined)) return false;
  for (const name of namesOfRequest) if (kind.annotations[name] !== record.annotations[name]) return false;
  return isUsual(record);
}

function copy(bytes: Uint8Array, from: number, to: number, length: number): void {
  for (let at = 0; at < length; at += 1) bytes[to + at] = bytes[from + at] as number;
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
