/** `vigia drift` as a shell starts it, in a directory with files that a test writes. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(__dirname, '../../../bin/vigia.js');
/** Many times what a start takes on a busy machine. */
const timeoutMs = 60_000;

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Workplace {
  readonly directory: string;
  /** Writes a file and gives its name back, to stand in a command. */
  write(name: string, text: string): string;
  read(name: string): string;
  drift(...words: readonly string[]): Promise<Ended>;
  remove(): void;
}

export function workplace(): Workplace {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-drift-'));
  return {
    directory,
    write: (name, text) => {
      writeFileSync(join(directory, name), text);
      return name;
    },
    read: (name) => readFileSync(join(directory, name), 'utf8'),
    drift: (...words) =>
      new Promise((done) => {
        const command = [program, 'drift', ...words];
        const child = execFile(
          process.execPath,
          command,
          { cwd: directory, timeout: timeoutMs },
          (_error, stdout, stderr) => done({ status: child.exitCode ?? -1, stdout, stderr }),
        );
      }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
