/** Which release this is: the id that its directory carries, beside the program. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The id in `release.json`; null for a program that was not built as a release, such as one under development. */
export function readRelease(programDirectory: string): string | null {
  try {
    const { release } = JSON.parse(readFileSync(join(programDirectory, 'release.json'), 'utf8')) as {
      release?: unknown;
    };
    return typeof release === 'string' ? release : null;
  } catch {
    return null;
  }
}
