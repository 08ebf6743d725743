/** What drift detection costs a prediction: nanoseconds for a row of twenty features, beside an empty loop over the same rows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../rehearsal/traffic';
import { systemClock } from '../service/clock';
import { answerSubjects, baselineSchema, featureSubjects } from '../service/drift/baseline';
import { Sketch } from '../service/drift/sketch';
import { createDriftWatch } from '../service/drift/watch';

const rounds = 5;
const predictions = 2_000_000;
/** More rows than a processor's caches foresee. */
const distinctRows = 4096;

const random = seededRandom(1);
const model = JSON.parse(readFileSync(join(__dirname, '../service/model/model.json'), 'utf8'));
const baseline = baselineSchema.parse(model.baseline);
const features = featureSubjects(baseline, model);
const subjects = [...features, ...answerSubjects(baseline, model)];
const sketch = new Sketch(subjects, features.length);

/** Values as the baseline has them, so that every bin is visited and no branch can be foreseen. */
const rows = Array.from({ length: distinctRows }, () =>
  Float32Array.from(features, ({ bins }) => {
    if (bins.kind !== 'number') return Math.floor(random() * bins.categories.length);
    const edge = bins.edges[Math.floor(random() * bins.edges.length)] ?? 0;
    return edge * (0.9 + 0.2 * random());
  }),
);

function nanoseconds(work: (row: Float32Array, index: number) => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < predictions; index++) {
      const row = rows[index % distinctRows];
      if (row !== undefined) work(row, index);
    }
    best = Math.min(best, Number(process.hrtime.bigint() - start) / predictions);
  }
  return best;
}

let sum = 0;
const empty = nanoseconds((row) => {
  sum += row[0] ?? 0;
});
const before = process.memoryUsage().heapUsed;
const counted = nanoseconds((row, index) => {
  sketch.addRow(row);
  sketch.add(features.length, index & 1);
  sketch.add(features.length + 1, 0.5 + (index & 511) / 1024);
});
const grown = process.memoryUsage().heapUsed - before;
const watch = createDriftWatch({
  clock: systemClock(),
  plan: { windowMs: 3_600_000, windows: 24 },
  identity: { Service: 'bench', Stage: 'bench' },
  write: () => {},
  stateDirectory: undefined,
  complain: (message) => process.stderr.write(`${message}\n`),
});
watch.start({ ...model, baseline });
/** Of the length that request ids have. */
const ids = Array.from(
  { length: distinctRows },
  (_, index) => `1-68e5a1b2-${String(index).padStart(24, '0')}`,
);
const whole = nanoseconds((row, index) =>
  watch.predicted(
    ids[index % distinctRows] ?? '',
    [row],
    [{ class: 'fraud', confidence: 0.5 + (index & 511) / 1024 }],
    false,
  ),
);
void watch.stop();
const per = (counted - empty) / subjects.length;
process.stdout.write(
  `${subjects.length} values a prediction (${features.length} features, class, confidence): ${(counted - empty).toFixed(0)} ns, ${per.toFixed(1)} ns each\n` +
    `with the class remembered until its label comes: ${(whole - empty).toFixed(0)} ns\n` +
    `heap grown by ${(grown / 1024).toFixed(0)} kB in ${(rounds * predictions).toLocaleString('en-US')} predictions; counters take ${(sketch.size * 4).toLocaleString('en-US')} bytes a window\n` +
    `(checksum ${Number.isFinite(sum)})\n`,
);
