/**
 * Traces of requests, seen from the request. Off, or for a request that is not traced, there is no span:
 * a look at two headers and one comparison is all it costs. What makes spans is behind `SpanSource`.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../clock';
import type { SampledBy, Sampler } from './sampling';
import { readTraceContext, type TraceContext } from './trace-context';

/** The parts of a prediction that a trace tells apart. */
export type Part = 'validation' | 'inference' | 'post-processing';

/** What a trace can be searched by; X-Ray calls them annotations. */
export interface Annotations {
  readonly model?: string;
  readonly version?: string;
  /** The predicted class, or `mixed` when a request got several. */
  readonly class?: string;
  readonly instances?: number;
  readonly degraded?: boolean;
}

export interface RequestTrace {
  /** One part of the work begins, and the one before it ends. */
  enter(part: Part): void;
  annotate(annotations: Annotations): void;
  /** Why the request fails; `end` comes later. */
  fail(error: unknown): void;
  /** The answer is out. Only the first call counts. */
  end(statusCode: number): void;
}

/** A request that was not traced and went badly. */
export interface LateTrace {
  readonly traceId: string;
  readonly headers: IncomingHttpHeaders;
  readonly route: string;
  readonly reason: 'failure' | 'slowness';
  readonly latencyMs: number;
  readonly statusCode: number;
  readonly annotations: Annotations;
  readonly error?: unknown;
}

export interface Tracing {
  /** False when it is switched off for good; then nothing needs to ask it anything. */
  readonly isOn: boolean;
  /** The trace of a request, or undefined when it is not traced. */
  begin(traceId: string, headers: IncomingHttpHeaders, route: string): RequestTrace | undefined;
  /** One span for a request that has already gone badly. */
  late(trace: LateTrace): void;
}

/** A span while it lasts; times are milliseconds since the epoch, with fractions. */
export interface Span {
  child(part: Part, startMs: number): { end(endMs: number): void };
  annotate(annotations: Annotations): void;
  fail(error: unknown, atMs: number): void;
  end(endMs: number, statusCode: number): void;
}

export interface SpanStart {
  readonly traceId: string;
  readonly parentId: string | undefined;
  readonly route: string;
  readonly startMs: number;
  readonly sampledBy: SampledBy;
}

export interface SpanSource {
  begin(start: SpanStart): Span;
}

export const noTracing: Tracing = { isOn: false, begin: () => undefined, late: () => {} };

export interface TracingDependencies {
  readonly clock: Clock;
  readonly sampler: Sampler;
  /** Undefined until traces have started; requests before that are not traced. */
  readonly spans: () => SpanSource | undefined;
}

export function createTracing({ clock, sampler, spans }: TracingDependencies): Tracing {
  return {
    isOn: true,
    begin(traceId, headers, route) {
      const caller = readTraceContext(headers);
      const sampledBy = sampler.decide(traceId, caller);
      const source = sampledBy === undefined ? undefined : spans();
      if (sampledBy === undefined || source === undefined) return undefined;
      const at = timeline(clock);
      const start = { traceId, parentId: parentOf(traceId, caller), route, startMs: at(), sampledBy };
      return requestTrace(source.begin(start), at);
    },
    late({ traceId, headers, route, reason, latencyMs, statusCode, annotations, error }) {
      const source = spans();
      if (source === undefined) return;
      const caller = readTraceContext(headers);
      const sampledBy = sampler.decideLate(reason, caller);
      if (sampledBy === undefined) return;
      const endMs = clock.now();
      const parentId = parentOf(traceId, caller);
      const span = source.begin({ traceId, parentId, route, startMs: endMs - latencyMs, sampledBy });
      span.annotate(annotations);
      if (error !== undefined) span.fail(error, endMs);
      span.end(endMs, statusCode);
    },
  };
}

function parentOf(traceId: string, caller: TraceContext | undefined): string | undefined {
  return caller?.traceId === traceId ? caller.parentId : undefined;
}

/** Times within one request: an epoch that may be corrected meanwhile would tear its spans apart. */
function timeline(clock: Clock): () => number {
  const offsetMs = clock.now() - clock.elapsedMs();
  return () => offsetMs + clock.elapsedMs();
}

function requestTrace(span: Span, now: () => number): RequestTrace {
  let part: { end(endMs: number): void } | undefined;
  let isOver = false;
  return {
    enter(next) {
      const at = now();
      part?.end(at);
      part = span.child(next, at);
    },
    annotate: (annotations) => span.annotate(annotations),
    fail: (error) => span.fail(error, now()),
    end(statusCode) {
      if (isOver) return;
      isOver = true;
      const at = now();
      part?.end(at);
      span.end(at, statusCode);
    },
  };
}
