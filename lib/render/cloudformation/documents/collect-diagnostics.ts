/** What a person on call would look at first, in one command; read only, bounded, and without personal data. */
import { hostLayout } from '../../../catalog/host';
import { commandDocument } from './command-document';
import { layoutConstants } from './host-constants';

export function collectDiagnosticsDocument(service: string) {
  const { logDirectory, logFile, emfFile } = hostLayout(service);
  return commandDocument({
    description:
      'Shows unit, releases, disk, memory, processes, sockets, health, journal and log; changes nothing.',
    parameters: {},
    constants: { ...layoutConstants(service), logs: logDirectory, log_file: logFile, emf_file: emfFile },
    // A step each, because Systems Manager cuts the output of each one at 24 000 characters.
    steps: [
      { name: 'host', timeoutSeconds: 120, scripts: ['collect-diagnostics', 'collect-host'] },
      { name: 'journal', timeoutSeconds: 30, scripts: ['collect-diagnostics', 'collect-journal'] },
      { name: 'log', timeoutSeconds: 30, scripts: ['collect-diagnostics', 'collect-log'] },
    ],
  });
}
