/** What the documents of a host know of it as shell variables, from the same layout as unit and agent. */
import { hostLayout, maxDrainSeconds, stopSeconds } from '../../../catalog/host';

/** The unit gives a start 60 seconds and a stop what it needs after the longest drain; beyond both nothing more will come. */
export const restartSeconds = 60 + stopSeconds + maxDrainSeconds;

/** A release that breaks under the first callers does so within seconds; a longer watch would keep a broken one up longer. */
const watchSeconds = 5;

/** As many as the alarm on the error rate wants before it believes a ratio. */
const leastPredictions = 20;

/** Far above the alarm's five: the gate refuses what is plainly broken, and leaves the rest to the alarm. */
const mostErrorsPercent = 50;

/** One restart and its watch, with room for the answers in between. */
export const gateSeconds = restartSeconds + watchSeconds + 10;

/** Where things lie on the host. */
export function layoutConstants(service: string): Readonly<Record<string, string>> {
  const layout = hostLayout(service);
  return {
    root: layout.root,
    unit: layout.unit,
    group: layout.user,
    environment_file: layout.environmentFile,
  };
}

/** The same, with what the health gate needs. */
export function gateConstants(service: string): Readonly<Record<string, string | number>> {
  return {
    ...layoutConstants(service),
    metrics_path: '/metrics',
    restart_seconds: restartSeconds,
    watch_seconds: watchSeconds,
    least_predictions: leastPredictions,
    most_errors_percent: mostErrorsPercent,
  };
}
