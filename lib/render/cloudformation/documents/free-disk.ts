/** Frees what nobody needs any more, and says how much that was. */
import { hostLayout } from '../../../catalog/host';
import { commandDocument } from './command-document';
import { layoutConstants } from './host-constants';

export function freeDiskDocument(service: string) {
  const { logDirectory, logFile, emfFile } = hostLayout(service);
  return commandDocument({
    description:
      'Removes old releases, shipped rotated logs, old journal and the package cache; nothing that is in use.',
    parameters: {},
    constants: { ...layoutConstants(service), logs: logDirectory, log_file: logFile, emf_file: emfFile },
    steps: [
      { name: 'free', timeoutSeconds: 150, scripts: ['release', 'free-disk'] },
      { name: 'state', timeoutSeconds: 20, scripts: ['disk-state'] },
    ],
  });
}
