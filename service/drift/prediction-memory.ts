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
  private first = 0;
  private second = 0;

  /** @param places a power of two */
  constructor(places = rememberedPredictions) {
    this.sets = places / ways;
    this.tags = new Uint32Array(places);
    this.classes = new Uint16Array(places).fill(empty);
    this.next = new Uint8Array(this.sets);
  }

  /** @param classPlace the predicted class's place in the model's list */
  remember(requestId: string, index: number, classPlace: number): void {
    this.hash(requestId, index);
    const set = this.first & (this.sets - 1);
    const way = this.next[set] as number;
    this.next[set] = (way + 1) & (ways - 1);
    this.tags[set * ways + way] = this.second;
    this.classes[set * ways + way] = classPlace;
  }

  /** The predicted class, once: a label that comes again is not counted again. */
  recall(requestId: string, index: number): Recalled {
    this.hash(requestId, index);
    const set = this.first & (this.sets - 1);
    for (let place = set * ways; place < (set + 1) * ways; place++) {
      const known = this.classes[place] as number;
      if (known === empty || this.tags[place] !== this.second) continue;
      if ((known & labelled) !== 0) return { kind: 'repeated' };
      this.classes[place] = known | labelled;
      return { kind: 'class', place: known };
    }
    return { kind: 'unknown' };
  }

  /** FNV-1a twice over the id in one pass, then mixed, for the low bits alone choose the set. Allocates nothing. */
  private hash(id: string, index: number): void {
    let first = firstSeed;
    let second = secondSeed;
    for (let at = 0; at < id.length; at++) {
      const code = id.charCodeAt(at);
      first = Math.imul(first ^ code, 0x01000193);
      second = Math.imul(second ^ code, 0x5bd1e995);
    }
    this.first = mixed(Math.imul(first ^ index, 0x01000193));
    this.second = mixed(Math.imul(second ^ index, 0x5bd1e995));
  }
}

/** Two hashes of 32 bits: among eight places, two ids in a thousand million are taken for one another. */
const firstSeed = 0x811c9dc5;
const secondSeed = 0x2f0b4a87;

function mixed(hash: number): number {
  let value = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
  return (value ^ (value >>> 16)) >>> 0;
}
