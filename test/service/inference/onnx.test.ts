/** The shipped model against its training library, and model directories that are not in order. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ModelError } from '../../../service/inference/metadata';
import { type Model, predictionOf, probe } from '../../../service/inference/model';
import { loadOnnxModel } from '../../../service/inference/onnx';
import expected from './expected-predictions.json';

const shipped = join(__dirname, '../../../service/model');

const rowOf = (model: Model, instance: Readonly<Record<string, number>>): Float32Array =>
  Float32Array.from(model.metadata.features, ({ name }) => instance[name] ?? Number.NaN);

describe('the shipped model', () => {
  it('predicts what the training library predicted, one by one and as a batch', async () => {
    const model = await loadOnnxModel(shipped);
    const rows = expected.map(({ instance }) => rowOf(model, instance));
    const batch = await model.predict(rows);
    const single = (await Promise.all(rows.map((row) => model.predict([row])))).flat();
    assert.deepEqual(single, batch);
    assert.equal(batch.length, 10);
    for (const [index, wanted] of expected.entries()) {
      const got = batch[index] ?? assert.fail('a row without a prediction');
      assert.equal(got.class, wanted.class);
      for (const [name, probability] of Object.entries(wanted.probabilities)) {
        // 32-bit sums over 100 trees against 64-bit ones.
        assert.ok(Math.abs((got.probabilities[name] ?? 0) - probability) < 2e-6, `row ${index}, ${name}`);
      }
      assert.equal(got.confidence, Math.max(...Object.values(got.probabilities)));
    }
    assert.deepEqual(new Set(expected.map((row) => row.class)), new Set(model.metadata.classes));
  });

  it('has twenty features, is small, and is well above its own floor on its validation data', async () => {
    const { metadata } = await loadOnnxModel(shipped);
    assert.equal(metadata.features.length, 20);
    assert.ok((await readFile(join(shipped, 'model.onnx'))).length < 1_500_000);
    assert.ok(
      metadata.validation.meanConfidence > 0.7 &&
        metadata.validation.meanConfidence > metadata.lowConfidenceBelow,
    );
  });

  it('answers its own probe, and a model that answers otherwise is found out', async () => {
    const model = await loadOnnxModel(shipped);
    await probe(model);
    const { classes, probe: known } = model.metadata;
    const wrong = classes.map((name) => (name === known.class ? 0.1 : 0.9));
    await assert.rejects(
      probe({ metadata: model.metadata, predict: async () => [predictionOf(classes, wrong)] }),
      /^Error: model probe: wrong answer, got fraud, expected legitimate$/,
    );
  });
});

describe('a model directory that is not in order', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vigia-model-'));
    await symlink(join(shipped, 'model.onnx'), join(directory, 'model.onnx'));
  });
  after(() => rm(directory, { recursive: true }));

  const refusal = async (content: string): Promise<string> => {
    await writeFile(join(directory, 'model.json'), content);
    const error: unknown = await loadOnnxModel(directory).then(
      () => assert.fail('it was loaded'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ModelError, String(error));
    assert.doesNotMatch(error.message, /\n/);
    return error.message.replaceAll(directory, 'DIR');
  };
  const changed = async (change: (metadata: Record<string, unknown>) => void): Promise<string> => {
    const metadata = JSON.parse(await readFile(join(shipped, 'model.json'), 'utf8'));
    change(metadata);
    return refusal(JSON.stringify(metadata));
  };

  it('names the field of the metadata that is wrong', async () => {
    assert.match(
      await changed((m) => delete m.version),
      /^DIR\/model.json: does not describe a model, version: /,
    );
    assert.match(
      await changed((m) => {
        m.lowConfidenceBelow = 60;
      }),
      /lowConfidenceBelow: /,
    );
    assert.match(
      await changed((m) => {
        m.colour = 'red';
      }),
      /"colour"/,
    );
    assert.match(
      await changed((m) => {
        m.classes = ['fraud', 'fraud'];
      }),
      /classes: expected each class once/,
    );
    assert.match(
      await changed((m) => {
        (m.features as object[])[3] = { name: 'hour_of_day', type: 'number', min: 0, max: 1 };
      }),
      /features\.3\.name: expected each name once, got hour_of_day again/,
    );
    assert.match(
      await changed((m) => {
        (m.features as object[])[2] = { name: 'hour_of_day', type: 'text', min: 0, max: 1 };
      }),
      /features\.2\.type: /,
    );
    assert.match(
      await changed((m) => {
        (m.probe as { instance: Record<string, number> }).instance.hour_of_day = 99;
      }),
      /probe\.instance\.hour_of_day: expected an integer from 0 to 23/,
    );
  });

  it('refuses metadata that is no JSON, or not there', async () => {
    assert.match(await refusal('{'), /^DIR\/model.json: is not JSON/);
    await rm(join(directory, 'model.json'));
    await assert.rejects(loadOnnxModel(directory), /model\.json: cannot be read \(ENOENT/);
  });

  it('refuses a file that is not the described one, and names it does not have', async () => {
    assert.match(
      await changed((m) => {
        m.sha256 = '0'.repeat(64);
      }),
      /^DIR\/model.onnx: is not the file that model.json describes, got sha256 [0-9a-f]{64}, expected 0{64}; deploy both/,
    );
    assert.match(
      await changed((m) => {
        m.output = 'scores';
      }),
      /^DIR\/model.onnx: has no output of that name, got scores in model.json, expected one of label, probabilities/,
    );
  });

  it('refuses a file that is no ONNX model', async () => {
    const other = await mkdtemp(join(tmpdir(), 'vigia-model-'));
    try {
      await writeFile(join(other, 'model.onnx'), 'no model');
      const metadata = JSON.parse(await readFile(join(shipped, 'model.json'), 'utf8'));
      metadata.sha256 = createHash('sha256').update('no model').digest('hex');
      await writeFile(join(other, 'model.json'), JSON.stringify(metadata));
      await assert.rejects(
        loadOnnxModel(other),
        /model\.onnx: cannot be loaded \(.+\); train and deploy it again$/,
      );
    } finally {
      await rm(other, { recursive: true });
    }
  });

  it('does not need anything else beside the two files', async () => {
    await copyFile(join(shipped, 'model.json'), join(directory, 'model.json'));
    await probe(await loadOnnxModel(directory));
  });
});
