/**
 * Traces of requests, seen from the request. Off, or for a request that is not traced, there is no span:
 * a look at two headers and one comparison is all it costs. What makes spans is behind `TraceSink`.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../clock';
import type { SampledBy, Sampler } from './sampling';
import { readTraceContext, type TraceContext } from './trace-context';

/** The parts of a prediction that a trace tells apart, in their order. */
export const parts = ['validation', 'inference', 'post-processing'] as const;
export type Part = (typeof parts)[number];

/** What a trace can be searched by; X-Ray calls them annotations. */
export interface Annotations {
  readonly model?: string;
  readonly version?: string;
  /** The predicted class, or `mixed` when a request got several. */
  readonly class?: string | undefined;
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

/** Why a request failed, as far as a trace tells it. */
export interface Failure {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly atMs: number;
}

/** What a traced request leaves behind when it is over. Times are milliseconds since the epoch, with fractions. */
export interface TraceRecord {
  readonly traceId: string;
  readonly parentId: string | undefined;
  readonly route: string;
  readonly sampledBy: SampledBy;
  readonly startMs: number;
  /** When each of `parts` began, in their order; NaN for one that the request never came to. */
  readonly partStartsMs: readonly number[];
  readonly endMs: number;
  readonly statusCode: number;
  readonly annotations: Annotations;
  readonly failure: Failure | undefined;
}

/** Where records go. Spans are not made within a request: many records at once cost a fraction of as many one by one. */
export interface TraceSink {
  take(record: TraceRecord): void;
}

export const noTracing: Tracing = { isOn: false, begin: () => undefined, late: () => {} };

export interface TracingDependencies {
  readonly clock: Clock;
  readonly sampler: Sampler;
  /** Undefined until traces have started; requests before that are not traced. */
  readonly sink: () => TraceSink | undefined;
}

export function createTracing({ clock, sampler, sink }: TracingDependencies): Tracing {
  return {
    isOn: true,
    begin(traceId, headers, route) {
      const caller = readTraceContext(headers);
      const sampledBy = sampler.decide(traceId, caller);
      const to = sampledBy === undefined ? undefined : sink();
      if (sampledBy === undefined || to === undefined) return undefined;
      return new TracedRequest(traceId, parentOf(traceId, caller), route, sampledBy, clock, to);
    },
    late({ traceId, headers, route, reason, latencyMs, statusCode, annotations, error }) {
      const to = sink();
      if (to === undefined) return;
      const caller = readTraceContext(headers);
      const sampledBy = sampler.decideLate(reason, caller);
      if (sampledBy === undefined) return;
      const endMs = clock.now();
      to.take({
        ...{ traceId, parentId: parentOf(traceId, caller), route, sampledBy, statusCode, annotations },
        ...{ startMs: endMs - latencyMs, partStartsMs: [], endMs },
        failure: error === undefined ? undefined : failureOf(error, endMs),
      });
    },
  };
}

function parentOf(traceId: string, caller: TraceContext | undefined): string | undefined {
  return caller?.traceId === traceId ? caller.parentId : undefined;
}

function failureOf(error: unknown, atMs: number): Failure {
  const { message, stack }: { message: unknown; stack?: unknown } =
    error instanceof Error ? error : new Error(String(error));
  return {
    type: error instanceof Error ? error.constructor.name : typeof error,
    // Whoever throws may have put anything there.
    message: String(message),
    stack: typeof stack === 'string' ? stack : undefined,
    atMs,
  };
}

/** A request while it lasts, and its record afterwards: one object, so that a trace is one allocation more or less. */
class TracedRequest implements RequestTrace, TraceRecord {
  readonly startMs: number;
  readonly partStartsMs: number[] = [Number.NaN, Number.NaN, Number.NaN];
  endMs = Number.NaN;
  statusCode = 0;
  annotations: Annotations = {};
  failure: Failure | undefined = undefined;
  /** Times within one request: an epoch that may be corrected meanwhile would tear its spans apart. */
  private readonly offsetMs: number;

  constructor(
    readonly traceId: string,
    readonly parentId: string | undefined,
    readonly route: string,
    readonly sampledBy: SampledBy,
    private readonly clock: Clock,
    private readonly sink: TraceSink,
  ) {
    this.startMs = clock.now();
    this.offsetMs = this.startMs - clock.elapsedMs();
  }

  enter(part: Part): void {
    // The caller has hung up, and the model still works on its answer.
    if (!Number.isNaN(this.endMs)) return;
    this.partStartsMs[parts.indexOf(part)] = this.nowMs();
  }

  annotate(annotations: Annotations): void {
    this.annotations = annotations;
  }

  fail(error: unknown): void {
    this.failure = failureOf(error, this.nowMs());
  }

  end(statusCode: number): void {
    if (!Number.isNaN(this.endMs)) return;
    this.endMs = this.nowMs();
    this.statusCode = statusCode;
    this.sink.take(this);
  }

  private nowMs(): number {
    return this.offsetMs + this.clock.elapsedMs();
  }
}
