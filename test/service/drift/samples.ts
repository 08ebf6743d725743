/** The samples of fixtures.py, made here by the same whole numbers, sums and products. */
import { seededRandom } from '../../../rehearsal/traffic';

export interface Recipe {
  readonly seed: number;
  readonly rows: number;
  readonly shift: number;
  readonly scale: number;
  /** Makes equal values; 0 none. */
  readonly steps: number;
}

/** Near enough to a normal number with mean 0; its deviation is `bellDeviation`. */
export function bell(random: () => number): number {
  return random() + random() + random() + random() - 2;
}
export const bellDeviation = Math.sqrt(4 / 12);

export function sampleOf({ seed, rows, shift, scale, steps }: Recipe): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: rows }, () => {
    const value = bell(random) * scale + shift;
    return steps === 0 ? value : Math.floor(value * steps);
  });
}
