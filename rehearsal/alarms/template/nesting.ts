/** Values that contain themselves or nest without end: refused before anything walks through them. */

/** No template nests a tenth as deep, and every function that walks through one recurses. */
export const mostLevels = 200;

/** What is wrong with how the value is nested; undefined when nothing is. */
export function nestingProblem(value: unknown): string | undefined {
  const around = new Set<object>();
  /** Aliases share objects: each is measured once. */
  const heights = new Map<object, number>();
  /** The levels below and with this one; beyond the most it is not looked further. */
  const heightOf = (item: unknown, level: number): number => {
    if (typeof item !== 'object' || item === null) return 0;
    if (around.has(item)) throw new SelfReference();
    const known = heights.get(item);
    if (known !== undefined) return known;
    if (level > mostLevels) return 1;
    around.add(item);
    let below = 0;
    for (const inner of Object.values(item)) below = Math.max(below, heightOf(inner, level + 1));
    around.delete(item);
    heights.set(item, below + 1);
    return below + 1;
  };
  try {
    return heightOf(value, 1) > mostLevels ? `more than ${mostLevels} levels of nesting` : undefined;
  } catch (error) {
    if (error instanceof SelfReference) return 'an alias that stands within its own anchor';
    throw error;
  }
}

class SelfReference extends Error {}
