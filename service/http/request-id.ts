/** One id for a request from its caller to its last log line. */
import type { IncomingMessage } from 'node:http';
import { requestIdHeader } from './problems';

/** Plain letters only: the id is written into headers and logs, where anything else could pretend to be more. */
const acceptable = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's id when it is fit to be passed on, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>, newRequestId: () => string): string {
  const given = request.headers[requestIdHeader];
  return typeof given === 'string' && acceptable.test(given) ? given : newRequestId();
}
