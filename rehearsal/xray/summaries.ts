/** Segment documents as traces, and the summaries that X-Ray's search gives of them. Pure: documents in, answers out. */
import { AwsError } from '../aws-error';

/** What is read of a document; all of it is optional, because clients write what they like. */
interface Segment {
  readonly id?: string;
  readonly trace_id?: string;
  readonly parent_id?: string;
  readonly name?: string;
  readonly type?: string;
  readonly start_time?: number;
  readonly end_time?: number;
  readonly fault?: boolean;
  readonly error?: boolean;
  readonly throttle?: boolean;
  readonly http?: {
    readonly request?: { readonly method?: string; readonly url?: string };
    readonly response?: { readonly status?: number };
  };
  readonly annotations?: Readonly<Record<string, string | number | boolean>>;
}

export interface Trace {
  readonly id: string;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly segments: readonly { readonly segment: Segment; readonly document: string }[];
}

/** By id, in the order in which their first documents came. What is no segment of a trace is left out. */
export function tracesOf(documents: readonly string[]): Map<string, Trace> {
  const parts = new Map<string, Trace['segments'][number][]>();
  for (const document of documents) {
    const segment = parse(document);
    if (segment?.trace_id === undefined) continue;
    parts.set(segment.trace_id, [...(parts.get(segment.trace_id) ?? []), { segment, document }]);
  }
  return new Map(
    [...parts].map(([id, segments]) => {
      const starts = segments.flatMap(({ segment }) => segment.start_time ?? []);
      const ends = segments.flatMap(({ segment }) => segment.end_time ?? []);
      const startSeconds = Math.min(...starts);
      const durationSeconds = ends.length === 0 ? 0 : Math.max(...ends) - startSeconds;
      return [id, { id, startSeconds, durationSeconds, segments }];
    }),
  );
}

function parse(document: string): Segment | undefined {
  try {
    return JSON.parse(document) as Segment;
  } catch {
    return undefined;
  }
}

/** A trace as BatchGetTraces answers it. */
export function traceAnswer({ id, durationSeconds, segments }: Trace): object {
  return {
    Id: id,
    Duration: durationSeconds,
    LimitExceeded: false,
    Segments: segments.map(({ segment, document }) => ({ Id: segment.id, Document: document })),
  };
}

/** A trace as GetTraceSummaries answers it. */
export function summaryOf({ id, startSeconds, durationSeconds, segments }: Trace): object {
  const roots = segments.filter(({ segment }) => segment.type !== 'subsegment').map(({ segment }) => segment);
  const http = roots.find((segment) => segment.http !== undefined)?.http;
  const names = [...new Set(roots.flatMap(({ name }) => name ?? []))];
  const services = names.map((Name) => ({ Name, Names: [Name] }));
  return {
    Id: id,
    StartTime: startSeconds,
    Duration: durationSeconds,
    ResponseTime: durationSeconds,
    HasFault: some(segments, 'fault'),
    HasError: some(segments, 'error'),
    HasThrottle: some(segments, 'throttle'),
    IsPartial: false,
    ...(http === undefined
      ? {}
      : {
          Http: {
            HttpMethod: http.request?.method,
            HttpURL: http.request?.url,
            HttpStatus: http.response?.status,
          },
        }),
    Annotations: Object.fromEntries(
      annotationsOf(segments).map(([key, value]) => [
        key,
        [{ AnnotationValue: annotationValue(value), ServiceIds: services }],
      ]),
    ),
    ServiceIds: services,
  };
}

const some = (segments: Trace['segments'], what: 'fault' | 'error' | 'throttle'): boolean =>
  segments.some(({ segment }) => segment[what] === true);

const annotationsOf = (segments: Trace['segments']) =>
  segments.flatMap(({ segment }) => Object.entries(segment.annotations ?? {}));

function annotationValue(value: string | number | boolean): object {
  if (typeof value === 'number') return { NumberValue: value };
  return typeof value === 'boolean' ? { BooleanValue: value } : { StringValue: value };
}

type Term = (trace: Trace) => boolean;

/** The terms of X-Ray's filter language that are honoured, joined by AND; the language itself has many more. */
const terms: readonly [pattern: RegExp, make: (match: RegExpExecArray) => Term][] = [
  [
    /^service\("([^"]*)"\)$/,
    ([, name]) =>
      (trace) =>
        trace.segments.some(({ segment }) => segment.type !== 'subsegment' && segment.name === name),
  ],
  [
    /^(fault|error|throttle)$/,
    ([, what]) =>
      (trace) =>
        some(trace.segments, what as 'fault'),
  ],
  [
    /^(?:duration|responsetime)\s*(>=|<=|>|<)\s*([\d.]+)$/,
    ([, sign, limit]) =>
      ({ durationSeconds }) =>
        compare(durationSeconds, sign ?? '', Number(limit)),
  ],
  [
    /^annotation(?:\.([\w.]+)|\[([\w.]+)\])\s*=\s*(?:"([^"]*)"|(true|false)|([\d.]+))$/,
    ([, dotted, bracketed, text, flag, number]) =>
      ({ segments }) =>
        annotationsOf(segments).some(
          ([key, value]) =>
            key === (dotted ?? bracketed) &&
            value === (text ?? (flag === undefined ? Number(number) : flag === 'true')),
        ),
  ],
];

/** @throws AwsError for an expression that is not honoured */
export function filterOf(expression: string): Term {
  const parts = expression
    .split(/\s+AND\s+/i)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const wanted = parts.map((part) => {
    for (const [pattern, make] of terms) {
      const match = pattern.exec(part);
      if (match !== null) return make(match);
    }
    throw new AwsError(
      'InvalidRequestException',
      `not rehearsed: filter '${part}'; service("x"), annotation.key = value, fault, error, throttle and duration, joined by AND, are`,
    );
  });
  return (trace) => wanted.every((term) => term(trace));
}

function compare(value: number, sign: string, limit: number): boolean {
  if (sign === '>') return value > limit;
  if (sign === '<') return value < limit;
  return sign === '>=' ? value >= limit : value <= limit;
}
