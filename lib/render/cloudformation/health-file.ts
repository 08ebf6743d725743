/** The checks of the host as the file that the service reads: the defaults, and what the configuration adds to them. */
import type { CheckSettings, HealthFile } from '../../catalog/health';
import type { Config } from '../../config/config';
import { defaultChecks } from '../../config/health';

/** A check that is named like a default takes its place. */
export function healthFile({ health }: Config): HealthFile {
  const named = new Set(health.checks.map(({ name }) => name));
  const left = (check: CheckSettings): boolean => !health.without.some((name) => name === check.name);
  return {
    checks: [...defaultChecks.filter((check) => left(check) && !named.has(check.name)), ...health.checks],
  };
}
