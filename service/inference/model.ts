/** What the service needs of a model, whatever runs it. */
import type { ModelMetadata } from './metadata';

export interface Prediction {
  readonly class: string;
  /** Probability of the predicted class, 0 to 1. */
  readonly confidence: number;
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface Model {
  readonly metadata: ModelMetadata;
  /** One prediction for each row; a row holds one value for each feature, in the metadata's order. */
  predict(rows: readonly Float32Array[]): Promise<readonly Prediction[]>;
}

/** The prediction that a row of class probabilities means; the first of equals wins, as in the training library. */
export function predictionOf(classes: readonly string[], probabilities: readonly number[]): Prediction {
  const named: Record<string, number> = {};
  let best = 0;
  for (const [index, name] of classes.entries()) {
    named[name] = round(probabilities[index] ?? 0);
    if ((probabilities[index] ?? 0) > (probabilities[best] ?? 0)) best = index;
  }
  return { class: classes[best] ?? '', confidence: round(probabilities[best] ?? 0), probabilities: named };
}

/** Six digits: a 32-bit float carries no more, and the rest would only look like knowledge. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6;

/** Lets the model answer the one question whose answer is known. Throws when it cannot, or answers otherwise. */
export async function probe(model: Model): Promise<void> {
  const { features, probe: known } = model.metadata;
  const row = Float32Array.from(features, (feature) => known.instance[feature.name] ?? Number.NaN);
  const [answer] = await model.predict([row]);
  if (answer?.class !== known.class) {
    throw new Error(`model probe: wrong answer, got ${answer?.class ?? 'none'}, expected ${known.class}`);
  }
}
