/** Recognises a graph that is one tree ensemble, and turns its lists of attributes into trees that can be walked. */
import type { GraphNode } from '../graph';

export interface TreeNode {
  /** Undefined for a leaf. */
  readonly branch?: {
    readonly feature: number;
    /** The true child is taken when the value is at most this. */
    readonly atMost: number;
    readonly whenTrue: number;
    readonly whenFalse: number;
    readonly missingIsTrue: boolean;
  };
  /** What a leaf adds, by output. */
  readonly weights: readonly { readonly output: number; readonly weight: number }[];
}

export interface Ensemble {
  readonly trees: readonly (readonly TreeNode[])[];
  /** How many sums there are: one for each class, or a single one where that tells both of two classes. */
  readonly outputs: number;
  readonly baseValues: readonly number[];
  readonly transform: 'none' | 'logistic' | 'softmax' | 'complement';
  readonly features: number;
}

export interface Wanted {
  readonly input: string;
  readonly output: string;
  readonly features: number;
  readonly classes: number;
}

/**
 * The ensemble that a graph is, or why it is not one that can be walked here; the runtime then does it.
 * Only what was compared with the runtime is taken, so that a surprise is slow and never wrong.
 */
export function findEnsemble(graph: readonly GraphNode[], wanted: Wanted): Ensemble | string {
  const output = renamed(graph, wanted.output);
  const node = graph.find(({ outputs }) => outputs.includes(output));
  if (node?.operator !== 'TreeEnsembleClassifier' || node.domain !== 'ai.onnx.ml') {
    return `its output is made by ${node?.operator ?? 'nothing'}, not by a TreeEnsembleClassifier`;
  }
  if (node.outputs[1] !== output) return 'its output is the label';
  if (node.inputs[0] !== wanted.input) return 'something stands between its input and its trees';
  const ints = (name: string): readonly number[] => node.attributes.get(name)?.ints ?? [];
  const floats = (name: string): readonly number[] => node.attributes.get(name)?.floats ?? [];
  const labels =
    ints('classlabels_int64s').length || (node.attributes.get('classlabels_strings')?.texts.length ?? 0);
  if (labels !== wanted.classes) return `it has ${labels} classes`;
  const sums = sumsOf(
    wanted.classes,
    ints('class_ids'),
    floats('class_weights'),
    floats('base_values'),
    node,
  );
  if (typeof sums === 'string') return sums;
  const trees = readTrees(node, sums.outputs === 1);
  if (typeof trees === 'string') return trees;
  const odd = trees
    .map((tree) => oddityOf(tree, wanted.features, sums.outputs))
    .find((each) => each !== undefined);
  if (odd !== undefined) return odd;
  return { trees, baseValues: floats('base_values'), features: wanted.features, ...sums };
}

/** Converters pass values on under other names. */
function renamed(graph: readonly GraphNode[], output: string): string {
  const node = graph.find(({ operator, outputs }) => operator === 'Identity' && outputs[0] === output);
  return node?.inputs[0] === undefined ? output : renamed(graph, node.inputs[0]);
}

/** How the leaves' weights become probabilities: the operator's rules, as the runtime applies them. */
function sumsOf(
  classes: number,
  ids: readonly number[],
  weights: readonly number[],
  baseValues: readonly number[],
  node: GraphNode,
): Pick<Ensemble, 'outputs' | 'transform'> | string {
  const transform = node.attributes.get('post_transform')?.text ?? 'NONE';
  const single = classes === 2 && new Set(ids).size === 1;
  if (baseValues.length > 0 && baseValues.length !== (single ? 1 : classes)) {
    return `it has ${baseValues.length} base values for ${classes} classes`;
  }
  if (single) {
    // One sum tells both: a share of votes where all weights are positive, else a logit.
    if (weights.every((weight) => weight >= 0)) return { outputs: 1, transform: 'complement' };
    if (transform === 'LOGISTIC') return { outputs: 1, transform: 'logistic' };
  } else if (classes > 2 || baseValues.length === 0) {
    if (transform === 'NONE') return { outputs: classes, transform: 'none' };
    if (transform === 'SOFTMAX') return { outputs: classes, transform: 'softmax' };
    if (transform === 'LOGISTIC') return { outputs: classes, transform: 'logistic' };
  }
  return `its transform is ${transform}`;
}

function readTrees(node: GraphNode, single: boolean): TreeNode[][] | string {
  const ints = (name: string): readonly number[] => node.attributes.get(name)?.ints ?? [];
  const floats = (name: string): readonly number[] => node.attributes.get(name)?.floats ?? [];
  const modes = node.attributes.get('nodes_modes')?.texts ?? [];
  const treeIds = ints('nodes_treeids');
  const nodeIds = ints('nodes_nodeids');
  const values = floats('nodes_values');
  if (values.length !== nodeIds.length) return 'its thresholds have 64 bits';
  const odd = modes.find((mode) => !['LEAF', 'BRANCH_LEQ', 'BRANCH_LT'].includes(mode));
  if (odd !== undefined) return `it has nodes of mode ${odd}`;

  // Nodes are named by tree and number; both count from zero, in practice without holes.
  const places = new Map<string, number>();
  const sizes = new Map<number, number>();
  const place = (tree: number, id: number): number => places.get(`${tree}/${id}`) ?? -1;
  for (const [index, tree] of treeIds.entries()) {
    const size = sizes.get(tree) ?? 0;
    places.set(`${tree}/${nodeIds[index]}`, size);
    sizes.set(tree, size + 1);
  }
  const leaves = weightsByLeaf(node, single);
  const missing = ints('nodes_missing_value_tracks_true');
  const trees = new Map<number, TreeNode[]>();
  for (const [index, tree] of treeIds.entries()) {
    const nodes = trees.get(tree) ?? [];
    trees.set(tree, nodes);
    const weights = leaves.get(`${tree}/${nodeIds[index]}`) ?? [];
    if (modes[index] === 'LEAF') {
      nodes.push({ weights });
      continue;
    }
    const whenTrue = place(tree, ints('nodes_truenodeids')[index] ?? -1);
    const whenFalse = place(tree, ints('nodes_falsenodeids')[index] ?? -1);
    if (whenTrue < 0 || whenFalse < 0) return 'a node has a child that is not there';
    const value = values[index] ?? 0;
    nodes.push({
      branch: {
        feature: ints('nodes_featureids')[index] ?? 0,
        atMost: modes[index] === 'BRANCH_LT' ? floatBelow(value) : value,
        whenTrue,
        whenFalse,
        missingIsTrue: missing[index] === 1,
      },
      weights: [],
    });
  }
  return [...trees.values()];
}

/** Why a tree cannot be walked safely, if so: what is checked here need not be checked in each step. */
function oddityOf(tree: readonly TreeNode[], features: number, outputs: number): string | undefined {
  const parents = new Uint8Array(tree.length);
  for (const { branch, weights } of tree) {
    if (outputs === 1 && weights.length > 1) return 'a leaf has several weights for one sum';
    if (weights.some(({ output }) => output < 0 || output >= outputs)) return 'a leaf has an unknown class';
    if (branch === undefined) continue;
    if (branch.feature < 0 || branch.feature >= features) return `it asks for feature ${branch.feature}`;
    for (const child of [branch.whenTrue, branch.whenFalse]) parents[child] = (parents[child] ?? 0) + 1;
  }
  // One parent for each node and none for the first: then no walk from there goes round.
  const isTree = parents.every((count, place) => count === (place === 0 ? 0 : 1));
  return isTree ? undefined : 'its nodes do not form trees';
}

function weightsByLeaf(node: GraphNode, single: boolean): Map<string, { output: number; weight: number }[]> {
  const ints = (name: string): readonly number[] => node.attributes.get(name)?.ints ?? [];
  const weights = node.attributes.get('class_weights')?.floats ?? [];
  const nodeIds = ints('class_nodeids');
  const outputs = ints('class_ids');
  const leaves = new Map<string, { output: number; weight: number }[]>();
  for (const [index, tree] of ints('class_treeids').entries()) {
    const key = `${tree}/${nodeIds[index]}`;
    const entry = { output: single ? 0 : (outputs[index] ?? 0), weight: weights[index] ?? 0 };
    const known = leaves.get(key);
    if (known === undefined) leaves.set(key, [entry]);
    else known.push(entry);
  }
  return leaves;
}

/** The largest 32-bit float below `value`: "less than" is "at most" of it, so that one comparison serves both. */
export function floatBelow(value: number): number {
  const float = new Float32Array([value]);
  const bits = new Int32Array(float.buffer);
  const first = bits[0] ?? 0;
  // Sign and magnitude: below zero the bits count upwards to go down.
  bits[0] = value === 0 ? smallestNegative : value > 0 ? first - 1 : first + 1;
  return float[0] ?? value;
}

/** The bits of the negative float that is nearest to zero. */
const smallestNegative = 0x80000001 | 0;
