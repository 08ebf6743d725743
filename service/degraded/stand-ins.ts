/** What can be answered without the model: what it said of the very same row before, or what its owner put down for this. */
import type { ModelMetadata } from '../inference/metadata';
import { type Prediction, predictionOf, type Row } from '../inference/model';
import { RowCache } from './row-cache';

export type Source = 'cache' | 'fallback';

export interface StandIn extends Prediction {
  readonly from: Source;
}

export interface StandIns {
  /** Keeps the model's own answers. */
  remember(rows: readonly Row[], predictions: readonly Prediction[], metadata: ModelMetadata): void;
  /** An answer for every row, or undefined when one of them has none: half an answer helps nobody. */
  of(rows: readonly Row[], metadata: ModelMetadata): readonly StandIn[] | undefined;
}

/** @param maxRows rows remembered at most; 0 remembers none */
export function createStandIns(maxRows: number): StandIns {
  /** Made with the first answer: only then is known how wide a row is. */
  let cache: RowCache | undefined;
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
    remember(rows, predictions, metadata) {
      if (maxRows === 0) return;
      for (let index = 0; index < rows.length; index += 1) {
        const row = rows[index];
        const prediction = predictions[index];
        if (row === undefined || prediction === undefined) return;
        cache ??= new RowCache(maxRows, row, metadata.classes);
        cache.set(row, prediction);
      }
    },
    of(rows, metadata) {
      const answers: StandIn[] = [];
      for (const row of rows) {
        const cached = cache?.get(row);
        const answer = cached === undefined ? fallbackOf(metadata) : { ...cached, from: 'cache' as const };
        if (answer === undefined) return undefined;
        answers.push(answer);
      }
      return answers;
    },
  };
}
