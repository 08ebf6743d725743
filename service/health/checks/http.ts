/** A URL answers with the status that is expected of it. */
import type { CheckOf } from '../../../lib/catalog/health';
import type { Calls } from '../../outgoing/calls';
import type { Check } from '../check';

/**
 * Asks with GET on a connection of its own and reads no body. No redirect is followed: where it leads is not what was
 * asked about. What is told of it never holds the URL, whose path or query may be nobody else's business.
 */
export function httpCheck(settings: CheckOf<'http'>, calls: Pick<Calls, 'http'>): Check {
  const { name, url, status, critical, timeoutMs, everySeconds } = settings;
  return {
    name,
    kind: 'http',
    critical,
    limitMs: timeoutMs,
    freshMs: everySeconds * 1000,
    async run() {
      const headers = { 'user-agent': 'vigia-health', accept: '*/*' };
      const { status: got } = await calls.http({
        ...{ url, method: 'GET', headers, limitMs: timeoutMs },
        ...{ connection: 'own', names: 'servers', reads: 'status' },
      });
      if (got === status) return `status ${got}`;
      throw new Error(`status ${got}, expected ${status}`);
    },
  };
}
