/**
 * Names to addresses, asked of the resolver directly. The system's own call would hold one of the four
 * threads that files need too, for as long as a name server is silent: then a dependency would stop the metrics.
 * The price: `/etc/hosts` is not read.
 */
import { type LookupAddress, promises } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

/** One question, and once more: each half of what a check has, at its default. */
const resolver = { timeout: 400, tries: 2 };

/** A look-up for one connection, given up with it. */
export function lookupUntil(abandoned: AbortSignal): LookupFunction {
  return (hostname, options, callback) => {
    const asked = new promises.Resolver(resolver);
    abandoned.addEventListener('abort', () => asked.cancel(), { once: true });
    addressesOf(asked, hostname).then(
      (found) => {
        const [first] = found;
        if (first === undefined) callback(new Error(`${hostname}: has no address`), '');
        else if (options.all === true) callback(null, [...found]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

async function addressesOf(resolver: promises.Resolver, hostname: string): Promise<readonly LookupAddress[]> {
  const family = isIP(hostname);
  if (family !== 0) return [{ address: hostname, family }];
  // Every system means itself by this name, and not every name server knows it.
  if (hostname === 'localhost') return [{ address: '127.0.0.1', family: 4 }];
  const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  const found = [
    ...(four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 })) : []),
    ...(six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 })) : []),
  ];
  if (found.length === 0 && four.status === 'rejected') throw four.reason;
  return found;
}
