/** Switches the degraded mode of the service by hand: answers from cache and fallback, or none of them. */
import { hostLayout } from '../../../catalog/host';
import { choice, commandDocument } from './command-document';
import { layoutConstants } from './host-constants';

export function serveFromCacheDocument(service: string) {
  const { switchesFile } = hostLayout(service);
  return commandDocument({
    description:
      'Makes the service answer from its cache and fallback, stops it from doing so, or leaves it to itself.',
    parameters: {
      Degraded: choice(
        'on: always degraded; off: never; auto: the override goes and the configuration holds again.',
        ['on', 'off', 'auto'],
        'on',
      ),
    },
    constants: {
      ...layoutConstants(service),
      override: switchesFile.replace(/\.json$/, '.override.json'),
    },
    steps: [
      { name: 'switch', timeoutSeconds: 60, scripts: ['serve-from-cache'] },
      { name: 'state', timeoutSeconds: 20, scripts: ['override-state'] },
    ],
  });
}
