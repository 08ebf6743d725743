/** What the drift watch keeps on disk: two small files that are whole or not there. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes beside the file and moves: whoever reads sees the old content or the new. Throws what the disk says. */
export function writeWhole(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.new`;
  writeFileSync(beside, `${JSON.stringify(content)}\n`, { mode: 0o640 });
  renameSync(beside, path);
}

/** The content, or undefined when there is none. Throws when there is one that is no JSON. */
export function readWhole(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return JSON.parse(text);
}
