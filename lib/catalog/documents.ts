/** The Systems Manager documents of a host: what people and the remediation may have done to it. */
import { keyed } from './keyed';

export interface HostDocument {
  /** Last part of the document's name; the whole name is `<service>-<stage>-<name>`. */
  readonly name: string;
  /** All its steps at their time limits; a test compares it with the document. */
  readonly limitSeconds: number;
  readonly about: string;
}

export const documents = keyed({
  restartService: {
    name: 'restart-service',
    limitSeconds: 130,
    about: 'restarts the service and waits until it is ready',
  },
  deployRelease: {
    name: 'deploy-release',
    limitSeconds: 665,
    about: 'fetches a release, switches to it, and keeps it only when it serves',
  },
  rollbackRelease: {
    name: 'rollback-release',
    limitSeconds: 335,
    about: 'switches back to the previous release, or to a named one',
  },
  collectDiagnostics: {
    name: 'collect-diagnostics',
    limitSeconds: 180,
    about: 'shows what a person on call looks at first',
  },
  freeDisk: {
    name: 'free-disk',
    limitSeconds: 170,
    about: 'removes old releases, shipped rotated logs, old journal and the package cache',
  },
  serveFromCache: {
    name: 'serve-from-cache',
    limitSeconds: 80,
    about: 'switches the degraded mode on, off, or back to automatic',
  },
} as const satisfies Record<string, HostDocument>);

export type DocumentKey = keyof typeof documents;
