/** Between a web request and its trace: where it begins, what its answer carries, where it ends. */
import type { onRequestHookHandler } from 'fastify';
import { xrayHeader } from '../tracing/trace-context';
import type { RequestTrace, Tracing } from '../tracing/tracing';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined when this request is not traced: the usual case. */
    trace: RequestTrace | undefined;
  }
}

/** For a route that is traced. The body is not read yet, so that a slow caller is part of the trace. */
export function beginTrace(tracing: Tracing, route: string): onRequestHookHandler {
  return (request, reply, done) => {
    const trace = tracing.begin(request.id, request.headers, route);
    if (trace !== undefined) {
      request.trace = trace;
      // As other AWS services answer: whoever reads the answer can go and find the trace.
      reply.header(xrayHeader, `Root=${request.id};Sampled=1`);
      // Also when the caller hangs up: the socket's end is the request's end. It comes once.
      reply.raw.on('close', () => trace.end(reply.statusCode));
    }
    done();
  };
}
