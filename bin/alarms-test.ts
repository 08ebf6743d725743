/** `vigia alarms test`: tests of alarms in, report out, verdict as the exit code. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type AlarmBook, readAlarmBook } from '../rehearsal/alarms/scenario/alarm-book';
import { measureCoverage, mergeCoverage } from '../rehearsal/alarms/scenario/coverage';
import {
  besideTestFile,
  filesOf,
  findTestFiles,
  openSeriesOf,
  openTestFile,
} from '../rehearsal/alarms/scenario/open-tests';
import type { ReadTestFile } from '../rehearsal/alarms/scenario/read';
import { resultsToJson } from '../rehearsal/alarms/scenario/report-json';
import { resultsToJunit } from '../rehearsal/alarms/scenario/report-junit';
import { describeResults } from '../rehearsal/alarms/scenario/report-text';
import { type FileResult, runFile } from '../rehearsal/alarms/scenario/run';
import type { AlarmTemplate } from '../rehearsal/alarms/template/read-alarm-templates';
import { skipAlarms } from '../rehearsal/alarms/template/skip-alarms';
import { systemClock } from '../rehearsal/clock';
import { projectRoot } from './load-config';
import { claimOutput } from './output-file';
import { readTemplates, type TemplateInputOptions, withOwnStacks } from './template-input';
import { standardTerminal } from './terminal';
import { watchFiles } from './watch-files';

export interface AlarmsTestOptions extends TemplateInputOptions {
  readonly coverage: boolean;
  readonly json: boolean;
  readonly junit?: string | undefined;
  readonly watch: boolean;
}

/** Tests of the alarms that this project deploys. */
export const alarmTestsDirectory = join(projectRoot, 'scenarios', 'alarms');

/** Returns the exit code: 0 all as expected, 1 not, or coverage lacking. Mistakes of the person are thrown. */
export async function alarmsTest(
  files: readonly string[],
  options: AlarmsTestOptions,
  write: (text: string) => void = (text) => process.stdout.write(text),
): Promise<number> {
  const clock = systemClock();
  const startedAt = clock.now();
  const paths = findTestFiles(files.length > 0 ? files : [relative(process.cwd(), alarmTestsDirectory)]);
  if (options.watch) return watch(paths, options);
  const junit =
    options.junit === undefined
      ? undefined
      : claimOutput('--junit', options.junit, [...paths, ...options.template]);
  const testFiles = paths.map(openTestFile);
  const books = createBooks(options);
  const results: FileResult[] = [];
  const byBook = new Map<AlarmBook, FileResult[]>();
  for (const file of testFiles) {
    const book = await books.of(file);
    const readers = { file: await openSeriesOf(file) };
    const now = (): number => clock.now();
    const result = runFile(file, { book, readers, keepEvaluations: options.coverage, now });
    results.push(result);
    byBook.set(book, [...(byBook.get(book) ?? []), result]);
  }
  const coverage = options.coverage
    ? mergeCoverage([...byBook].map(([book, own]) => measureCoverage(book, own)))
    : undefined;
  const outcome = { elapsedMs: clock.now() - startedAt, coverage };
  if (junit !== undefined) writeFileSync(junit, resultsToJunit(results, coverage));
  const text = options.json
    ? JSON.stringify(resultsToJson(results, outcome), null, 2)
    : describeResults(results, { ...standardTerminal(), ...outcome }).join('\n');
  write(`${text}\n`);
  const hasFailed = results.some(({ tests }) => tests.some(({ failures }) => failures.length > 0));
  return hasFailed || coverage?.isComplete === false ? 1 : 0;
}

interface Books {
  /** The alarms that the file's tests are about; each template is read once. */
  of(file: ReadTestFile): Promise<AlarmBook>;
}

function createBooks(options: AlarmsTestOptions): Books {
  const books = new Map<string, Promise<AlarmBook>>();
  const remember = (key: string, make: () => Promise<AlarmBook>): Promise<AlarmBook> => {
    const known = books.get(key) ?? make();
    books.set(key, known);
    return known;
  };
  return {
    of: (file) => {
      if (options.template.length > 0) return remember('', async () => bookOf(options.template, options));
      if (file.template === undefined)
        return remember('', () => withOwnStacks(options, (directory) => bookOf([directory], options)));
      const path = relative(process.cwd(), besideTestFile(file, file.template));
      return remember(path, async () => bookOf([path], options));
    },
  };
}

/** Templates that a person names win over what the test file names. */
function bookOf(paths: readonly string[], options: AlarmsTestOptions): AlarmBook {
  return toBook(skipAlarms(readTemplates(paths, options), options.skip));
}

function toBook({ resources, place, refused, notes }: AlarmTemplate): AlarmBook {
  for (const note of notes) process.stderr.write(`${note}\n`);
  return readAlarmBook(resources, place, refused);
}

/** Each run is a program of its own, so that it sees the config and the catalog as they are now. */
async function watch(paths: readonly string[], options: AlarmsTestOptions): Promise<number> {
  const command = [...process.execArgv, ...process.argv.slice(1).filter((each) => each !== '--watch')];
  const run = (): Promise<void> =>
    new Promise((done) => {
      spawn(process.execPath, command, { stdio: 'inherit' }).on('close', () => done());
    });
  const watched = (): string[] => [
    ...paths.flatMap(filesBehind),
    ...options.template.map((path) => resolve(path)),
    ...(options.template.length > 0 ? [] : [join(projectRoot, 'vigia.config.ts'), join(projectRoot, 'lib')]),
  ];
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  const onWaiting = (): void => {
    process.stderr.write('\nWaiting for a change. Ctrl-C ends it.\n');
  };
  await watchFiles({ clock: systemClock(), run, watched, onWaiting, signal: ending.signal });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
  return 0;
}

/** A file that is being written is watched even where it cannot be read at the moment. */
function filesBehind(path: string): string[] {
  try {
    return filesOf(openTestFile(path));
  } catch {
    return [resolve(path)];
  }
}
