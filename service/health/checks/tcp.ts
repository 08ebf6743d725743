/** Somebody takes connections at a host and port. */
import type { CheckOf } from '../../../lib/catalog/health';
import type { Calls } from '../../outgoing/calls';
import type { Check } from '../check';

/** Opens a connection and closes it again; that it opens is the answer. */
export function tcpCheck(settings: CheckOf<'tcp'>, calls: Pick<Calls, 'tcp'>): Check {
  const { name, host, port, critical, timeoutMs, everySeconds } = settings;
  return {
    name,
    kind: 'tcp',
    critical,
    limitMs: timeoutMs,
    freshMs: everySeconds * 1000,
    async run() {
      await calls.tcp({ host, port, limitMs: timeoutMs });
      return undefined;
    },
  };
}
