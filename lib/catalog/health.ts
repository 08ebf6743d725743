/** The checks of a host's health as configuration writes them and the service reads them: one shape on both sides. */
import type { Config } from '../config/config';
import { maxDrainSeconds } from './host';

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

/** How long the service goes on serving after it was told to stop. Without a balancer nobody waits for it. */
export function drainSecondsOf({ host }: Pick<Config, 'host'>): number {
  return host.drainSeconds ?? (host.loadBalancer.kind === 'none' ? 0 : maxDrainSeconds);
}

/** Ports other than HTTPS on which a check leaves the host. */
export function portsOfChecks({ health }: Pick<Config, 'health'>): readonly number[] {
  const ports = health.checks.flatMap((check) => {
    if (check.kind === 'tcp') return isLoopback(check.host) ? [] : [check.port];
    if (check.kind !== 'http') return [];
    const { hostname, port, protocol } = new URL(check.url);
    return isLoopback(hostname) ? [] : [Number(port) || (protocol === 'https:' ? 443 : 80)];
  });
  return [...new Set(ports)].filter((port) => port !== 443).sort((a, b) => a - b);
}

const isLoopback = (host: string): boolean => /^(localhost|127\..*|\[?::1\]?)$/.test(host);
