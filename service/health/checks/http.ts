/** A URL answers with the status that is expected of it. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { CheckOf } from '../../../lib/catalog/health';
import type { Check } from '../check';
import { lookupUntil } from './address';

/**
 * Asks with GET on a connection of its own and reads no body. No redirect is followed: where it leads is not what was
 * asked about. What is told of it never holds the URL, whose path or query may be nobody else's business.
 */
export function httpCheck(settings: CheckOf<'http'>): Check {
  const { name, url, status, critical, timeoutMs, everySeconds } = settings;
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  return {
    name,
    kind: 'http',
    critical,
    limitMs: timeoutMs,
    freshMs: everySeconds * 1000,
    run: (abandoned) =>
      new Promise((resolve, reject) => {
        const headers = { 'user-agent': 'vigia-health', accept: '*/*' };
        const call = request(url, { agent: false, headers, lookup: lookupUntil(abandoned) }, (response) => {
          const got = response.statusCode ?? 0;
          response.destroy();
          if (got === status) resolve(`status ${got}`);
          else reject(new Error(`status ${got}, expected ${status}`));
        });
        abandoned.addEventListener('abort', () => call.destroy(), { once: true });
        call.on('error', reject);
        call.end();
      }),
  };
}
