/** Finds and opens what alarm tests are made of: their files, and the series files that they name. The one place here that touches the disk. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openSeries } from '../series/open';
import type { SeriesSource } from '../types';
import { AlarmTestError, type ReadTestFile, readTestFile } from './read';
import type { FileSeries } from './schema';

/** The test files at or directly below each of the paths, in the order of their names. */
export function findTestFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const isDirectory = attempt(path, () => statSync(path).isDirectory());
    if (!isDirectory) return [path];
    const all = readdirSync(path).filter((name) => /\.ya?ml$/.test(name));
    // Beside templates tests are told apart by their names; a folder of tests alone needs no such names.
    const named = all.filter((name) => /\.test\.ya?ml$/.test(name));
    const names = named.length > 0 ? named : all;
    if (names.length > 0) return names.sort().map((name) => join(path, name));
    throw new AlarmTestError(
      `alarm tests: there is no file in the folder, got ${path}, expected .yaml files; name another folder`,
    );
  });
}

/** @throws AlarmTestError */
export function openTestFile(path: string): ReadTestFile {
  return readTestFile(
    path,
    attempt(path, () => readFileSync(path, 'utf8')),
  );
}

/** What a test file names lies beside it. */
export function besideTestFile(file: Pick<ReadTestFile, 'path'>, path: string): string {
  return resolve(dirname(file.path), path);
}

/** Opens the series files that the tests name. @throws SeriesError */
export async function openSeriesOf(file: ReadTestFile): Promise<(entry: FileSeries) => SeriesSource> {
  const sources = new Map<string, SeriesSource>();
  for (const entry of file.tests.flatMap((test) => test.series)) {
    if (!('file' in entry) || sources.has(JSON.stringify(entry))) continue;
    const { namespace, mapping, queries } = entry;
    const { source } = await openSeries([besideTestFile(file, entry.file)], {
      ...(namespace === undefined ? {} : { namespace }),
      ...(mapping === undefined ? {} : { mapping: besideTestFile(file, mapping) }),
      ...(queries === undefined ? {} : { queries: besideTestFile(file, queries) }),
    });
    sources.set(JSON.stringify(entry), source);
  }
  return (entry) => {
    const source = sources.get(JSON.stringify(entry));
    if (source === undefined) throw new Error(`${entry.file} was not opened`);
    return source;
  };
}

/** Every file that the outcome of the test file depends on, itself included. */
export function filesOf(file: ReadTestFile): string[] {
  const series = file.tests.flatMap((test) =>
    test.series.flatMap((entry) =>
      'file' in entry ? [entry.file, entry.mapping, entry.queries].filter((path) => path !== undefined) : [],
    ),
  );
  const named = [...series, ...(file.template === undefined ? [] : [file.template])];
  return [resolve(file.path), ...new Set(named.map((path) => besideTestFile(file, path)))];
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const got = code === 'ENOENT' ? 'no such file or folder' : code;
    throw new AlarmTestError(
      `alarm tests ${path}: it cannot be opened, got ${got}, expected a .yaml file or a folder of them; correct the name`,
    );
  }
}
