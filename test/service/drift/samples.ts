/** The samples of fixtures.py, made here by the same whole numbers, sums and products. */
export interface Recipe {
  readonly seed: number;
  readonly rows: number;
  readonly shift: number;
  readonly scale: number;
  /** Makes equal values; 0 none. */
  readonly steps: number;
}

/** Numbers from 0 to 1 that depend on nothing but the seed (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Near enough to a normal number with mean 0; its deviation is `bellDeviation`. */
export function bell(random: () => number): number {
  return random() + random() + random() + random() - 2;
}
export const bellDeviation = Math.sqrt(4 / 12);

export function sampleOf({ seed, rows, shift, scale, steps }: Recipe): Float64Array {
  const random = uniform(seed);
  return Float64Array.from({ length: rows }, () => {
    const value = bell(random) * scale + shift;
    return steps === 0 ? value : Math.floor(value * steps);
  });
}
