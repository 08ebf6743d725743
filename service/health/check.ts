/** One thing that can be wrong, and what was found when it was looked at. */

export const checkKinds = [
  'model',
  'eventLoop',
  'telemetry',
  'disk',
  'agent',
  'clock',
  'http',
  'tcp',
] as const;
export type CheckKind = (typeof checkKinds)[number];

export interface Check {
  readonly name: string;
  readonly kind: CheckKind;
  /** Whether its failure takes this host out of service, or only lowers the share of checks that pass. */
  readonly critical: boolean;
  /** How long one look may take. */
  readonly limitMs: number;
  /** How long what was found still holds, so that many questions cost one look. */
  readonly freshMs: number;
  /**
   * Looks once. Rejects when something is wrong, with what it is; may resolve with what was found.
   * @param abandoned aborts when nobody waits any more: whatever is still open is to be closed
   */
  run(abandoned: AbortSignal): Promise<string | undefined>;
}

export interface CheckResult {
  readonly name: string;
  readonly kind: CheckKind;
  readonly critical: boolean;
  readonly ok: boolean;
  /** What the look took. */
  readonly ms: number;
  readonly detail?: string;
  /** When the first of the failures in a row was seen, ISO 8601. */
  readonly failingSince?: string;
}

/** A look at the inside of this process takes no longer, unless something is wrong with it. */
export const insideLimitMs = 1000;

/** For what this process can tell by itself: shorter than any sensible pause between two questions. */
export const insideFreshMs = 1000;
