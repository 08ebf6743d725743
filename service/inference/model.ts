/** What the service needs of a model, whatever runs it. */
import { encode, type Row } from './features';
import type { ModelMetadata } from './metadata';

export type { Row };

export interface Prediction {
  readonly class: string;
  /** Probability of the predicted class, 0 to 1. */
  readonly confidence: number;
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface Model {
  readonly metadata: ModelMetadata;
  /** What answers, for the log. */
  readonly engine?: Engine['kind'];
  /** Width of the numbers in a row: 64 where the graph takes 64-bit floats or integers, else 32. */
  readonly rowBits?: 64;
  /** One prediction for each row; a row holds one value for each feature, in the metadata's order. */
  predict(rows: readonly Row[]): Promise<readonly Prediction[]>;
}

/** What computes: probabilities for each class, one row after the other. At once where it can, later where it must wait. */
export interface Engine {
  /** For the log: whether a fast path or the runtime answers. */
  readonly kind: 'trees' | 'runtime';
  run(rows: readonly Row[]): ArrayLike<number> | Promise<ArrayLike<number>>;
}

/** The prediction that a row of class probabilities means; the first of equals wins, as in the training library. */
export function predictionOf(
  classes: readonly string[],
  probabilities: ArrayLike<number>,
  from = 0,
): Prediction {
  const named: Record<string, number> = {};
  let best = 0;
  for (let index = 0; index < classes.length; index += 1) {
    const probability = probabilities[from + index] ?? 0;
    named[classes[index] ?? ''] = round(probability);
    if (probability > (probabilities[from + best] ?? 0)) best = index;
  }
  return {
    class: classes[best] ?? '',
    confidence: round(probabilities[from + best] ?? 0),
    probabilities: named,
  };
}

/** Six digits: a 32-bit float carries no more, and the rest would only look like knowledge. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6;

/** The predictions that an engine's numbers mean. Throws when they cannot be what the metadata promises. */
export function predictionsOf(
  { name, classes, output }: ModelMetadata,
  rows: number,
  probabilities: ArrayLike<number>,
): Prediction[] {
  const wanted = rows * classes.length;
  if (probabilities.length !== wanted) {
    throw new Error(
      `model ${name}: odd output ${output}, got ${probabilities.length} values, expected ${wanted}`,
    );
  }
  const predictions: Prediction[] = [];
  for (let from = 0; from < wanted; from += classes.length) {
    predictions.push(predictionOf(classes, probabilities, from));
  }
  return predictions;
}

/** An empty row of the width that the model takes. */
export const blankRow = ({ metadata: { features }, rowBits }: Pick<Model, 'metadata' | 'rowBits'>): Row =>
  rowBits === 64 ? new Float64Array(features.length) : new Float32Array(features.length);

/** The row of an instance that is known to be right: the metadata's own probe. */
export function probeRow(model: Pick<Model, 'metadata' | 'rowBits'>): Row {
  const { features, probe: known } = model.metadata;
  const row = blankRow(model);
  for (const [index, feature] of features.entries()) {
    row[index] = encode(known.instance[feature.name], feature) ?? Number.NaN;
  }
  return row;
}

/** Lets the model answer the one question whose answer is known. Throws when it cannot, or answers otherwise. */
export async function probe(model: Model): Promise<void> {
  const { probe: known } = model.metadata;
  const [answer] = await model.predict([probeRow(model)]);
  if (answer?.class !== known.class) {
    throw new Error(`model probe: wrong answer, got ${answer?.class ?? 'none'}, expected ${known.class}`);
  }
}
