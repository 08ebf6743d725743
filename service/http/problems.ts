/** Errors as callers see them: problem details (RFC 9457), the same shape for every status. */
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** One thing wrong with the body; `pointer` is a JSON pointer into it. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export interface Problem {
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
}

/** Thrown by a route that wants its caller to see exactly this. */
export class ProblemError extends Error {
  constructor(
    readonly problem: Problem,
    options?: ErrorOptions,
  ) {
    super(problem.detail, options);
  }
}

export const requestIdHeader = 'x-request-id';
export const problemType = 'application/problem+json';

/** The document itself. `about:blank` says that the status tells all there is about the kind of problem. */
export function problemDocument(problem: Problem, requestId: string) {
  return {
    type: 'about:blank',
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.detail,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    requestId,
  };
}

/** Answers with the problem. The id is set here too: errors before routing pass no hook. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 503) reply.header('retry-after', '1');
  return reply
    .status(problem.status)
    .header(requestIdHeader, request.id)
    .type(problemType)
    .send(JSON.stringify(problemDocument(problem, request.id)));
}

/** What to tell a caller of any error: a client's mistake in its own words, ours without its insides. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const { statusCode, message } = (error ?? {}) as { statusCode?: unknown; message?: unknown };
  if (statusCode === 415)
    return { status: 415, detail: 'cannot read this body, expected content-type application/json' };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, detail: String(message) };
  }
  return { status: 500, detail: 'the service failed; the request id finds the reason in its log' };
}

/** Every request that came to nothing leaves one line: a refusal is the caller's news, a failure is ours. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error);
  // The route's pattern, not the address: a query string may carry what must not be logged.
  const facts = { route: request.routeOptions?.url, statusCode: problem.status };
  if (problem.status >= 500) {
    const cause = error instanceof ProblemError ? (error.cause ?? error) : error;
    request.log.error({ ...facts, err: cause }, 'request failed');
    request.trace?.fail(cause);
  } else {
    const fields = problem.errors?.map(({ pointer }) => pointer);
    request.log.info({ ...facts, ...(fields === undefined ? {} : { fields }) }, 'request refused');
  }
  sendProblem(request, reply, problem);
}
