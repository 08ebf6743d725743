/**
 * Looks at a model as the service would: loads it, asks it the question whose answer is known, and tells on standard
 * output, as JSON, what it found. A model that cannot be used ends it with 2 and one line.
 */
import { type Clock, systemClock } from './clock';
import { wanted } from './inference/features';
import { ModelError } from './inference/metadata';
import { type Model, probe, probeRow } from './inference/model';
import { loadOnnxModel } from './inference/onnx';

/** Enough to leave the first slow calls behind, few enough to be over at once. */
const rounds = 200;

async function main(): Promise<void> {
  const clock = systemClock();
  const startedAt = clock.elapsedMs();
  const model = await loadOnnxModel(process.argv[2] ?? '');
  const loadMs = clock.elapsedMs() - startedAt;
  await probe(model).catch((error: unknown) => {
    throw new ModelError((error as Error).message);
  });
  const { name, version, task, features, classes, lowConfidenceBelow } = model.metadata;
  const [answer] = await model.predict([probeRow(model)]);
  const report = {
    name,
    version,
    task,
    engine: model.engine,
    features: features.map((feature) => ({ name: feature.name, accepts: wanted(feature) })),
    classes,
    lowConfidenceBelow,
    probe: answer,
    loadMs,
    predictionMs: await medianMs(model, clock),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

async function medianMs(model: Model, clock: Clock): Promise<number> {
  const row = probeRow(model);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = clock.elapsedMs();
    await model.predict([row]);
    times.push(clock.elapsedMs() - from);
  }
  return times.toSorted((a, b) => a - b)[rounds / 2] ?? 0;
}

main().catch((error: unknown) => {
  if (!(error instanceof ModelError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
