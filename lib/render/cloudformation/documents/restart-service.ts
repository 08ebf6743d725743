/** Restarts a unit, with the evidence of before and after. */
import { restartParameters } from '../../../../lambda/remediation/contract';
import { commandDocument } from './command-document';

export function restartServiceDocument() {
  return commandDocument({
    description: 'Saves the last log lines of a unit, restarts it, and succeeds only when it is ready again.',
    parameters: {
      [restartParameters.unit]: {
        description: 'The systemd unit to restart.',
        allowedPattern: '^[a-zA-Z0-9][a-zA-Z0-9_-]{0,60}\\.service$',
      },
    },
    steps: [
      { name: 'evidence', timeoutSeconds: 20, scripts: ['unit-evidence'] },
      { name: 'restart', timeoutSeconds: 90, scripts: ['restart-service'] },
      { name: 'state', timeoutSeconds: 20, scripts: ['unit-state'] },
    ],
  });
}
