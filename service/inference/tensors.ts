/** Between rows of numbers and the typed tensors of a graph: what it takes, what it gives, and what it cannot be asked. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Feature, Row } from './features';
import { ModelError, type ModelMetadata } from './metadata';

type Described = InferenceSession.ValueMetadata;
type Data = Float32Array | Float64Array | BigInt64Array | Int32Array | string[];
type TensorOf = (type: string, data: Data, dims: readonly number[]) => Tensor;

export interface Feeding {
  /** Numbers that a 32-bit float cannot hold reach this graph. */
  readonly needs64Bits: boolean;
  feed(rows: readonly Row[]): Record<string, Tensor>;
}

/** One input of the graph and the features that it holds, as columns. */
interface Column {
  readonly name: string;
  readonly type: string;
  readonly first: number;
  readonly width: number;
  readonly rank: number;
  readonly features: readonly Feature[];
}

const inputTypes = ['float32', 'float64', 'int64', 'int32', 'string'];

/** How rows are given to the graph: as one tensor, or as one for each feature. Throws a `ModelError` where neither fits. */
export function feedingOf(
  inputs: readonly Described[],
  { input, features }: ModelMetadata,
  path: string,
  tensorOf: TensorOf,
): Feeding {
  const columns = (input === undefined ? features.map(({ name }) => name) : [input]).map(
    (name, first): Column => {
      const own = input === undefined ? features.slice(first, first + 1) : features;
      return columnOf(
        inputs.find((each) => each.name === name),
        inputs,
        name,
        first,
        own,
        path,
      );
    },
  );
  const unfed = inputs.find(({ name }) => !columns.some((column) => column.name === name));
  if (unfed !== undefined) {
    throw new ModelError(
      `${path}: has an input that nothing is known of, got ${unfed.name}, expected ${columns.map(({ name }) => name).join(', ')} alone; describe it in model.json or leave it out of the graph`,
    );
  }
  return {
    needs64Bits: columns.some(({ type }) => type === 'float64' || type === 'int64' || type === 'int32'),
    feed(rows) {
      const feeds: Record<string, Tensor> = {};
      for (const column of columns) {
        const dims = column.rank === 1 ? [rows.length] : [rows.length, column.width];
        feeds[column.name] = tensorOf(column.type, fill(column, rows), dims);
      }
      return feeds;
    },
  };
}

function columnOf(
  found: Described | undefined,
  inputs: readonly Described[],
  name: string,
  first: number,
  features: readonly Feature[],
  path: string,
): Column {
  if (found === undefined) {
    throw new ModelError(
      `${path}: has no input of that name, got ${name} in model.json, expected one of ${inputs.map((each) => each.name).join(', ')}; correct model.json`,
    );
  }
  if (!found.isTensor || !inputTypes.includes(found.type)) {
    throw new ModelError(
      `${path}: input ${name} cannot be fed, got ${found.isTensor ? found.type : 'no tensor'}, expected ${inputTypes.join(', ')}; convert the model again`,
    );
  }
  const { type, shape } = found;
  const width = shape.at(-1);
  const isFixed = shape.length === 2 && typeof width === 'number' && width > 0;
  if (
    shape.length > 2 ||
    (isFixed && width !== features.length) ||
    (shape.length === 1 && features.length > 1)
  ) {
    throw new ModelError(
      `${path}: input ${name} has another shape, got [${shape.join(', ')}], expected [rows, ${features.length}]; list the features of the model, in its order`,
    );
  }
  const holds = holdsOf(type);
  const misfit = features.find((feature) => !holds.accepts(feature));
  if (misfit !== undefined) {
    throw new ModelError(
      `${path}: input ${name} cannot hold feature ${misfit.name}, got ${type}, expected ${holds.expected}; correct model.json`,
    );
  }
  return { name, type, first, width: features.length, rank: shape.length, features };
}

/** Which features fit into tensors of a type: what is found out here cannot fail in a prediction. */
function holdsOf(type: string): {
  readonly expected: string;
  readonly accepts: (feature: Feature) => boolean;
} {
  if (type === 'string') return { expected: 'a category', accepts: (feature) => feature.type === 'category' };
  if (!type.startsWith('int')) return { expected: 'any', accepts: () => true };
  const limit = type === 'int32' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  return {
    expected: `a category, or an integer from ${-limit} to ${limit}, never null, as integers have neither fractions nor missing values`,
    accepts: (feature) =>
      feature.nullable !== true &&
      (feature.type === 'category' ||
        (feature.type === 'integer' && feature.min >= -limit && feature.max <= limit)),
  };
}

/** What a missing word is written as: the empty text, as pandas' users fill it before they train. */
const missingWord = '';

function fill({ type, first, width, features }: Column, rows: readonly Row[]): Data {
  const size = rows.length * width;
  if (type === 'string') {
    return rows.flatMap((row) =>
      features.map((feature, index) => {
        const place = row[first + index] ?? Number.NaN;
        return feature.type === 'category' ? (feature.categories[place] ?? missingWord) : '';
      }),
    );
  }
  if (type === 'int64') {
    const data = new BigInt64Array(size);
    for (let index = 0; index < size; index += 1) {
      data[index] = BigInt(rows[Math.floor(index / width)]?.[first + (index % width)] ?? 0);
    }
    return data;
  }
  const data =
    type === 'float32'
      ? new Float32Array(size)
      : type === 'float64'
        ? new Float64Array(size)
        : new Int32Array(size);
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index];
    if (row === undefined) break;
    if (width === row.length) data.set(row, index * width);
    else data[index] = row[first] ?? 0;
  }
  return data;
}

export type Reading = (tensor: Tensor | undefined, rows: number) => ArrayLike<number>;

/** How probabilities are read from the graph's output. Throws a `ModelError` where it holds something else. */
export function readingOf(
  outputs: readonly Described[],
  { name, output, classes, activation }: ModelMetadata,
  path: string,
): Reading {
  const found = outputs.find((each) => each.name === output);
  if (found === undefined) {
    throw new ModelError(
      `${path}: has no output of that name, got ${output} in model.json, expected one of ${outputs.map((each) => each.name).join(', ')}; correct model.json`,
    );
  }
  if (!found.isTensor) {
    throw new ModelError(
      `${path}: output ${output} is no tensor, got a list of maps, expected floats; convert the model again without ZipMap (skl2onnx: options={"zipmap": False})`,
    );
  }
  if (found.type !== 'float32' && found.type !== 'float64') {
    throw new ModelError(
      `${path}: output ${output} holds no probabilities, got ${found.type}, expected float32 or float64; name another output in model.json`,
    );
  }
  return (tensor, rows) => {
    const data = tensor?.data;
    if (!(data instanceof Float32Array || data instanceof Float64Array)) {
      throw new Error(
        `model ${name}: odd output ${output}, got ${tensor?.type ?? 'nothing'}, expected floats`,
      );
    }
    const values = data.length === rows && classes.length === 2 ? bothOf(data, activation) : data;
    return activation === 'softmax' ? softmax(values, classes.length) : values;
  };
}

/** A single number tells both of two classes: it is the probability of the second, or its logit. */
function bothOf(seconds: ArrayLike<number>, activation: ModelMetadata['activation']): Float64Array {
  const both = new Float64Array(seconds.length * 2);
  for (let index = 0; index < seconds.length; index += 1) {
    const value = seconds[index] ?? Number.NaN;
    const second = activation === 'sigmoid' ? 1 / (1 + Math.exp(-value)) : value;
    both[index * 2] = 1 - second;
    both[index * 2 + 1] = second;
  }
  return both;
}

function softmax(logits: ArrayLike<number>, classes: number): Float64Array {
  const shares = new Float64Array(logits.length);
  for (let from = 0; from < logits.length; from += classes) {
    const own = Array.from({ length: classes }, (_, index) => logits[from + index] ?? Number.NaN);
    const highest = Math.max(...own);
    const powers = own.map((logit) => Math.exp(logit - highest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    shares.set(
      powers.map((power) => power / total),
      from,
    );
  }
  return shares;
}
