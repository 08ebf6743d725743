/** What Vigía may do by itself. A remedy is one Systems Manager document with fixed parameters, never free text. */
import { documents } from './documents';
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
  /** "DRY RUN would ..." */
  readonly verb: string;
  /** "Vigia ... once more." */
  readonly verbs: string;
  readonly about: string;
  /** Only while the last release is new, and only for trouble that began after it. */
  readonly onlyAfterRelease: boolean;
  /** Whether a second time in one incident may help where the first did not. */
  readonly repeats: boolean;
  /** Beyond the policy's own limit, where the document needs longer: its steps and the delivery. */
  readonly timeoutSeconds?: number;
  /** Beyond the policy's own patience, where the alarm needs longer to see it. */
  readonly verifySeconds?: number;
}

/** A command is with its host within seconds; this leaves room for a busy agent. */
const deliverySeconds = 20;

export const remedies = keyed({
  rollbackRelease: {
    document: documents.rollbackRelease.name,
    doing: 'rolling back the release',
    action: 'Roll back the release',
    noun: 'rollback',
    verb: 'roll back',
    verbs: 'rolls back',
    about:
      'Switches to the release before, waits until it reports ready and watches it for a moment; what was left is marked bad.',
    onlyAfterRelease: true,
    // The release before the one before has been replaced twice, and nobody knows why any more.
    repeats: false,
    timeoutSeconds: documents.rollbackRelease.limitSeconds + deliverySeconds,
  } as Remedy,
  restartService: {
    document: documents.restartService.name,
    doing: 'restarting the service',
    action: 'Restart the service',
    noun: 'restart',
    verb: 'restart',
    verbs: 'restarts',
    about:
      'Saves the last log lines, clears the start limit, restarts the unit and waits until it reports ready.',
    onlyAfterRelease: false,
    repeats: true,
  } as Remedy,
  freeDisk: {
    document: documents.freeDisk.name,
    doing: 'freeing disk space',
    action: 'Free disk space',
    noun: 'clean-up',
    verb: 'free disk space',
    verbs: 'cleans up',
    about:
      'Removes old releases, rotated logs that are shipped, old journal and the package cache; nothing that is in use.',
    onlyAfterRelease: false,
    // What can go has gone the first time.
    repeats: false,
    timeoutSeconds: documents.freeDisk.limitSeconds + deliverySeconds,
    // The agent measures once a minute, and the alarm wants three good minutes of five.
    verifySeconds: 420,
  } as Remedy,
});

export type RemedyKey = keyof typeof remedies;

/** Several remedies for one trouble, in the order in which they are tried. */
export const ladders = Object.freeze({
  /** A new release is the likeliest cause of new trouble; a restart cures much of the rest. */
  recoverService: ['rollbackRelease', 'restartService'],
} as const satisfies Record<string, readonly RemedyKey[]>);

export type LadderKey = keyof typeof ladders;

/** What an alarm may name as its remedy: one, or a ladder of them. */
export type CureKey = RemedyKey | LadderKey;

/** The remedies behind a cure, first to last. */
export function rungsOf(cure: CureKey): readonly RemedyKey[] {
  return cure in ladders ? ladders[cure as LadderKey] : [cure as RemedyKey];
}
