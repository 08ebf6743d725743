/**
 * What a prediction costs inside the model: the trees that the service walks itself beside the runtime, at every size of
 * batch, in one run. Run with `npm run bench:inference`, or name a directory with a model of your own after `--`.
 */
import { join } from 'node:path';
import { systemClock } from '../service/clock';
import type { Model, Row } from '../service/inference/model';
import { loadOnnxModel } from '../service/inference/onnx';
import { describeMachine, median } from './machine';

const clock = systemClock();

/** An odd number, so that one run is the middle. */
const runs = 5;
const sizes = [1, 4, 16, 64, 256];
/** Rows for each run: a tenth of a second of work for the slower of the two. */
const rowsEachRun = 4096;

/** Rows over the whole range of each feature, most of them near its lower end, as amounts and counts are. */
function makeRows({ metadata: { features } }: Model): Row[] {
  return Array.from({ length: rowsEachRun }, (_, row) =>
    Float32Array.from(features, (feature, column) => {
      const share = ((row * 7919 + column * 104_729) % 1009) / 1009;
      if (feature.type === 'category') return Math.floor(share * feature.categories.length);
      const value = feature.min + share ** 8 * (feature.max - feature.min);
      return feature.type === 'integer' ? Math.round(value) : value;
    }),
  );
}

async function microsecondsPerRow(model: Model, rows: readonly Row[], size: number): Promise<number> {
  const startedMs = clock.elapsedMs();
  for (let from = 0; from < rows.length; from += size) await model.predict(rows.slice(from, from + size));
  return ((clock.elapsedMs() - startedMs) * 1000) / rows.length;
}

async function run(): Promise<void> {
  const directory = process.argv[2] ?? join(__dirname, '..', 'service', 'model');
  const models = [await loadOnnxModel(directory), await loadOnnxModel(directory, 'runtime')];
  console.log(describeMachine());
  console.log(`microseconds a row      ${models.map(({ engine }) => engine?.padStart(10)).join('')}`);
  for (const size of sizes) {
    const times: number[][] = models.map(() => []);
    // One more than is counted: the first is for the compiler.
    for (let round = 0; round <= runs; round += 1) {
      for (const [index, model] of models.entries()) {
        const time = await microsecondsPerRow(model, makeRows(model), size);
        if (round > 0) times[index]?.push(time);
      }
    }
    console.log(
      `batches of ${String(size).padStart(3)}          ${times.map((each) => median(each).toFixed(2).padStart(10)).join('')}`,
    );
  }
}

void run();
