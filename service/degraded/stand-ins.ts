/** What can be answered without the model: what it said of the very same row before, or what its owner put down for this. */
import { LRUCache } from 'lru-cache';
import type { ModelMetadata } from '../inference/metadata';
import { type Prediction, predictionOf, type Row } from '../inference/model';

export type Source = 'cache' | 'fallback';

export interface StandIn extends Prediction {
  readonly from: Source;
}

export interface StandIns {
  /** Keeps the model's own answers. */
  remember(rows: readonly Row[], predictions: readonly Prediction[]): void;
  /** An answer for every row, or undefined when one of them has none: half an answer helps nobody. */
  of(rows: readonly Row[], metadata: ModelMetadata): readonly StandIn[] | undefined;
}

/** @param maxEntries rows remembered at most; 0 remembers none */
export function createStandIns(maxEntries: number): StandIns {
  const cache = maxEntries > 0 ? new LRUCache<string, Prediction>({ max: maxEntries }) : undefined;
  const fallbacks = new WeakMap<ModelMetadata, StandIn>();
  const fallbackOf = (metadata: ModelMetadata): StandIn | undefined => {
    const { fallback, classes } = metadata;
    if (fallback === undefined) return undefined;
    const known = fallbacks.get(metadata);
    if (known !== undefined) return known;
    const shares = classes.map((name) => fallback[name] ?? 0);
    const made: StandIn = { ...predictionOf(classes, shares), from: 'fallback' };
    fallbacks.set(metadata, made);
    return made;
  };
  return {
    remember(rows, predictions) {
      if (cache === undefined) return;
      for (let index = 0; index < rows.length; index += 1) {
        const [row, prediction] = [rows[index], predictions[index]];
        if (row !== undefined && prediction !== undefined) cache.set(keyOf(row), prediction);
      }
    },
    of(rows, metadata) {
      const answers: StandIn[] = [];
      for (const row of rows) {
        const cached = cache?.get(keyOf(row));
        const answer = cached === undefined ? fallbackOf(metadata) : { ...cached, from: 'cache' as const };
        if (answer === undefined) return undefined;
        answers.push(answer);
      }
      return answers;
    },
  };
}

/** The row's own bytes as text: equal rows alone have equal keys, which no short hash could promise. */
const keyOf = (row: Row): string =>
  Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString('latin1');
