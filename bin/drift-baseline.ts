/** `vigia drift baseline`: what a model was trained on, counted by bin, into its model.json. */
import { basename } from 'node:path';
import { excerpt } from '../rehearsal/excerpt';
import { seededRandom } from '../rehearsal/traffic';
import { baselineProblems } from '../service/drift/baseline';
import { baselineOf } from '../service/drift/baseline-from-columns';
import type { Column } from '../service/drift/columns';
import { readModelFile, writeBaseline } from './drift/model-file';
import { columnOf } from './drift/samples';
import { problem, readTable, type Table } from './drift/table';

export interface DriftBaselineOptions {
  readonly reference: string;
  readonly model: string;
  readonly season: readonly string[];
  /** Columns of the reference with the model's own answers. */
  readonly class?: string | undefined;
  readonly confidence?: string | undefined;
  readonly source?: string | undefined;
}

/** The choice of rows from long files is the same in each run. */
const seed = 1;

/** Returns the exit code, which is 0. @throws UsageError for input that cannot be read */
export async function driftBaseline(options: DriftBaselineOptions): Promise<number> {
  const file = readModelFile(options.model);
  const { model } = file;
  if ((options.class === undefined) !== (options.confidence === undefined))
    throw problem(
      '--class, --confidence',
      'one without the other',
      'one of them',
      'both columns or none',
      'give both',
    );
  const table = await readTable(options.reference, seededRandom(seed));
  const strange = options.season.find((name) => !model.features.some((feature) => feature.name === name));
  if (strange !== undefined)
    throw problem(
      '--season',
      'no feature of the model',
      `'${excerpt(strange)}'`,
      `one of ${file.path}`,
      'correct the name',
    );
  const columns = model.features.map(({ name, type, categories = [] }) =>
    type === 'category' ? wordsOf(table, name, categories) : valuesOf(table, name, 'number'),
  );
  const answers =
    options.class === undefined || options.confidence === undefined
      ? undefined
      : {
          classes: wordsOf(table, options.class, model.classes),
          confidence: valuesOf(table, options.confidence, 'number'),
        };
  const source = options.source ?? `${table.rows} rows of ${basename(options.reference)}`;
  const baseline = baselineOf({ source, columns, calendar: options.season, answers }, model);
  refuseProblems(options.reference, baselineProblems(baseline, model));
  writeBaseline(file, baseline);
  process.stdout.write(`${file.path}: baseline of ${source}, ${columns.length} features\n`);
  if (answers === undefined)
    process.stdout.write(
      'without the answers: give --class and --confidence when the file has them, then they are watched too\n',
    );
  if (baseline.calendar.length > 0)
    process.stdout.write(`not judged, for they say when a row is from: ${baseline.calendar.join(', ')}\n`);
  return 0;
}

function valuesOf(table: Table, name: string, kind: 'number' | 'category'): Column {
  const column = table.columns.find((each) => each.name === name);
  if (column === undefined)
    throw problem(
      `${table.file}:1, ${name}`,
      'the column is missing',
      excerpt(table.columns.map((each) => each.name).join(', ')),
      'a column for each feature of the model',
      'add it',
    );
  return columnOf(column, kind, table);
}

/** A column of words from a list. @throws UsageError at the first other word */
function wordsOf(table: Table, name: string, words: readonly string[]): Column {
  const column = valuesOf(table, name, 'category');
  if (column.kind !== 'category') return column;
  const row = column.values.findIndex((value) => value !== null && !words.includes(value));
  if (row >= 0)
    throw problem(
      `${table.file}:${table.lines[row]}, ${name}`,
      'a word that the model does not have',
      `'${excerpt(column.values[row] ?? '')}'`,
      `one of ${excerpt(words.join(', '))}`,
      'correct the cell or the model',
    );
  return column;
}

function refuseProblems(file: string, problems: ReturnType<typeof baselineProblems>): void {
  const [first] = problems;
  if (first !== undefined)
    throw problem(
      file,
      'gives no baseline',
      `${first.path.join('.')}: ${first.message}`,
      'rows for every feature',
      'add rows',
    );
}
