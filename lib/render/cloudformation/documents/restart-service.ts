/** The restart document: a Systems Manager command document, schema 2.2, as data. */
import { restartParameters } from '../../../../lambda/remediation/contract';

const { unit } = restartParameters;

/**
 * Agents older than 3.3.2746.0 know no ENV_VAR interpolation and paste the text instead; the allowed pattern keeps
 * even that harmless. On newer agents the variable is already set and this line does nothing.
 */
const readUnit = `if [ -z "\${SSM_${unit}+x}" ]; then export SSM_${unit}="{{${unit}}}"; fi`;

/** Every step stops at its first failing command; the last step always runs and leaves the state in the output. */
export const restartServiceDocument = {
  schemaVersion: '2.2',
  description: 'Saves the last log lines of a unit, restarts it, and succeeds only when it is ready again.',
  parameters: {
    [unit]: {
      type: 'String',
      description: 'The systemd unit to restart.',
      allowedPattern: '^[a-zA-Z0-9][a-zA-Z0-9_-]{0,60}\\.service$',
      interpolationType: 'ENV_VAR',
    },
  },
  mainSteps: [
    step('evidence', 20, [
      'echo "state before:"',
      `systemctl show "$SSM_${unit}" --property=ActiveState,SubState,NRestarts,ExecMainStatus || true`,
      'echo "last lines:"',
      `journalctl --unit "$SSM_${unit}" --lines 20 --no-pager --output cat || true`,
    ]),
    step('restart', 90, [
      // A unit that crashed too often refuses to start until its counter is cleared.
      `systemctl reset-failed "$SSM_${unit}" || true`,
      // Returns only when the service is ready: the unit's ExecStartPost waits for it.
      `systemctl restart "$SSM_${unit}"`,
      `systemctl is-active "$SSM_${unit}"`,
    ]),
    {
      ...step('state', 20, [
        'echo "state after:"',
        `systemctl show "$SSM_${unit}" --property=ActiveState,SubState,NRestarts,ExecMainStatus || true`,
      ]),
    },
  ].map((each, index, all) => ({
    ...each,
    inputs: { ...each.inputs, ...(index === all.length - 1 ? { finallyStep: true } : { onFailure: 'exit' }) },
  })),
};

function step(name: string, timeoutSeconds: number, commands: readonly string[]) {
  return {
    action: 'aws:runShellScript',
    name,
    precondition: { StringEquals: ['platformType', 'Linux'] },
    inputs: { timeoutSeconds: String(timeoutSeconds), runCommand: ['set -eu', readUnit, ...commands] },
  };
}
