/** One id for a request from its caller to its last log line: the id of its trace. */
import type { IncomingMessage } from 'node:http';
import { readTraceContext } from '../tracing/trace-context';
import { requestIdHeader } from './problems';

/** Plain letters only: what a caller calls its request is written into logs, where anything else could pretend to be more. */
const acceptable = /^[A-Za-z0-9._-]{1,128}$/;

/** The id of the caller's trace in X-Ray's form, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>, newTraceId: () => string): string {
  return readTraceContext(request.headers)?.traceId ?? newTraceId();
}

/** What the caller itself calls this request, when it is fit to be written down. */
export function callerRequestId({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const given = headers[requestIdHeader];
  return typeof given === 'string' && acceptable.test(given) ? given : undefined;
}
