/** One directory that stands for the host's disk. Absolute paths of the host are mapped below it; nothing else is touched. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';

export interface Sandbox {
  /** The directory itself. */
  readonly directory: string;
  /** What the host calls `/`. */
  readonly root: string;
  /** Programs of the host that the rehearsal stands in for (systemctl, journalctl). */
  readonly bin: string;
  /** Sockets and scripts of the rehearsal itself. */
  readonly run: string;
  /** Where an absolute path of the host lies on this machine. */
  path(hostPath: string): string;
  /** Every absolute host path in a text, mapped. */
  mapText(text: string): string;
  write(hostPath: string, content: string, mode?: number): void;
  remove(): void;
}

/** Directories of a host that a text may name; longer paths begin with one of them. */
const mappedRoots = ['/opt/', '/etc/', '/var/'];

/** The name stays short: a socket's path must fit in about 100 bytes. */
export function createSandbox(parent = tmpdir()): Sandbox {
  const directory = mkdtempSync(join(parent, 'vigia-'));
  const root = join(directory, 'root');
  const bin = join(directory, 'bin');
  const run = join(directory, 'run');
  for (const each of [root, bin, run]) mkdirSync(each, { recursive: true });
  const path = (hostPath: string): string => join(root, normalize(`/${hostPath}`));
  return {
    directory,
    root,
    bin,
    run,
    path,
    mapText: (text) =>
      text.replace(/(^|[\s=:'"])(\/[^\s'":]+)/g, (whole, before: string, hostPath: string) =>
        mappedRoots.some((prefix) => hostPath.startsWith(prefix)) ? `${before}${path(hostPath)}` : whole,
      ),
    write: (hostPath, content, mode = 0o644) => {
      mkdirSync(dirname(path(hostPath)), { recursive: true });
      writeFileSync(path(hostPath), content, { mode });
    },
    remove: () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }),
  };
}
