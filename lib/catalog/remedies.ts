/** What Vigía may do by itself. A remedy is one Systems Manager document with fixed parameters, never free text. */
import { keyed } from './keyed';

export interface Remedy {
  /** Last part of the document's name; the whole name is `<service>-<stage>-<document>`. */
  readonly document: string;
  /** "Vigia is ... now." */
  readonly doing: string;
  /** "Restart the service: ran in 4 s." */
  readonly action: string;
  /** "The ... did not help." */
  readonly noun: string;
  readonly about: string;
}

export const remedies = keyed({
  restartService: {
    document: 'restart-service',
    doing: 'restarting the service',
    action: 'Restart the service',
    noun: 'restart',
    about:
      'Saves the last log lines, clears the start limit, restarts the unit and waits until it reports ready.',
  } as Remedy,
});

export type RemedyKey = keyof typeof remedies;
