/** Asks the service the way a caller would: through its own socket, on loopback. */
import type { Calls } from '../outgoing/calls';

/** Callers give the whole service less than this; one that needs longer is down for them. */
const limitMs = 2000;

/** The loopback address on which a service bound to `bind` can be reached. */
export function loopbackOf(bind: string): string {
  if (bind === '0.0.0.0') return '127.0.0.1';
  return bind === '::' ? '::1' : bind;
}

/** True when `GET path` answers 200 in time. Never rejects: not getting an answer is the answer. */
export async function answersItself(
  calls: Pick<Calls, 'http'>,
  host: string,
  port: number,
  path: string,
): Promise<boolean> {
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const asked = calls.http({
    ...{ url: `http://${authority}${path}`, method: 'GET', headers: {}, limitMs, names: 'system' },
    // A connection of its own: that a new one is accepted is part of the question.
    ...{ connection: 'own', reads: 'body' },
  });
  return asked.then(
    ({ status }) => status === 200,
    () => false,
  );
}
