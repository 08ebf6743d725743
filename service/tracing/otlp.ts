/** Where spans come from when traces are on: OpenTelemetry's own form, written and sent without its library. */
import { attributesText, batchHead, exceptionText, spanKinds, spanText } from './otlp-json';
import { createOtlpSender, type OtlpSender, type OtlpSenderOptions } from './otlp-sender';
import { toW3cTraceId } from './trace-context';
import type { Annotations, Part, Span, SpanSource, SpanStart } from './tracing';

/** The attribute whose list names the attributes that X-Ray indexes; the rest becomes metadata. */
const annotationList = 'aws.xray.annotations';
const annotated = ['stage', 'model', 'version', 'class', 'instances', 'degraded', 'sampled_by'];

export interface OtlpOptions extends OtlpSenderOptions {
  readonly service: string;
  readonly stage: string;
  /** Where the log lines of the same requests are: X-Ray shows them beside the trace. */
  readonly logGroup: string;
  readonly newSpanId: () => string;
}

export interface OtlpSpans extends SpanSource {
  /** Sends what is queued, and ends. */
  close(): Promise<void>;
}

export function openOtlp(options: OtlpOptions): OtlpSpans {
  const { service, stage, logGroup, newSpanId } = options;
  const sender = createOtlpSender(
    options,
    batchHead({
      'service.name': service,
      'deployment.environment.name': stage,
      'telemetry.sdk.language': 'nodejs',
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_ec2',
      'aws.log.group.names': [logGroup],
    }),
  );
  /** What every span of a route begins with, written once. */
  const fixed = new Map<string, string>();
  const fixedOf = (route: string): string => {
    const known = fixed.get(route);
    if (known !== undefined) return known;
    const text = attributesText({
      'http.request.method': 'POST',
      'http.route': route,
      'url.path': route,
      'url.scheme': 'http',
      stage,
      [annotationList]: annotated,
    });
    fixed.set(route, text);
    return text;
  };
  return {
    begin: (start) => new ServerSpan(sender, start, newSpanId, fixedOf(start.route)),
    close: () => sender.close(),
  };
}

class ServerSpan implements Span {
  private readonly traceId: string;
  private readonly spanId: string;
  private annotations: Annotations = {};
  private event: string | undefined;
  private failure: string | undefined;

  constructor(
    private readonly sender: OtlpSender,
    private readonly start: SpanStart,
    private readonly newSpanId: () => string,
    private readonly fixed: string,
  ) {
    this.traceId = toW3cTraceId(start.traceId);
    this.spanId = newSpanId();
  }

  child(part: Part, startMs: number): { end(endMs: number): void } {
    return {
      end: (endMs) =>
        this.sender.take(
          spanText({
            traceId: this.traceId,
            spanId: this.newSpanId(),
            parentId: this.spanId,
            name: part,
            kind: spanKinds.internal,
            startMs,
            endMs,
            attributes: '',
          }),
        ),
    };
  }

  annotate(annotations: Annotations): void {
    this.annotations = { ...this.annotations, ...annotations };
  }

  fail(error: unknown, atMs: number): void {
    const { event, message } = exceptionText(error, atMs);
    this.event = event;
    this.failure = message;
  }

  end(endMs: number, statusCode: number): void {
    const { parentId, route, startMs, sampledBy } = this.start;
    const own = attributesText({
      sampled_by: sampledBy,
      ...this.annotations,
      'http.response.status_code': statusCode,
    });
    this.sender.take(
      spanText({
        traceId: this.traceId,
        spanId: this.spanId,
        parentId,
        name: `POST ${route}`,
        kind: spanKinds.server,
        startMs,
        endMs,
        attributes: `${this.fixed},${own}`,
        event: this.event,
        failure: this.failure ?? (statusCode >= 500 ? '' : undefined),
      }),
    );
  }
}
