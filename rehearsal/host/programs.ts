/** Programs of the host that would reach outside of the sandbox, each replaced by one that stays inside. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Sandbox } from './sandbox';

/** What stands in, by name; the list is part of what the rehearsal tells of itself. */
export const standInPrograms: Readonly<Record<string, string>> = {
  aws: 'copies an object of S3 from the rehearsal’s endpoint to a file, and nothing else',
  chown: 'does nothing: everything in the sandbox belongs to the person who rehearses',
  dnf: 'does nothing: the packages of this machine are not the host’s',
};

/** Writes them into the sandbox's bin, which comes first in the path of every document. */
export function writePrograms(sandbox: Sandbox, endpointUrl: string): void {
  const program = join(sandbox.run, 'aws-program.cjs');
  buildSync({
    entryPoints: [join(__dirname, 'aws-program.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  const write = (name: string, line: string): void => {
    const file = join(sandbox.bin, name);
    writeFileSync(file, `#!/bin/sh\n${line}\n`);
    chmodSync(file, 0o755);
  };
  write('aws', `exec '${process.execPath}' '${program}' '${endpointUrl}' "$@"`);
  write('chown', 'exit 0');
  write('dnf', 'exit 0');
}
