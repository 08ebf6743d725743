/** Models as the usual libraries and converters write them: the training library, the runtime and the trees must agree. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseInstances } from '../../../service/http/instances';
import { readGraph } from '../../../service/inference/graph';
import { ModelError, type ModelMetadata } from '../../../service/inference/metadata';
import { type Model, probe, type Row } from '../../../service/inference/model';
import { loadOnnxModel } from '../../../service/inference/onnx';
import { floatBelow } from '../../../service/inference/trees/ensemble';
import '../../seed';

const directory = join(__dirname, 'models');
const shipped = join(__dirname, '../../../service/model');

interface Expected {
  readonly instance: Readonly<Record<string, unknown>>;
  readonly probabilities: readonly number[];
}

/** Which of them the service walks by itself; all others need the runtime. */
const trees = [
  'extra-trees',
  'forest-three-classes',
  'forest-two-classes',
  'gradient-boosting',
  'lightgbm-three-classes',
  'lightgbm-two-classes',
  'single-tree',
  'xgboost-three-classes',
  'xgboost-two-classes',
];
const others = ['close-doubles', 'columns', 'doubles', 'integers', 'logits', 'sigmoid', 'single-logit'];

const expectations = (name: string): Expected[] =>
  JSON.parse(readFileSync(join(directory, name, 'expected.json'), 'utf8')) as Expected[];

function rowsOf(model: Model, instances: readonly object[]): readonly Row[] {
  const { rows, errors } = parseInstances({ instances }, model);
  return rows ?? assert.fail(JSON.stringify(errors));
}

describe('a model of another library', () => {
  it('is each one in the folder', () => {
    const found = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(found.map(({ name }) => name).sort(), [...trees, ...others, 'maps'].sort());
  });

  for (const name of [...trees, ...others]) {
    it(`${name}: predicts what it did where it was trained, and answers its probe`, async () => {
      const model = await loadOnnxModel(join(directory, name));
      assert.equal(model.engine, trees.includes(name) ? 'trees' : 'runtime');
      await probe(model);
      const expected = expectations(name);
      const predictions = await model.predict(
        rowsOf(
          model,
          expected.map(({ instance }) => instance),
        ),
      );
      for (const [index, { probabilities }] of expected.entries()) {
        for (const [place, className] of model.metadata.classes.entries()) {
          const got = predictions[index]?.probabilities[className] ?? Number.NaN;
          assert.ok(Math.abs(got - (probabilities[place] ?? 0)) < 1e-5, `row ${index}, ${className}: ${got}`);
        }
      }
    });
  }

  it('that gives maps instead of numbers is refused with the way out', async () => {
    await assert.rejects(loadOnnxModel(join(directory, 'maps')), (error: unknown) => {
      assert.ok(error instanceof ModelError);
      assert.match(
        error.message,
        /output output_probability is no tensor, got a list of maps, .*without ZipMap/,
      );
      return true;
    });
  });

  for (const [what, change] of [
    ['may be a fraction', { type: 'number' }],
    ['may be larger than a number can count', { max: 2 ** 60 }],
  ] as const) {
    it(`that takes whole numbers is refused a feature that ${what}`, async (test) => {
      const copy = mkdtempSync(join(tmpdir(), 'vigia-model-'));
      test.after(() => rmSync(copy, { recursive: true }));
      cpSync(join(directory, 'integers'), copy, { recursive: true });
      const path = join(copy, 'model.json');
      const metadata = JSON.parse(readFileSync(path, 'utf8'));
      Object.assign(metadata.features[1], change);
      writeFileSync(path, JSON.stringify(metadata));
      await assert.rejects(loadOnnxModel(copy), (error: unknown) => {
        assert.ok(error instanceof ModelError, String(error));
        assert.match(
          error.message,
          /cannot hold feature b, got int64, expected a category, or an integer from/,
        );
        return true;
      });
    });
  }
});

/** Values that decide: thresholds of the model's own trees, their neighbours, zeros, infinities, missing ones. */
function valuesOf(path: string, { features }: ModelMetadata): fc.Arbitrary<number> {
  const thresholds = readGraph(readFileSync(path)).flatMap(
    ({ attributes }) => attributes.get('nodes_values')?.floats ?? [],
  );
  const near = fc
    .tuple(fc.constantFrom(...thresholds), fc.integer({ min: -1, max: 1 }))
    .map(([value, step]) => (step < 0 ? floatBelow(value) : step > 0 ? -floatBelow(-value) : value));
  const missing = features.some(({ nullable }) => nullable === true);
  return fc.oneof(
    { weight: 6, arbitrary: near },
    { weight: 3, arbitrary: fc.float({ min: -100, max: 100, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(0, -0, 3.4e38, -3.4e38, 1e-45, Infinity, -Infinity) },
    ...(missing ? [{ weight: 2, arbitrary: fc.constant(Number.NaN) }] : []),
  );
}

describe('trees that the service walks', () => {
  for (const path of [...trees.map((name) => join(directory, name)), shipped]) {
    it(`${path.split('/').at(-1)}: answer as the runtime does, on thresholds, beside them and with missing values`, async () => {
      const own = await loadOnnxModel(path);
      const runtime = await loadOnnxModel(path, 'runtime');
      assert.deepEqual([own.engine, runtime.engine], ['trees', 'runtime']);
      const value = valuesOf(join(path, 'model.onnx'), own.metadata);
      const row = fc
        .array(value, { minLength: own.metadata.features.length, maxLength: own.metadata.features.length })
        .map((values) => Float32Array.from(values));
      await fc.assert(
        fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async (rows) => {
          const [walked, run] = await Promise.all([own.predict(rows), runtime.predict(rows)]);
          for (const [index, { probabilities }] of run.entries()) {
            for (const [name, probability] of Object.entries(probabilities)) {
              const got = walked[index]?.probabilities[name] ?? Number.NaN;
              // Both round to six digits; the exponential functions of two languages may differ in the last bit.
              assert.ok(Math.abs(got - probability) < 2e-6, `${rows[index]}: ${got} and ${probability}`);
            }
          }
        }),
        { numRuns: 100 },
      );
    });
  }

  it('count as equal what is equal: sums without exponentials are the same to the last bit', async () => {
    const [own, runtime] = [await loadOnnxModel(shipped), await loadOnnxModel(shipped, 'runtime')];
    const value = valuesOf(join(shipped, 'model.onnx'), own.metadata);
    const rows = fc
      .sample(fc.array(value, { minLength: 20, maxLength: 20 }), 3000)
      .map((values) => Float32Array.from(values));
    assert.deepEqual(await own.predict(rows), await runtime.predict(rows));
  });

  it('take the next smaller float for "less than"', () => {
    for (const value of [1, -1, 0, 0.1, 1e-45, -1e-45, 3.4e38].map(Math.fround)) {
      const below = floatBelow(value);
      assert.ok(below < value);
      assert.ok(
        [below, value].includes(Math.fround(below / 2 + value / 2)),
        `nothing lies between, ${value}`,
      );
    }
  });
});
