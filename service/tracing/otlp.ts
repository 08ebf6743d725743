/**
 * The OpenTelemetry library, and all that touches it: spans, batches, OTLP over HTTP with JSON. Loaded only when traces
 * are on. It has no part in what runs for a request that is not traced, and no instrumentation of its own.
 */
import {
  type Attributes,
  type HrTime,
  type Span as LibrarySpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { toW3cTraceId } from './trace-context';
import type { Annotations, Span, SpanSource, SpanStart } from './tracing';

/** The attribute whose list names the attributes that X-Ray indexes; the rest becomes metadata. */
const annotationList = 'aws.xray.annotations';
const annotated = ['stage', 'model', 'version', 'class', 'instances', 'degraded', 'sampled_by'];

/** A minute of an agent that is away, at four spans a request and a few traced requests a second. */
const maxQueuedSpans = 1024;
const spansPerBatch = 128;
/** A trace is looked for a moment after its request, not within it. */
const batchDelayMs = 2000;
/** The agent is on this machine; a backend far away still has the time of a few attempts. */
const exportLimitMs = 5000;
/** Of any text on a span; a message of an error tells itself in that. */
const maxValueLength = 512;

export interface OtlpOptions {
  /** The whole address, path included. */
  readonly endpoint: string;
  /** Read again for each batch, so that a renewed key needs no restart. */
  readonly headers: () => Promise<Record<string, string>>;
  readonly service: string;
  readonly stage: string;
  /** Where the log lines of the same requests are: X-Ray shows them beside the trace. */
  readonly logGroup: string;
  readonly newSpanId: () => string;
  readonly onExported: (spans: number) => void;
  readonly onLost: (spans: number, reason: string) => void;
}

export interface OtlpSpans extends SpanSource {
  /** Sends what is queued, and ends. */
  close(): Promise<void>;
}

export function openOtlp(options: OtlpOptions): OtlpSpans {
  const ids = new Ids(options.newSpanId);
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    // Whether a request is traced was decided before any span is made.
    sampler: new AlwaysOnSampler(),
    spanLimits: { attributeValueLengthLimit: maxValueLength, attributeCountLimit: 32, eventCountLimit: 4 },
    resource: resourceFromAttributes({
      'service.name': options.service,
      'deployment.environment.name': options.stage,
      'telemetry.sdk.language': 'nodejs',
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_ec2',
      'aws.log.group.names': [options.logGroup],
    }),
    spanProcessors: [boundedProcessor(options)],
  });
  const tracer = provider.getTracer('vigia');
  return {
    begin: (start) => serverSpan(tracer, ids, start, options.stage),
    close: () => provider.shutdown(),
  };
}

function serverSpan(tracer: Tracer, ids: Ids, start: SpanStart, stage: string): Span {
  const { route, sampledBy, startMs } = start;
  const traceId = toW3cTraceId(start.traceId);
  const attributes: Attributes = {
    'http.request.method': 'POST',
    'http.route': route,
    'url.path': route,
    'url.scheme': 'http',
    stage,
    sampled_by: sampledBy,
    [annotationList]: annotated,
  };
  const parent =
    start.parentId === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, {
          traceId,
          spanId: start.parentId,
          traceFlags: TraceFlags.SAMPLED,
          isRemote: true,
        });
  // A span without a parent takes its trace's id from the generator: this one has its id already.
  ids.nextTraceId = traceId;
  const span = tracer.startSpan(
    `POST ${route}`,
    { kind: SpanKind.SERVER, startTime: toHrTime(startMs), attributes },
    parent,
  );
  const inside = trace.setSpan(ROOT_CONTEXT, span);
  return {
    child(part, at) {
      const child = tracer.startSpan(part, { startTime: toHrTime(at) }, inside);
      return { end: (endMs) => child.end(toHrTime(endMs)) };
    },
    annotate: (annotations) => annotate(span, annotations),
    fail: (error, at) => fail(span, error, at),
    end(endMs, statusCode) {
      span.setAttribute('http.response.status_code', statusCode);
      if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(toHrTime(endMs));
    },
  };
}

function annotate(span: LibrarySpan, annotations: Annotations): void {
  for (const [name, value] of Object.entries(annotations)) {
    if (value !== undefined) span.setAttribute(name, value);
  }
}

/** Kind, words and stack, as in the log; what a library hung on the error stays out. */
function fail(span: LibrarySpan, error: unknown, atMs: number): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const type = error instanceof Error ? error.constructor.name : typeof error;
  span.addEvent(
    'exception',
    {
      'exception.type': type,
      'exception.message': message,
      ...(stack === undefined ? {} : { 'exception.stacktrace': stack.slice(0, 4096) }),
    },
    toHrTime(atMs),
  );
  span.setStatus({ code: SpanStatusCode.ERROR, message: message.slice(0, maxValueLength) });
}

/** The library's own batches, with what does not fit or cannot be sent counted: by itself it tells nobody. */
function boundedProcessor(options: OtlpOptions): SpanProcessor {
  let waiting = 0;
  const settled = (spans: number): void => {
    waiting -= spans;
  };
  const batches = new BatchSpanProcessor(countedExporter(options, settled), {
    maxQueueSize: maxQueuedSpans,
    maxExportBatchSize: spansPerBatch,
    scheduledDelayMillis: batchDelayMs,
    exportTimeoutMillis: exportLimitMs,
  });
  return {
    onStart: () => {},
    onEnd(span) {
      if (waiting >= maxQueuedSpans) options.onLost(1, 'too many wait to be sent');
      else {
        waiting += 1;
        batches.onEnd(span);
      }
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  };
}

function countedExporter(
  { endpoint, headers, onExported, onLost }: OtlpOptions,
  settled: (spans: number) => void,
): SpanExporter {
  const exporter = new OTLPTraceExporter({
    url: endpoint,
    headers,
    timeoutMillis: exportLimitMs,
    // More batches under way than this only mean that nobody takes them.
    concurrencyLimit: 4,
  });
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        settled(spans.length);
        if (result.code === ExportResultCode.SUCCESS) onExported(spans.length);
        else onLost(spans.length, result.error?.message || 'refused');
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}

class Ids implements IdGenerator {
  nextTraceId = '';

  constructor(private readonly newSpanId: () => string) {}

  generateTraceId(): string {
    return this.nextTraceId;
  }

  generateSpanId(): string {
    return this.newSpanId();
  }
}

/** Whole seconds and nanoseconds: the library would take a small number for a time since its own start. */
function toHrTime(epochMs: number): HrTime {
  const seconds = Math.floor(epochMs / 1000);
  return [seconds, Math.min(999_999_999, Math.round((epochMs - seconds * 1000) * 1e6))];
}
