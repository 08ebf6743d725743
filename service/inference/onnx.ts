/** Runs an ONNX model from a directory with `model.onnx` and `model.json`. The only importer of onnxruntime. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelError, type ModelMetadata, parseMetadata } from './metadata';
import { type Model, predictionOf } from './model';

/** Loads once and checks that file and description belong together. Throws a `ModelError`. */
export async function loadOnnxModel(directory: string): Promise<Model> {
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
  // Loaded late: a missing native library is then an error of this model, told in one line, not a failed import.
  const runtime = await import('onnxruntime-node').catch((error: unknown) => {
    throw new ModelError(
      `onnxruntime-node: cannot be loaded (${firstLine(error)}); install it for ${process.platform}-${process.arch}`,
    );
  });
  const session = await runtime.InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    // One row takes about 50 microseconds: handing it to other threads costs more than it saves.
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
  }).catch((error: unknown) => {
    throw new ModelError(`${modelPath}: cannot be loaded (${firstLine(error)}); train and deploy it again`);
  });
  checkNames(session, metadata, modelPath);
  return onnxModel(metadata, session, (data, dims) => new runtime.Tensor('float32', data, dims));
}

function onnxModel(
  metadata: ModelMetadata,
  session: InferenceSession,
  tensor: (data: Float32Array, dims: number[]) => Tensor,
): Model {
  const { features, classes, input, output } = metadata;
  return {
    metadata,
    async predict(rows) {
      const data = new Float32Array(rows.length * features.length);
      for (const [index, row] of rows.entries()) data.set(row, index * features.length);
      const results = await session.run({ [input]: tensor(data, [rows.length, features.length]) }, [output]);
      const values = results[output]?.data;
      if (!(values instanceof Float32Array) || values.length !== rows.length * classes.length) {
        throw new Error(
          `model ${metadata.name}: odd output ${output}, got ${values?.length ?? 'no'} values, expected ${rows.length * classes.length} 32-bit floats`,
        );
      }
      return rows.map((_, index) =>
        predictionOf(
          classes,
          Array.from(values.subarray(index * classes.length, (index + 1) * classes.length)),
        ),
      );
    },
  };
}

function checkNames(session: InferenceSession, { input, output }: ModelMetadata, path: string): void {
  for (const [role, name, known] of [
    ['input', input, session.inputNames],
    ['output', output, session.outputNames],
  ] as const) {
    if (!known.includes(name)) {
      throw new ModelError(
        `${path}: has no ${role} of that name, got ${name} in model.json, expected one of ${known.join(', ')}; correct model.json`,
      );
    }
  }
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new ModelError(
      `${path}: cannot be read (${firstLine(error)}); deploy the model or set its directory`,
    );
  });
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
