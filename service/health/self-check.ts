/** Asks the service the way a caller would: through its own socket, on loopback. */
import { request } from 'node:http';
import type { Clock } from '../clock';

/** Callers give the whole service less than this; one that needs longer is down for them. */
const limitMs = 2000;

/** The loopback address on which a service bound to `bind` can be reached. */
export function loopbackOf(bind: string): string {
  if (bind === '0.0.0.0') return '127.0.0.1';
  return bind === '::' ? '::1' : bind;
}

/** True when `GET path` answers 200 in time. Never rejects: not getting an answer is the answer. */
export function answersItself(clock: Clock, host: string, port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    // A connection of its own: that a new one is accepted is part of the question.
    const call = request({ host, port, path, agent: false }, (response) => {
      response.resume();
      response.on('end', () => settle(response.statusCode === 200));
      response.on('error', () => settle(false));
    });
    const cancel = clock.after(limitMs, () => {
      settle(false);
      call.destroy();
    });
    const settle = (answered: boolean): void => {
      cancel();
      resolve(answered);
    };
    call.on('error', () => settle(false));
    call.end();
  });
}
