/** What an hour of a Linux host costs. Sizes of one family cost in proportion, so one price a family is enough. */
import type { Price } from './prices';

/** Price of the size `large`, in USD an hour, by family. */
const familyPrices: Readonly<Record<string, { readonly usd: number; readonly source: Price['source'] }>> = {
  t3: { usd: 0.0832, source: 'infracost' },
  m5: { usd: 0.096, source: 'infracost' },
  m6i: { usd: 0.096, source: 'infracost' },
  m7g: { usd: 0.0816, source: 'factualminds' },
  m7i: { usd: 0.1008, source: 'memory' },
  // Half of the size xlarge, which is the smallest there is.
  g5: { usd: 0.503, source: 'factualminds' },
};

/** Sizes in parts of a `large`; larger ones are multiples of `xlarge`, which is two. */
const smallSizes: Readonly<Record<string, number>> = {
  nano: 1 / 16,
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
};

/** Families with a price, for a message that refuses another. */
export const knownFamilies = Object.keys(familyPrices);

/**
 * The price of an hour, or undefined for a family nobody has priced here.
 * Only the first sizes of g5 are in proportion: its larger ones carry more graphics processors.
 */
export function instancePrice(instanceType: string): Price | undefined {
  const [family = '', size = ''] = instanceType.split('.');
  const known = familyPrices[family];
  const larges = smallSizes[size] ?? multipleOf(size);
  if (known === undefined || larges === undefined) return undefined;
  if (family === 'g5' && size !== 'xlarge') return undefined;
  return {
    usd: known.usd * larges,
    unit: 'hours',
    source: known.source,
    isConfirmed: known.source !== 'memory',
  };
}

function multipleOf(size: string): number | undefined {
  const match = /^(\d+)xlarge$/.exec(size);
  return match === null ? undefined : 2 * Number(match[1]);
}
