/**
 * Walks a tree ensemble in flat arrays. One step of a walk loads three numbers and does not branch on the comparison:
 * mispredicted branches, not arithmetic, are what a tree costs (docs/inference.md has the measurements).
 */
import type { Row } from '../features';
import type { Ensemble } from './ensemble';
import { abreast, type Flat, flatten } from './flat';

export interface Forest {
  /** Probabilities for each row, one row after the other. */
  run(rows: readonly Row[]): Float32Array;
}

/** Prepares the walk. The ensemble itself is not needed afterwards. */
export function plantForest(ensemble: Ensemble): Forest {
  const flat = flatten(ensemble);
  const { outputs, transform } = ensemble;
  const baseValues = Float32Array.from({ length: outputs }, (_, output) => ensemble.baseValues[output] ?? 0);
  const classes = transform === 'complement' || outputs === 1 ? 2 : outputs;
  const leaves = new Int32Array(flat.roots.length);
  const sums = new Float32Array(outputs);
  return {
    run(rows) {
      const answers = new Float32Array(rows.length * classes);
      for (let index = 0; index < rows.length; index += 1) {
        const row = rows[index];
        if (row === undefined) break;
        if (flat.isLopsided || hasMissing(row)) walkToLeaves(flat, row, leaves);
        else walkAbreast(flat, row, leaves);
        if (outputs === 1) sums[0] = sumOne(flat, leaves);
        else sumAll(flat, leaves, sums);
        // Each sum is rounded to 32 bits where the runtime rounds it: only then are the answers the same.
        for (let output = 0; output < outputs; output += 1) {
          sums[output] = (sums[output] ?? 0) + (baseValues[output] ?? 0);
        }
        transforms[transform](sums, answers, index * classes);
      }
      return answers;
    },
  };
}

/** A fixed number of steps for four trees at once: a leaf that is reached early waits in place. */
function walkAbreast({ feature, atMost, whenFalse, roots, steps }: Flat, row: Row, leaves: Int32Array): void {
  const whole = roots.length - (roots.length % abreast);
  for (let tree = 0; tree < whole; tree += abreast) {
    let a = roots[tree] as number;
    let b = roots[tree + 1] as number;
    let c = roots[tree + 2] as number;
    let d = roots[tree + 3] as number;
    for (let step = steps[tree] as number; step > 0; step -= 1) {
      a = (whenFalse[a] as number) - +((row[feature[a] as number] as number) <= (atMost[a] as number));
      b = (whenFalse[b] as number) - +((row[feature[b] as number] as number) <= (atMost[b] as number));
      c = (whenFalse[c] as number) - +((row[feature[c] as number] as number) <= (atMost[c] as number));
      d = (whenFalse[d] as number) - +((row[feature[d] as number] as number) <= (atMost[d] as number));
    }
    leaves[tree] = a;
    leaves[tree + 1] = b;
    leaves[tree + 2] = c;
    leaves[tree + 3] = d;
  }
  for (let tree = whole; tree < roots.length; tree += 1) {
    let a = roots[tree] as number;
    for (let step = steps[tree] as number; step > 0; step -= 1) {
      a = (whenFalse[a] as number) - +((row[feature[a] as number] as number) <= (atMost[a] as number));
    }
    leaves[tree] = a;
  }
}

/** Tree by tree, for rows with missing values (they meet no threshold, a leaf's neither) and for trees of uneven depth. */
function walkToLeaves(flat: Flat, row: Row, leaves: Int32Array): void {
  const { feature, atMost, whenFalse, missingIsTrue, isLeaf, roots } = flat;
  for (let tree = 0; tree < roots.length; tree += 1) {
    let node = roots[tree] as number;
    while (isLeaf[node] === 0) {
      const value = row[feature[node] as number] as number;
      const isTrue = value <= (atMost[node] as number) || (missingIsTrue[node] === 1 && Number.isNaN(value));
      node = (whenFalse[node] as number) - (isTrue ? 1 : 0);
    }
    leaves[tree] = node;
  }
}

function hasMissing(row: Row): boolean {
  for (let index = 0; index < row.length; index += 1) {
    if (Number.isNaN(row[index])) return true;
  }
  return false;
}

function sumOne({ firstWeight, weight }: Flat, leaves: Int32Array): number {
  let sum = 0;
  for (let tree = 0; tree < leaves.length; tree += 1) {
    sum = Math.fround(sum + (weight[firstWeight[leaves[tree] as number] as number] as number));
  }
  return sum;
}

function sumAll({ firstWeight, output, weight }: Flat, leaves: Int32Array, sums: Float32Array): void {
  sums.fill(0);
  for (let tree = 0; tree < leaves.length; tree += 1) {
    const leaf = leaves[tree] as number;
    const end = firstWeight[leaf + 1] as number;
    for (let entry = firstWeight[leaf] as number; entry < end; entry += 1) {
      const target = output[entry] as number;
      sums[target] = (sums[target] as number) + (weight[entry] as number);
    }
  }
}

const logistic = (value: number): number => 1 / (1 + Math.exp(-value));

type Transform = (sums: Float32Array, answers: Float32Array, from: number) => void;

const transforms: Readonly<Record<Ensemble['transform'], Transform>> = {
  none: (sums, answers, from) => answers.set(sums, from),
  complement(sums, answers, from) {
    answers[from] = 1 - (sums[0] ?? 0);
    answers[from + 1] = sums[0] ?? 0;
  },
  logistic(sums, answers, from) {
    if (sums.length > 1) {
      for (const [output, sum] of sums.entries()) answers[from + output] = logistic(sum);
      return;
    }
    answers[from] = logistic(-(sums[0] ?? 0));
    answers[from + 1] = logistic(sums[0] ?? 0);
  },
  softmax(sums, answers, from) {
    const highest = Math.max(...sums);
    let total = 0;
    for (const [output, sum] of sums.entries()) {
      answers[from + output] = Math.exp(sum - highest);
      total += answers[from + output] ?? 0;
    }
    for (const output of sums.keys()) answers[from + output] = (answers[from + output] ?? 0) / total;
  },
};
