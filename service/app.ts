/** The web application, put together from parts that are passed in; it opens no port and reads no environment. */
import type { IncomingMessage } from 'node:http';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { DriftWatch } from './drift/watch';
import type { Faults } from './faults';
import { driftRoutes } from './http/drift';
import { type HealthDeps, healthRoutes } from './http/health';
import { labelsRoute } from './http/labels';
import { type MetricsDeps, metricsRoute } from './http/metrics';
import { type PredictDeps, predictRoute } from './http/predict';
import {
  handleError,
  type Problem,
  ProblemError,
  problemDocument,
  problemType,
  requestIdHeader,
} from './http/problems';
import { callerRequestId, requestIdOf } from './http/request-id';
import { RequestLog } from './http/request-log';

export interface AppDeps extends Omit<PredictDeps, 'serve'>, HealthDeps, MetricsDeps {
  readonly log: FastifyBaseLogger;
  readonly newTraceId: () => string;
  readonly drift: DriftWatch;
  /** Only in rehearsals and benchmarks; without it neither the routes nor the faults exist. */
  readonly faults?: Faults;
}

/** A full batch for a model of twenty features is about 180 kB; a model of a hundred still fits. */
const bodyLimitBytes = 1024 * 1024;

/** A body of that size takes a second on a poor line; a caller that needs this long holds a socket for nothing. */
const requestTimeoutMs = 30_000;

/** Statuses for what goes wrong before there is a request, by Node's error codes; anything else is 400. */
const unreadable: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** The application, ready to listen or to be injected into. */
export function createApp(deps: AppDeps): FastifyInstance {
  const { log, newTraceId, lifecycle, faults } = deps;
  const app = fastify({
    loggerInstance: log,
    // Each request writes its own single line where its outcome is known.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: (request) => requestIdOf(request, newTraceId),
    childLoggerFactory: (logger, bindings, _options, request) => {
      const id = callerRequestId(request);
      return new RequestLog(logger, id === undefined ? bindings : { ...bindings, callerRequestId: id });
    },
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    // Node would refuse it by itself, in words of its own.
    http: { requireHostHeader: false },
    // What still arrives on an open connection during a stop is answered, with `connection: close`.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => handleError(error, request, reply),
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) return;
      socket.end(rawAnswer(unreadable[error.code ?? ''] ?? 400, newTraceId()));
    },
  });
  // JSON alone: the other parser that comes along would let plain text through to the routes.
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('trace', undefined);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(requestIdHeader, request.id);
    const problem = oddityOf(request.raw);
    if (problem === undefined) done();
    else done(new ProblemError(problem));
  });
  // Without a listener Node answers these itself, and not as a problem.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.addHook('onSend', (_request, reply, payload, done) => {
    // Otherwise a caller's kept connection would hold up the stop until its own time is out.
    // While it drains, each answer sends one caller elsewhere: then none is cut off when the port closes.
    if (lifecycle.phase === 'draining' || lifecycle.phase === 'stopping') reply.header('connection', 'close');
    done(null, payload);
  });
  app.setErrorHandler(handleError);
  app.setNotFoundHandler((request, reply) => {
    handleError(
      new ProblemError({ status: 404, detail: 'there is nothing at this address for this method' }),
      request,
      reply,
    );
  });
  predictRoute(app, { ...deps, ...faults?.watch(deps), serve: (model) => faults?.serve(model) ?? model });
  healthRoutes(app, deps);
  metricsRoute(app, deps);
  driftRoutes(app, deps);
  labelsRoute(app, deps);
  faults?.routes(app);
  return app;
}

/** What HTTP itself asks of a request and Node's reader lets through. */
function oddityOf({ headers, httpVersion }: IncomingMessage): Problem | undefined {
  if (headers.host === undefined && httpVersion === '1.1') {
    return { status: 400, detail: 'the header "host" is missing, expected it in HTTP/1.1' };
  }
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
    return { status: 417, detail: 'the header "expect" asks for something unknown, expected 100-continue' };
  }
  return undefined;
}

/** There is no request yet, only bytes, but the answer keeps the shape of all others. */
function rawAnswer(status: number, requestId: string): string {
  const detail = 'no whole request in HTTP/1.1 could be read from the bytes received';
  const document = problemDocument({ status, detail }, requestId);
  const body = JSON.stringify(document);
  return [
    `HTTP/1.1 ${status} ${document.title}`,
    `content-type: ${problemType}`,
    `${requestIdHeader}: ${requestId}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
