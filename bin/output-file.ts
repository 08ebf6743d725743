/** Files that a command will write: whether it can is found out before the work, not after it. */
import { accessSync, constants, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from './usage-error';

/**
 * The whole path, in a folder that is there. `inputs` are files that must not be written over.
 * @throws UsageError when it cannot be written
 */
export function claimOutput(option: string, path: string, inputs: readonly string[]): string {
  if (path.trim() === '') throw refusal(option, path, 'no name');
  const file = resolve(path);
  if (inputs.some((input) => isSame(input, file))) throw refusal(option, path, 'a file that is read');
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (!exists(file)) accessSync(dirname(file), constants.W_OK);
    else if (statSync(file).isDirectory()) throw refusal(option, path, 'a directory');
    else accessSync(file, constants.W_OK);
    return file;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code = 'an error' } = error as NodeJS.ErrnoException;
    throw refusal(option, path, reasons[code] ?? code);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write there',
  EROFS: 'a file system that is read only',
  EEXIST: 'a file where a folder must be',
  ENOTDIR: 'a file where a folder must be',
  ENAMETOOLONG: 'a name that is too long',
};

function refusal(option: string, path: string, got: string): UsageError {
  return new UsageError(
    `${option}: cannot be written, got '${path}': ${got}, expected a file that may be written; name another`,
  );
}

function exists(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
