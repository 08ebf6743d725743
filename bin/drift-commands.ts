/** The names and options of `vigia drift`; what it does is in the files beside this one. */
import type { Command } from 'commander';
import type { DriftOptions } from './drift';

function list(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** Adds `drift`. */
export function addDriftCommands(vigia: Command, setExitCode: (code: number) => void): void {
  vigia
    .command('drift')
    .description('compares two CSV files feature by feature: what moved, whether it matters, and what to do')
    .requiredOption('--reference <file>', 'CSV with a header: what the model was trained or validated on')
    .requiredOption('--current <file>', 'CSV with at least the same columns: what it gets now')
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
      const { drift }: typeof import('./drift') = require('./drift');
      setExitCode(await drift(options));
    });
}
