/** The flat form of a tree ensemble: one number a node in each of a few arrays, in the order in which a walk meets them. */
import type { Ensemble, TreeNode } from './ensemble';

/** Trees walked side by side, so that the processor has four loads in flight instead of one. */
export const abreast = 4;

/**
 * A walk of a fixed number of steps goes as deep as the deepest leaf. It takes a third of the time for each step, so
 * it stops paying where leaves lie on average at less than a third of that depth.
 */
const stepsThatPay = 3;

export interface Flat {
  readonly feature: Int32Array;
  readonly atMost: Float32Array;
  /** The false child; the true one lies right before it. A leaf is its own true child, below a threshold that is always met. */
  readonly whenFalse: Int32Array;
  readonly missingIsTrue: Uint8Array;
  readonly isLeaf: Uint8Array;
  /** The weights of a node end where those of the next one begin. */
  readonly firstWeight: Int32Array;
  readonly output: Int32Array;
  readonly weight: Float32Array;
  readonly roots: Int32Array;
  /** For each tree, the steps that reach a leaf in it and in its neighbours of the same four. */
  readonly steps: Int32Array;
  readonly isLopsided: boolean;
}

/** Lays all trees out, one behind the other. The ensemble's trees are whole: each node but a root is a child once. */
export function flatten({ trees, outputs }: Ensemble): Flat {
  const nodes = trees.reduce((sum, tree) => sum + tree.length, 0);
  const flat = {
    feature: new Int32Array(nodes),
    atMost: new Float32Array(nodes).fill(Number.POSITIVE_INFINITY),
    whenFalse: Int32Array.from({ length: nodes }, (_, place) => place + 1),
    missingIsTrue: new Uint8Array(nodes),
    isLeaf: new Uint8Array(nodes),
    firstWeight: new Int32Array(nodes + 1),
    roots: new Int32Array(trees.length),
    steps: new Int32Array(trees.length),
  };
  const weights: TreeNode['weights'][] = [];
  const depths: { readonly deepest: number; readonly mean: number }[] = [];
  let next = 0;
  for (const [index, tree] of trees.entries()) {
    flat.roots[index] = next;
    depths.push(layOut(tree, next, flat, weights, outputs === 1));
    next += tree.length;
  }
  const whole = trees.length - (trees.length % abreast);
  for (const [index, { deepest }] of depths.entries()) {
    const group = index - (index % abreast);
    const neighbours = depths.slice(group, group + abreast);
    flat.steps[index] = index < whole ? Math.max(...neighbours.map((each) => each.deepest)) : deepest;
  }
  const usefulSteps = depths.reduce((sum, { mean }) => sum + mean, 0);
  const allSteps = flat.steps.reduce((sum, steps) => sum + steps, 0);
  let entries = 0;
  for (let place = 0; place < nodes; place += 1) {
    flat.firstWeight[place] = entries;
    entries += weights[place]?.length ?? 0;
  }
  flat.firstWeight[nodes] = entries;
  const inOrder = weights.flat();
  return {
    ...flat,
    output: Int32Array.from(inOrder, ({ output }) => output),
    weight: Float32Array.from(inOrder, ({ weight }) => weight),
    isLopsided: allSteps > stepsThatPay * usefulSteps,
  };
}

type Arrays = Pick<Flat, 'feature' | 'atMost' | 'whenFalse' | 'missingIsTrue' | 'isLeaf'>;

/** Breadth first, children in pairs: the first steps of all walks then share a few lines of cache. */
function layOut(
  tree: readonly TreeNode[],
  root: number,
  flat: Arrays,
  weights: TreeNode['weights'][],
  single: boolean,
): { readonly deepest: number; readonly mean: number } {
  let free = root + 1;
  let deepest = 0;
  let leaves = 0;
  let leafDepths = 0;
  let level = [{ node: tree[0], place: root }];
  for (let depth = 0; level.length > 0; depth += 1) {
    const below: typeof level = [];
    for (const { node, place } of level) {
      const branch = node?.branch;
      if (branch === undefined) {
        flat.isLeaf[place] = 1;
        // A single sum is read without looking how many weights there are: each leaf has one.
        const own = node?.weights ?? [];
        weights[place] = single && own.length === 0 ? [{ output: 0, weight: 0 }] : own;
        leaves += 1;
        leafDepths += depth;
        deepest = depth;
        continue;
      }
      flat.feature[place] = branch.feature;
      flat.atMost[place] = branch.atMost;
      flat.missingIsTrue[place] = branch.missingIsTrue ? 1 : 0;
      flat.whenFalse[place] = free + 1;
      below.push({ node: tree[branch.whenTrue], place: free });
      below.push({ node: tree[branch.whenFalse], place: free + 1 });
      free += 2;
    }
    level = below;
  }
  return { deepest, mean: leafDepths / Math.max(1, leaves) };
}
