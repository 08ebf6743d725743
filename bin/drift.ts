/** `vigia drift`: two CSV files side by side; which features moved, whether that matters, and what to do about it. */
import { writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { seededRandom } from '../rehearsal/traffic';
import { compareSamples } from '../service/drift/compare-samples';
import { judgementJson } from '../service/drift/json';
import { type Report, toPage } from './drift/page';
import { prepareSamples } from './drift/samples';
import { readTable } from './drift/table';
import { toText } from './drift/text';
import { claimOutput } from './output-file';
import { standardTerminal } from './terminal';
import { UsageError } from './usage-error';

export interface DriftOptions {
  readonly reference: string;
  readonly current: string;
  readonly out: string;
  readonly json: boolean;
  readonly category: readonly string[];
  readonly ignore: readonly string[];
  /** Columns that say when a row is from. */
  readonly season: readonly string[];
}

/** The choice of rows from long files is the same in each run. */
const seed = 1;

/** Returns the exit code: 0 without drift, 1 with it. @throws UsageError for input that cannot be read */
export async function drift(options: DriftOptions): Promise<number> {
  const inputs = [options.reference, options.current];
  const page = claimOutput('--out', join(options.out, 'drift.html'), inputs);
  const document = claimOutput('--out', join(options.out, 'drift.json'), inputs);
  const random = seededRandom(seed);
  const reference = await readTable(options.reference, random);
  const current = await readTable(options.current, random);
  const strange = options.season.find((name) => !reference.columns.some((column) => column.name === name));
  if (strange !== undefined)
    throw new UsageError(
      `--season: no such column, got '${strange}', expected one of ${options.reference}; correct the name`,
    );
  const samples = prepareSamples(reference, current, options);
  const judgement = compareSamples({ ...samples, calendar: new Set(options.season) });
  const json = `${JSON.stringify(judgementJson(judgement), null, 2)}\n`;
  const report: Report = {
    judgement,
    reference: { name: basename(reference.file), rows: reference.rows, columns: samples.reference },
    current: { name: basename(current.file), rows: current.rows, columns: samples.current },
    remarks: samples.remarks,
  };
  writeFileSync(document, json);
  writeFileSync(page, toPage(report));
  if (options.json) process.stdout.write(json);
  else process.stdout.write(`${toText(judgement, samples.remarks, standardTerminal()).join('\n')}\n`);
  process.stderr.write(
    `\nreport ${relative(process.cwd(), page)}, ${relative(dirname(page), document)} beside it\n`,
  );
  return judgement.drift ? 1 : 0;
}
