/** The names and options of `vigia drift ...`; what the commands do is in the files beside this one. */
import { type Command, InvalidArgumentError } from 'commander';
import type { DriftOptions } from './drift';
import type { DriftBaselineOptions } from './drift-baseline';
import type { DriftLabelsOptions } from './drift-labels';
import { UsageError } from './usage-error';

function list(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function labelsInWindow(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError(`not usable, got '${text}', expected a whole number of labels from 1 on.`);
}

/** Options that the subcommands do not have cannot be commander's required ones: it asks a command's parents too. */
function required(options: Partial<DriftOptions>, name: 'reference' | 'current'): string {
  const value = options[name];
  if (value !== undefined) return value;
  throw new UsageError(
    `--${name}: is missing, got nothing, expected a CSV file; give both --reference and --current`,
  );
}

/** Adds `drift`, `drift baseline` and `drift labels`. */
export function addDriftCommands(vigia: Command, setExitCode: (code: number) => void): void {
  const drift = vigia
    .command('drift')
    .enablePositionalOptions()
    .description('compares two CSV files feature by feature: what moved, whether it matters, and what to do')
    .option('--reference <file>', 'CSV with a header: what the model was trained or validated on')
    .option('--current <file>', 'CSV with at least the same columns: what it gets now')
    .option('--out <directory>', 'where drift.html and drift.json are written', 'out/drift')
    .option('--json', 'one JSON document on standard output', false)
    .option(
      '--category <column>',
      'a column of codes that look like numbers; several times for several',
      list,
      [],
    )
    .option('--ignore <column>', 'a column that is no feature; several times for several', list, [])
    .option(
      '--season <column>',
      'a column that says when a row is from, besides those named like hour_of_day; several times for several',
      list,
      [],
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 no drift, 1 drift, 2 input that cannot be read.\n\nExample:\n  npx vigia drift --reference train.csv --current march.csv --json',
    )
    .action(async (options: DriftOptions) => {
      const reference = required(options, 'reference');
      const current = required(options, 'current');
      const { drift: compare }: typeof import('./drift') = require('./drift');
      setExitCode(await compare({ ...options, reference, current }));
    });

  drift
    .command('baseline')
    .description(
      "counts what a model was trained on into its model.json: what the service's drift is judged against",
    )
    .requiredOption('--reference <file>', 'CSV with a column for each feature of the model')
    .requiredOption('--model <directory>', 'directory with model.json')
    .option('--class <column>', 'the class that the model answered, about rows it was not trained on')
    .option('--confidence <column>', 'the probability of that class')
    .option(
      '--season <column>',
      'a feature that says when a row is from; several times for several',
      list,
      [],
    )
    .option('--source <text>', 'where the rows are from, for people')
    .addHelpText('after', '\nExample:\n  npx vigia drift baseline --reference train.csv --model models/churn')
    .action(async (options: DriftBaselineOptions) => {
      const { driftBaseline }: typeof import('./drift-baseline') = require('./drift-baseline');
      setExitCode(await driftBaseline(options));
    });

  drift
    .command('labels')
    .description('joins predictions with late labels: how often the model was right, window by window')
    .requiredOption('--predictions <file>', 'CSV, in the order in which they were made')
    .requiredOption('--labels <file>', 'CSV, in any order')
    .option('--id <column>', 'column of both files that names a prediction', 'requestId')
    .option('--predicted <column>', 'column of the predictions', 'class')
    .option('--label <column>', 'column of the labels', 'label')
    .option('--window <labels>', 'labels in a window', labelsInWindow, 1000)
    .option('--model <directory>', "compares with this model's validation; with the first window when absent")
    .option('--json', 'one JSON document on standard output', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 as expected, 1 accuracy fell, 2 input that cannot be read.\n\nExample:\n  npx vigia drift labels --predictions march.csv --labels chargebacks.csv --id payment --model models/churn',
    )
    .action(async (options: DriftLabelsOptions) => {
      const { driftLabels }: typeof import('./drift-labels') = require('./drift-labels');
      setExitCode(await driftLabels(options));
    });
}
