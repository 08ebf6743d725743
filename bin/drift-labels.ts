/** `vigia drift labels`: predictions and late labels from two CSV files, joined; how often the model was right, and how that fell. */
import { excerpt } from '../rehearsal/excerpt';
import { minimumLabels } from '../service/drift/accuracy';
import { type AccuracyDecay, accuracyByWindow } from '../service/drift/accuracy-by-window';
import { percent } from '../service/drift/words';
import { readModelFile } from './drift/model-file';
import { noHeader, problem, readRows } from './drift/table';

export interface DriftLabelsOptions {
  readonly predictions: string;
  readonly labels: string;
  readonly id: string;
  readonly predicted: string;
  readonly label: string;
  /** Labels in a window. */
  readonly window: number;
  readonly model?: string | undefined;
  readonly json: boolean;
}

/** Returns the exit code: 0 as expected, 1 when the last window fell. @throws UsageError for input that cannot be read */
export async function driftLabels(options: DriftLabelsOptions): Promise<number> {
  const validation =
    options.model === undefined ? undefined : readModelFile(options.model).model.validation.accuracy;
  const labels = new Map<string, string>();
  await readPairs(options.labels, options.id, options.label, (id, label, line) => {
    if (labels.has(id))
      throw problem(
        `${options.labels}:${line}, ${options.id}`,
        'a second label',
        `'${excerpt(id)}'`,
        'one label a prediction',
        'remove one',
      );
    labels.set(id, label);
  });
  const right: boolean[] = [];
  let predictions = 0;
  await readPairs(options.predictions, options.id, options.predicted, (id, predicted) => {
    predictions += 1;
    const label = labels.get(id);
    if (label !== undefined) right.push(label === predicted);
  });
  if (right.length === 0)
    throw problem(
      options.labels,
      'no label belongs to a prediction',
      `${labels.size} labels`,
      `ids of ${options.predictions}`,
      `compare the columns ${options.id}`,
    );
  const decay = accuracyByWindow(right, options.window, validation);
  const counts = { predictions, labels: labels.size, joined: right.length };
  if (options.json) process.stdout.write(`${JSON.stringify({ ...counts, ...jsonOf(decay) }, null, 2)}\n`);
  else process.stdout.write(`${textOf(decay, counts, validation !== undefined).join('\n')}\n`);
  return decay.fall === undefined ? 0 : 1;
}

function jsonOf({ expected, windows, fall }: AccuracyDecay) {
  return {
    fell: fall !== undefined,
    expected,
    windows: windows.map(({ fall: words, ...rest }) => ({ ...rest, fell: words !== undefined })),
  };
}

function textOf(
  { expected, windows, fall }: AccuracyDecay,
  { predictions, labels, joined }: { predictions: number; labels: number; joined: number },
  hasValidation: boolean,
): string[] {
  const title =
    fall !== undefined
      ? `FELL  ${fall.replace('at validation', hasValidation ? 'at validation' : 'in the first window')}`
      : (windows.at(-1)?.labels ?? 0) < minimumLabels
        ? `CANNOT TELL  ${joined} labels, at least ${minimumLabels} are needed in a window`
        : `AS EXPECTED  accuracy ${percent(windows.at(-1)?.accuracy ?? 0)}, ${percent(expected)} ${hasValidation ? 'at validation' : 'in the first window'}`;
  return [
    title,
    `  ${joined.toLocaleString('en-US')} of ${labels.toLocaleString('en-US')} labels belong to one of ${predictions.toLocaleString('en-US')} predictions`,
    '',
    ...windows.map(
      ({ labels: count, accuracy, fall: words }, index) =>
        `${words === undefined ? ' ' : '!'} window ${String(index + 1).padStart(3)}  ${String(count).padStart(6)} labels  ${(100 * accuracy).toFixed(1).padStart(5)} %`,
    ),
  ];
}

type TakePair = (id: string, value: string, line: number) => void;

/** Two columns of a file, row by row; nothing else of it is kept. */
async function readPairs(file: string, idColumn: string, valueColumn: string, take: TakePair): Promise<void> {
  let places: readonly [number, number] | undefined;
  let width = 0;
  await readRows(file, (cells, line) => {
    if (places === undefined) {
      width = cells.length;
      const place = (name: string): number => {
        const at = cells.indexOf(name);
        if (at < 0)
          throw problem(
            `${file}:${line}`,
            `no column ${excerpt(name)}`,
            excerpt(cells.join(', ')),
            `a column ${excerpt(name)}`,
            'name the columns with --id, --predicted and --label',
          );
        return at;
      };
      places = [place(idColumn), place(valueColumn)];
      return;
    }
    if (cells.length !== width)
      throw problem(
        `${file}:${line}`,
        'another number of cells than the header has',
        String(cells.length),
        String(width),
        'put a cell that holds a comma in quotes',
      );
    take(cells[places[0]] ?? '', cells[places[1]] ?? '', line);
  });
  if (places === undefined) throw noHeader(file);
}
