/** X-Ray on the wire: segments in, traces and their summaries out. */
import { z } from 'zod';
import { AwsError } from '../aws-error';
import { filterOf, summaryOf, traceAnswer, tracesOf } from '../xray/summaries';
import type { HttpAnswer } from './answers';
import type { Context } from './operation';
import { json, type RestRequest, type Route } from './rest-apis';

function read<T>(shape: z.ZodType<T>, request: RestRequest): T {
  const parsed = shape.safeParse(JSON.parse(request.body || '{}'));
  if (parsed.success) return parsed.data;
  throw new AwsError('InvalidRequestException', z.prettifyError(parsed.error));
}

const segments = z.looseObject({ TraceSegmentDocuments: z.array(z.unknown()) });

function putTraceSegments(request: RestRequest, { services }: Context): HttpAnswer {
  services.traces.accept(read(segments, request).TraceSegmentDocuments.map(String));
  return json({ UnprocessedTraceSegments: [] });
}

const ids = z.looseObject({ TraceIds: z.array(z.string()).max(5) });

function batchGetTraces(request: RestRequest, { services }: Context): HttpAnswer {
  const known = tracesOf(services.traces.documents());
  const asked = read(ids, request).TraceIds.map((id) => ({ id, trace: known.get(id) }));
  return json({
    Traces: asked.flatMap(({ trace }) => (trace === undefined ? [] : [traceAnswer(trace)])),
    UnprocessedTraceIds: asked.filter(({ trace }) => trace === undefined).map(({ id }) => id),
  });
}

/** X-Ray answers for six hours at most. */
const longestRangeSeconds = 6 * 3600;

const search = z.looseObject({
  StartTime: z.number(),
  EndTime: z.number(),
  FilterExpression: z.string().default(''),
});

function getTraceSummaries(request: RestRequest, { services }: Context): HttpAnswer {
  const { StartTime, EndTime, FilterExpression } = read(search, request);
  if (EndTime <= StartTime || EndTime - StartTime > longestRangeSeconds) {
    throw new AwsError('InvalidRequestException', 'the time range must be above zero and within six hours');
  }
  const traces = [...tracesOf(services.traces.documents()).values()];
  const matches = filterOf(FilterExpression);
  const found = traces.filter(
    (trace) => trace.startSeconds >= StartTime && trace.startSeconds < EndTime && matches(trace),
  );
  return json({
    TraceSummaries: found.map(summaryOf),
    ApproximateTime: services.clock.now() / 1000,
    TracesProcessedCount: traces.length,
  });
}

export const xrayRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: /^\/TraceSegments$/,
    service: 'X-Ray',
    operation: 'PutTraceSegments',
    run: putTraceSegments,
  },
  { method: 'POST', path: /^\/Traces$/, service: 'X-Ray', operation: 'BatchGetTraces', run: batchGetTraces },
  {
    method: 'POST',
    path: /^\/TraceSummaries$/,
    service: 'X-Ray',
    operation: 'GetTraceSummaries',
    run: getTraceSummaries,
  },
];
