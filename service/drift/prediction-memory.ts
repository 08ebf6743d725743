/**
 * Which class was predicted for which request, until its label comes: a fixed number of places, in which the oldest make
 * room. A request is known by a hash of its id: nothing is allocated for it and no id is kept.
 */

/** Half a million predictions in six megabytes: an hour and a half at a hundred a second, half a day at ten. */
export const rememberedPredictions = 524_288;

/** Places that a hash may take; the oldest of them makes room. */
const ways = 8;

const empty = 0xffff;
/** Set on the class of a prediction whose label has come. */
const labelled = 0x8000;

export type Recalled =
  | { readonly kind: 'class'; readonly place: number }
  | { readonly kind: 'unknown' | 'repeated' };

export class PredictionMemory {
  private readonly tags: Uint32Array;
  private readonly classes: Uint16Array;
  private readonly next: Uint8Array;
  private readonly sets: number;

  /** @param places a power of two */
  constructor(places = rememberedPredictions) {
    this.sets = places / ways;
    this.tags = new Uint32Array(places);
    this.classes = new Uint16Array(places).fill(empty);
    this.next = new Uint8Array(this.sets);
  }

  /** @param classPlace the predicted class's place in the model's list */
  remember(requestId: string, index: number, classPlace: number): void {
    const hash = hashOf(requestId, index, firstSeed);
    const set = hash & (this.sets - 1);
    const way = this.next[set] as number;
    this.next[set] = (way + 1) & (ways - 1);
    this.tags[set * ways + way] = hashOf(requestId, index, secondSeed);
    this.classes[set * ways + way] = classPlace;
  }

  /** The predicted class, once: a label that comes again is not counted again. */
  recall(requestId: string, index: number): Recalled {
    const set = hashOf(requestId, index, firstSeed) & (this.sets - 1);
    const tag = hashOf(requestId, index, secondSeed);
    for (let place = set * ways; place < (set + 1) * ways; place++) {
      const known = this.classes[place] as number;
      if (known === empty || this.tags[place] !== tag) continue;
      if ((known & labelled) !== 0) return { kind: 'repeated' };
      this.classes[place] = known | labelled;
      return { kind: 'class', place: known };
    }
    return { kind: 'unknown' };
  }
}

/** Two hashes of 32 bits: among eight places, two ids in a thousand million are taken for one another. */
const firstSeed = 0x811c9dc5;
const secondSeed = 0x2f0b4a87;

/** FNV-1a over the id, then mixed, for its low bits alone choose the set. */
function hashOf(id: string, index: number, seed: number): number {
  let hash = seed;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ index, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
