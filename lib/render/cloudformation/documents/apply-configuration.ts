/** The document that brings a running host to a revision of its configuration; the first boot runs the same script. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostLayout } from '../../../catalog/host';

/**
 * A minute for each of two locks, half a minute to fetch and check, and 100 seconds to give agent and service what is new:
 * a stop of 25, a start of 60. The last once more when the earlier files are put back.
 */
const applySeconds = 360;

/** What a revision is called: the beginning of its content's hash, or the one that holds. */
export const revisionPattern = '^(current|[0-9a-f]{12})$';

/** Where the scripts of the host lie in this project. */
export const hostScripts = join(__dirname, '..', 'host');

/** The document for one service: its steps name the service's own directory, so nothing of it is a parameter. */
export function applyConfigurationDocument(service: string) {
  const script = readFileSync(join(hostScripts, 'configure.sh'), 'utf8');
  const { scripts } = hostLayout(service);
  return {
    schemaVersion: '2.2',
    description:
      'Writes the files of the host that differ from its configuration, checks them, reloads or restarts what reads them, ' +
      'and puts the earlier ones back when the service does not become ready.',
    parameters: {
      Revision: {
        type: 'String',
        description: 'The revision to apply; current is the one that the last deployment made.',
        default: 'current',
        allowedPattern: revisionPattern,
        interpolationType: 'ENV_VAR',
      },
      DryRun: {
        type: 'String',
        description: 'yes: only says what would be done, and changes nothing.',
        default: 'no',
        allowedValues: ['no', 'yes'],
        allowedPattern: '^(no|yes)$',
        interpolationType: 'ENV_VAR',
      },
    },
    mainSteps: [
      {
        action: 'aws:runShellScript',
        name: 'apply',
        precondition: { StringEquals: ['platformType', 'Linux'] },
        inputs: {
          timeoutSeconds: String(applySeconds),
          runCommand: [
            'set -eu',
            // Agents older than 3.3.2746.0 know no ENV_VAR interpolation and paste the text instead.
            'if [ -z "${SSM_Revision+x}" ]; then SSM_Revision="{{Revision}}"; SSM_DryRun="{{DryRun}}"; fi',
            `export VIGIA_SCRIPTS="\${VIGIA_ROOT:-}${scripts}" VIGIA_REVISION="$SSM_Revision" VIGIA_DRY_RUN="$SSM_DryRun"`,
            // The association may come while the host still boots.
            `if [ ! -e "\${VIGIA_ROOT:-}/var/lib/vigia/${service}/booted" ]; then`,
            '  echo "configuration: the first boot is under way, it configures the host itself"',
            '  exit 0',
            'fi',
            ...script.trimEnd().split('\n'),
          ],
        },
      },
    ],
  };
}
