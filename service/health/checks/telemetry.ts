/** The last metrics reached their file. */
import type { AppendFile } from '../../append-file';
import { type Check, insideFreshMs, insideLimitMs } from '../check';

/** Not critical: a host that cannot tell of itself still predicts. */
export function telemetryCheck(file: Pick<AppendFile, 'state'>): Check {
  return {
    name: 'metricsFile',
    kind: 'telemetry',
    critical: false,
    limitMs: insideLimitMs,
    freshMs: insideFreshMs,
    async run() {
      const { failure } = file.state();
      if (failure !== undefined) throw new Error(failure);
      return undefined;
    },
  };
}
