/** Brings an earlier release back, through the same gate; what was left is marked bad. */
import { commandDocument } from './command-document';
import { gateConstants, gateSeconds } from './host-constants';

export function rollbackReleaseDocument(service: string) {
  return commandDocument({
    description: 'Switches back to the previous release, or to a named one that is still on the disk.',
    parameters: {
      Release: {
        description: 'previous, or the id of a release that is still on the disk.',
        allowedPattern: '^(previous|[0-9a-f]{12})$',
        default: 'previous',
      },
    },
    constants: gateConstants(service),
    steps: [
      // Waiting for the lock, and two gates: the earlier release, and the present one should that be refused.
      {
        name: 'rollback',
        timeoutSeconds: 30 + 2 * gateSeconds,
        scripts: ['release', 'gate', 'rollback-release'],
      },
      { name: 'state', timeoutSeconds: gateSeconds + 5, scripts: ['release', 'gate', 'settle-release'] },
    ],
  });
}
