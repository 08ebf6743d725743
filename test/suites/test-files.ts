/** Finds test files, so that a suite can run many of them in one process: starting one a file costs more than most files do. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');

/** Test files at or below each of the paths, in the order of their names. */
export function testFiles(...paths: readonly string[]): string[] {
  return paths.flatMap((path) => below(join(root, path)));
}

function below(path: string): string[] {
  if (statSync(path).isFile()) return path.endsWith('.test.ts') ? [path] : [];
  return readdirSync(path)
    .sort()
    .flatMap((name) => below(join(path, name)));
}
