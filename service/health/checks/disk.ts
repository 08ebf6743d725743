/** A directory takes files, and has room for more. */
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckOf } from '../../../lib/catalog/health';
import type { Check } from '../check';

/** The file that is written and removed again; the dot keeps it out of what agents collect. */
const probeName = '.vigia-health-probe';

/** What a look found a second ago is what it would find now. */
const freshMs = 5000;

/** Space and inodes run out apart from each other; that a file can be written is a third thing, for a disk may be read-only. */
export function diskCheck(settings: CheckOf<'disk'>, path: string): Check {
  const { name, minFreePercent, minFreeInodesPercent, critical, timeoutMs } = settings;
  return {
    name,
    kind: 'disk',
    critical,
    limitMs: timeoutMs,
    freshMs,
    async run() {
      const probe = join(path, probeName);
      await writeFile(probe, 'vigia\n');
      await rm(probe, { force: true });
      const { blocks, bavail, files, ffree } = await statfs(path);
      const free = percent(bavail, blocks);
      if (free < minFreePercent) throw new Error(`${free} % free, expected at least ${minFreePercent} %`);
      // Some file systems make inodes as they need them, and say 0 of 0.
      const freeInodes = files === 0 ? 100 : percent(ffree, files);
      if (freeInodes < minFreeInodesPercent) {
        throw new Error(`${freeInodes} % of the inodes free, expected at least ${minFreeInodesPercent} %`);
      }
      return `${free} % free`;
    },
  };
}

const percent = (part: number, whole: number): number => Math.round((1000 * part) / whole) / 10;
