/** A check that passes, unless it is given something else to do. */
import type { Check } from '../../../service/health/check';

export function stubCheck(more: Partial<Check> = {}): Check {
  return {
    name: 'stub',
    kind: 'tcp',
    critical: false,
    limitMs: 1000,
    freshMs: 1000,
    run: async () => undefined,
    ...more,
  };
}
