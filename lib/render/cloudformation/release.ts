/** The identity of a release: a name by content, which its directory carries in `release.json`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileSystem } from 'aws-cdk-lib';

const file = 'release.json';

/** Long enough never to meet another one, short enough to read aloud. */
const idLength = 12;

const contentId = (directory: string): string => FileSystem.fingerprint(directory).slice(0, idLength);

/** Writes the id of everything that lies in the directory into it; the same files give the same id. */
export function stampRelease(directory: string): string {
  const release = contentId(directory);
  writeFileSync(join(directory, file), `${JSON.stringify({ release })}\n`);
  return release;
}

/** The id that a built directory carries; one that carries none is named by its content alone. */
export function releaseOf(directory: string): string {
  const path = join(directory, file);
  if (!existsSync(path)) return contentId(directory);
  return (JSON.parse(readFileSync(path, 'utf8')) as { release: string }).release;
}
