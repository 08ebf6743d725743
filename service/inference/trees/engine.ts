/** The fast path for tree ensembles: taken only when it answers as the runtime does. */
import type { Row } from '../features';
import { readGraph } from '../graph';
import type { ModelMetadata } from '../metadata';
import type { Engine } from '../model';
import { type Ensemble, findEnsemble } from './ensemble';
import { plantForest } from './forest';

/** Rows on which both are compared: enough to meet most thresholds of a forest, few enough for a millisecond. */
const comparedRows = 256;

/** Half of the last digit that is answered: both then round to the same answer, or to neighbours. */
const agreement = 5e-7;

/** The engine, or why the runtime has to do the work. */
export async function createTreeEngine(
  bytes: Uint8Array,
  metadata: ModelMetadata,
  runtime: Engine,
): Promise<Engine | string> {
  const { input, output, features, classes, activation } = metadata;
  if (input === undefined || activation !== undefined) return 'its input or output is not that of trees';
  const ensemble = findEnsemble(readGraph(bytes), {
    input,
    output,
    features: features.length,
    classes: classes.length,
  });
  if (typeof ensemble === 'string') return ensemble;
  const forest = plantForest(ensemble);
  const rows = rowsOnThresholds(ensemble, metadata);
  const [own, reference] = [forest.run(rows), await runtime.run(rows)];
  for (const [index, value] of own.entries()) {
    // Written so that NaN differs from everything.
    if (!(Math.abs(value - (reference[index] ?? Number.NaN)) <= agreement))
      return 'its trees answer otherwise';
  }
  return { kind: 'trees', run: (each) => forest.run(each) };
}

/** Rows of values that decide: thresholds of the trees themselves, and missing values where there may be some. */
function rowsOnThresholds({ trees }: Ensemble, { features }: ModelMetadata): Row[] {
  const thresholds: number[][] = features.map(() => []);
  for (const { branch } of trees.flat()) {
    if (branch !== undefined) thresholds[branch.feature]?.push(branch.atMost);
  }
  return Array.from({ length: comparedRows }, (_, row) =>
    Float32Array.from(features, ({ nullable }, column) => {
      const own = thresholds[column] ?? [];
      // Primes of different size: each row meets another combination, and no two columns go in step.
      if (nullable === true && (row + column) % 7 === 0) return Number.NaN;
      return own[(row * 7919 + column * 104_729) % Math.max(1, own.length)] ?? 0;
    }),
  );
}
