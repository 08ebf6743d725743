/**
 * OTLP spans to X-Ray segment documents, as the exporter inside the CloudWatch agent makes them: a server span or one
 * without a parent is a segment, any other a subsegment of its own. Which attributes it indexes is documented; the rest
 * of its mapping is taken from its published source.
 */
import { z } from 'zod';

const value: z.ZodType<unknown> = z.lazy(() =>
  z.union([
    z.looseObject({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
    z.looseObject({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
    z
      .looseObject({ intValue: z.union([z.string(), z.number()]) })
      .transform(({ intValue }) => Number(intValue)),
    z.looseObject({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
    z
      .looseObject({ arrayValue: z.looseObject({ values: z.array(value).default([]) }) })
      .transform(({ arrayValue }) => arrayValue.values),
    z.looseObject({}).transform(() => undefined),
  ]),
);

type Attributes = Readonly<Record<string, unknown>>;

const attributes = z
  .array(z.looseObject({ key: z.string(), value }))
  .default([])
  .transform((list): Attributes => Object.fromEntries(list.map((each) => [each.key, each.value])));

const time = z.union([z.string(), z.number()]).transform((nanoseconds) => Number(nanoseconds) / 1e9);

const span = z.looseObject({
  traceId: z.string().regex(/^[0-9a-fA-F]{32}$/),
  spanId: z.string().regex(/^[0-9a-fA-F]{16}$/),
  parentSpanId: z.string().default(''),
  name: z.string(),
  kind: z.number().default(0),
  startTimeUnixNano: time,
  endTimeUnixNano: time,
  attributes,
  status: z.looseObject({ code: z.number().default(0), message: z.string().default('') }).optional(),
  events: z.array(z.looseObject({ name: z.string(), attributes })).default([]),
});

const request = z.looseObject({
  resourceSpans: z
    .array(
      z.looseObject({
        resource: z.looseObject({ attributes }).optional(),
        scopeSpans: z.array(z.looseObject({ spans: z.array(span).default([]) })).default([]),
      }),
    )
    .default([]),
});

type Span = z.output<typeof span>;

/** The protocol's number for a span that answers a request. */
const serverKind = 2;
const errorStatus = 2;

/** The segment documents of one export request. @throws ZodError when it is no OTLP */
export function segmentsOf(body: unknown): string[] {
  return request
    .parse(body)
    .resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans.map((each) => JSON.stringify(segmentOf(each, resource?.attributes ?? {}))),
      ),
    );
}

function segmentOf(from: Span, resource: Attributes): object {
  const isSegment = from.kind === serverKind || from.parentSpanId === '';
  const status = from.attributes['http.response.status_code'];
  const method = from.attributes['http.request.method'];
  const { annotations, metadata } = sortAttributes(from.attributes);
  const exception = from.events.find(({ name }) => name === 'exception')?.attributes;
  return {
    name: String((isSegment ? resource['service.name'] : undefined) ?? from.name),
    id: from.spanId.toLowerCase(),
    trace_id: `1-${from.traceId.slice(0, 8)}-${from.traceId.slice(8)}`.toLowerCase(),
    ...(from.parentSpanId === '' ? {} : { parent_id: from.parentSpanId.toLowerCase() }),
    ...(isSegment ? {} : { type: 'subsegment' }),
    start_time: from.startTimeUnixNano,
    end_time: from.endTimeUnixNano,
    ...faultsOf(from, status),
    ...(exception === undefined
      ? {}
      : {
          cause: {
            exceptions: [{ type: exception['exception.type'], message: exception['exception.message'] }],
          },
        }),
    ...(method === undefined
      ? {}
      : { http: { request: { method, url: from.attributes['url.path'] }, response: { status } } }),
    ...(isSegment && resource['cloud.platform'] === 'aws_ec2' ? { origin: 'AWS::EC2::Instance' } : {}),
    ...(isSegment ? logGroupsOf(resource) : {}),
    annotations,
    metadata: { default: metadata },
  };
}

/** By the answer's status where there is one, else by the span's own. */
function faultsOf({ status }: Span, code: unknown): object {
  if (typeof code === 'number' && code >= 400) {
    return code >= 500 ? { fault: true } : { error: true, ...(code === 429 ? { throttle: true } : {}) };
  }
  return status?.code === errorStatus ? { fault: true } : {};
}

function logGroupsOf(resource: Attributes): object {
  const names = resource['aws.log.group.names'];
  if (!Array.isArray(names)) return {};
  return { aws: { cloudwatch_logs: names.map((name) => ({ log_group: String(name) })) } };
}

const annotationList = 'aws.xray.annotations';
/** They become members of the segment itself. */
const spent = [annotationList, 'http.request.method', 'http.response.status_code', 'url.path', 'url.scheme'];

/** Annotations are those that the span itself lists; a list or an object cannot be one. */
function sortAttributes(from: Attributes): {
  annotations: Record<string, unknown>;
  metadata: Record<string, unknown>;
} {
  const list = from[annotationList];
  const indexed = new Set(Array.isArray(list) ? list.map(String) : []);
  const annotations: Record<string, unknown> = {};
  const metadata: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(from)) {
    if (indexed.has(key) && ['string', 'number', 'boolean'].includes(typeof each)) {
      annotations[key.replace(/[^A-Za-z0-9_.]/g, '_')] = each;
    } else if (!spent.includes(key)) metadata[key] = each;
  }
  return { annotations, metadata };
}
