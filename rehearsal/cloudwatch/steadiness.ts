/**
 * Most evaluations say what the one before said. When every point of the range lies on the same side of the threshold,
 * and the newest one does too, the range has not changed in anything that a verdict depends on.
 */
import type { AlarmDefinition } from './alarm-definition';
import { breaches } from './comparison';
import { rangeLength } from './range-reader';
import type { EvaluationSettings } from './settings';

export interface Steadiness {
  /** Is this evaluation bound to repeat the last one? `point` is the newest of its range. */
  repeats(at: number, point: number | undefined): boolean;
  /** Something in the range is no longer what it was. */
  disturb(): void;
}

/**
 * Undefined for alarms that look at more than points and a threshold: those must be judged each time, and nothing need be
 * read to find that out. A missing point is never passed over either, because what an alarm misses may have come under
 * another name and is worth telling.
 */
export function createSteadiness(
  definition: AlarmDefinition,
  settings: EvaluationSettings,
): Steadiness | undefined {
  const { limit, pointwise, lowSamplePercent, cadenceSeconds, periodSeconds } = definition;
  const sliding = definition.window.kind === 'sliding';
  if (limit.kind !== 'threshold' || !pointwise || !sliding || lowSamplePercent !== undefined) {
    return undefined;
  }
  const cadenceMs = cadenceSeconds * 1000;
  // The range that was judged last and this one are alike when all evaluations that made their points were.
  const needed = Math.ceil((rangeLength(definition, settings) * periodSeconds) / cadenceSeconds) + 1;
  let alike = 0;
  let side: boolean | undefined;
  let last = Number.NEGATIVE_INFINITY;
  return {
    repeats: (at, point) => {
      const now = point === undefined ? undefined : breaches(limit.comparison, point, limit.threshold);
      // An evaluation that was left out has a point in the range that nobody has seen.
      if (now === undefined || now !== side || at - last !== cadenceMs) alike = 0;
      alike += 1;
      side = now;
      last = at;
      return now !== undefined && alike > needed;
    },
    disturb: () => {
      alike = 0;
    },
  };
}
