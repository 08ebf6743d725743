/** The sandbox's programs, with the one that needs more than shell: `aws` fetches objects from the rehearsal's endpoint. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Sandbox } from './sandbox';
import { placeStandIns } from './stand-ins';

/** Writes them into the sandbox's bin, which comes first in the path of every script and document. */
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
  const objects = join(sandbox.run, 'aws-objects');
  writeFileSync(objects, `#!/bin/sh\nexec '${process.execPath}' '${program}' '${endpointUrl}' "$@"\n`);
  chmodSync(objects, 0o755);
  placeStandIns(sandbox, []);
}
