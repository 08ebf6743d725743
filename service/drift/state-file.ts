/** What the drift watch keeps on disk: two small files that are whole or not there. */
import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One file. Writing holds nobody up: a disk that hangs must not stop predictions. */
export class StateFile {
  private present: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private content: unknown;

  constructor(readonly path: string) {}

  /**
   * Writes once the write before has ended. What waited for that is replaced, for the newest content alone counts; so
   * there are two at most in memory. Rejects with what the disk says.
   */
  write(content: unknown): Promise<void> {
    this.content = content;
    if (this.next === undefined) {
      this.next = this.present
        .catch(() => {})
        .then(() => {
          this.next = undefined;
          return writeWhole(this.path, this.content);
        });
      this.present = this.next;
    }
    return this.next;
  }

  /** The content, or undefined when there is none. Throws when there is one that is no JSON. Before the service serves. */
  read(): unknown {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    return JSON.parse(text);
  }
}

/** Writes beside the file and moves: whoever reads sees the old content or the new. */
async function writeWhole(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.new`;
  await writeFile(beside, `${JSON.stringify(content)}\n`, { mode: 0o640 });
  await rename(beside, path);
}
