/** A model.json as a command reads it, and writes its baseline into it: whole, or not at all. */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Baseline } from '../../service/drift/baseline';
import { type ReadModel, readDescribedModel } from '../../service/drift/described-model';
import { problem } from './table';

export interface ModelFile {
  readonly path: string;
  readonly content: Record<string, unknown>;
  readonly model: ReadModel;
}

/** @throws UsageError when it is not there, or describes no model */
export function readModelFile(directory: string): ModelFile {
  const path = join(directory, 'model.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw problem(
      path,
      'cannot be read',
      code,
      'the description of a model',
      'name the directory with --model',
    );
  }
  let content: Record<string, unknown>;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw problem(path, 'is not JSON', (error as Error).message, 'the description of a model', 'correct it');
  }
  const found = readDescribedModel(content);
  if (!found.ok)
    throw problem(
      path,
      'does not describe a model',
      found.problem,
      'features, classes and validation',
      'see docs/bring-your-own-model.md',
    );
  return { path, content, model: found.model };
}

/** A list of numbers is one thing to read and stands on one line. */
const listOfNumbers = /\[[\s\d.,eE+-]+\]/g;

/** Writes beside the file and moves, so that a service that starts meanwhile reads the old file or the new one. */
export function writeBaseline({ path, content }: ModelFile, baseline: Baseline): void {
  const text = JSON.stringify({ ...content, baseline }, null, 2).replace(listOfNumbers, (list) =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
  const beside = `${path}.new`;
  try {
    writeFileSync(beside, `${text}\n`, { mode: statSync(path).mode });
    renameSync(beside, path);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw problem(
      path,
      'cannot be written',
      code,
      'a file that may be replaced',
      'correct the mode of its directory',
    );
  }
}
