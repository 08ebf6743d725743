/** The checks of a host's health as configuration writes them and the service reads them: one shape on both sides. */

interface Common {
  readonly name: string;
  readonly timeoutMs: number;
  /** Whether its failure takes this host out of service. */
  readonly critical: boolean;
}

export type CheckSettings =
  | (Common & {
      readonly kind: 'http';
      readonly url: string;
      /** The status that means well. */
      readonly status: number;
      /** How long an answer holds; so often the dependency is asked at most. */
      readonly everySeconds: number;
    })
  | (Common & {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly everySeconds: number;
    })
  | (Common & {
      readonly kind: 'disk';
      /** Without it the directory of the logs and metrics. */
      readonly path?: string | undefined;
      readonly minFreePercent: number;
      readonly minFreeInodesPercent: number;
    })
  | (Common & { readonly kind: 'agent'; readonly maxAgeSeconds: number })
  | (Common & { readonly kind: 'clock'; readonly maxOffsetMs: number });

export type CheckOf<Kind extends CheckSettings['kind']> = Extract<CheckSettings, { readonly kind: Kind }>;

/** What the file on the host holds. */
export interface HealthFile {
  readonly checks: readonly CheckSettings[];
}
