/** Loads a model from a directory with `model.onnx` and `model.json`. The only importer of onnxruntime. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { ModelError, type ModelMetadata, parseMetadata } from './metadata';
import { type Engine, type Model, predictionsOf, probeRow } from './model';
import { feedingOf, readingOf } from './tensors';
import { createTreeEngine } from './trees/engine';

/** `auto`: tree ensembles are walked by the service itself, everything else goes to the runtime. */
export type EngineChoice = 'auto' | 'runtime';

/** Loads once and checks that file and description belong together. Throws a `ModelError`. */
export async function loadOnnxModel(directory: string, choice: EngineChoice = 'auto'): Promise<Model> {
  const metadataPath = join(directory, 'model.json');
  const metadata = parseMetadata((await read(metadataPath)).toString('utf8'), metadataPath);
  const modelPath = join(directory, 'model.onnx');
  const bytes = await read(modelPath);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== metadata.sha256) {
    throw new ModelError(
      `${modelPath}: is not the file that model.json describes, got sha256 ${sha256}, expected ${metadata.sha256}; deploy both together`,
    );
  }
  const { engine, needs64Bits, release } = await createRuntimeEngine(bytes, metadata, modelPath);
  await expectProbabilities(engine, metadata, modelPath);
  // Trees are walked with 32-bit values; a graph with wider ones may mean their last digits.
  const mayWalk = choice === 'auto' && !needs64Bits;
  const trees = mayWalk ? await createTreeEngine(bytes, metadata, engine) : 'not asked for';
  if (typeof trees !== 'string') await release();
  return modelOf(metadata, typeof trees === 'string' ? engine : trees, needs64Bits);
}

/** The model that an engine makes of its metadata. */
export function modelOf(metadata: ModelMetadata, engine: Engine, needs64Bits = false): Model {
  return {
    metadata,
    engine: engine.kind,
    ...(needs64Bits ? { rowBits: 64 } : {}),
    async predict(rows) {
      return predictionsOf(metadata, rows.length, await engine.run(rows));
    },
  };
}

interface RuntimeEngine {
  readonly engine: Engine;
  readonly needs64Bits: boolean;
  readonly release: () => Promise<void>;
}

async function createRuntimeEngine(
  bytes: Buffer,
  metadata: ModelMetadata,
  path: string,
): Promise<RuntimeEngine> {
  // Loaded late: a missing native library is then an error of this model, told in one line, not a failed import.
  const runtime = await import('onnxruntime-node').catch((error: unknown) => {
    throw new ModelError(
      `onnxruntime-node: cannot be loaded (${firstLine(error)}); install it for ${process.platform}-${process.arch}`,
    );
  });
  const session: InferenceSession = await runtime.InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    // A row takes some ten microseconds: handing it to other threads costs more than it saves.
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
  }).catch((error: unknown) => {
    throw new ModelError(`${path}: cannot be loaded (${firstLine(error)}); train and deploy it again`);
  });
  const { output } = metadata;
  const reading = readingOf(session.outputMetadata, metadata, path);
  const { feed, needs64Bits } = feedingOf(
    session.inputMetadata,
    metadata,
    path,
    (type, data, dims) => new runtime.Tensor(type as 'float32', data as Float32Array, dims),
  );
  return {
    engine: {
      kind: 'runtime',
      async run(rows) {
        const results = await session.run(feed(rows), [output]);
        return reading(results[output], rows.length);
      },
    },
    needs64Bits,
    release: () => session.release(),
  };
}

/** How far 32-bit sums over hundreds of trees may miss 1. */
const roundingError = 1e-3;

/** Numbers that are no probabilities would be answered, counted and alarmed on as if they were. */
async function expectProbabilities(engine: Engine, metadata: ModelMetadata, path: string): Promise<void> {
  const answers = await Promise.resolve(engine.run([probeRow({ metadata })])).catch((error: unknown) => {
    throw new ModelError(
      `${path}: cannot answer its probe (${firstLine(error)}); correct model.json, or train and deploy it again`,
    );
  });
  const values = Array.from(answers);
  const sum = values.reduce((total, value) => total + value, 0);
  const isShare = values.every((value) => value >= -roundingError && value <= 1 + roundingError);
  if (isShare && values.length === metadata.classes.length && Math.abs(sum - 1) <= roundingError) return;
  throw new ModelError(
    `${path}: output ${metadata.output} holds no probability for each of ${metadata.classes.length} classes, got ${shown(values)}; name another output in model.json, or set its "activation" to "softmax" or "sigmoid"`,
  );
}

const shown = (values: readonly number[]): string =>
  `[${values
    .slice(0, 5)
    .map((value) => Number(value.toPrecision(4)))
    .join(', ')}${values.length > 5 ? ', …' : ''}]`;

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new ModelError(
      `${path}: cannot be read (${firstLine(error)}); deploy the model or set its directory`,
    );
  });
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
