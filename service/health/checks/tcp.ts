/** Somebody takes connections at a host and port. */
import { connect } from 'node:net';
import type { CheckOf } from '../../../lib/catalog/health';
import type { Check } from '../check';
import { lookupUntil } from './address';

/** Opens a connection and closes it again; that it opens is the answer. */
export function tcpCheck(settings: CheckOf<'tcp'>): Check {
  const { name, host, port, critical, timeoutMs, everySeconds } = settings;
  return {
    name,
    kind: 'tcp',
    critical,
    limitMs: timeoutMs,
    freshMs: everySeconds * 1000,
    run: (abandoned) =>
      new Promise((resolve, reject) => {
        const socket = connect({ host, port, lookup: lookupUntil(abandoned) });
        abandoned.addEventListener('abort', () => socket.destroy(), { once: true });
        socket.once('connect', () => {
          socket.destroy();
          resolve(undefined);
        });
        socket.once('error', reject);
        socket.once('close', () => reject(new Error('the connection was given up')));
      }),
  };
}
