/** The cloud assembly that a command works on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadConfig } from './load-config';

export interface FoundAssembly {
  readonly directory: string;
  /** Removes what was made for this run; a given assembly stays. */
  dispose(): void;
}

/** The assembly given, or one made now from the config and thrown away afterwards. */
export async function findAssembly(options: {
  readonly assembly?: string | undefined;
  readonly stage?: string | undefined;
}): Promise<FoundAssembly> {
  if (options.assembly !== undefined) return { directory: resolve(options.assembly), dispose: () => {} };
  const directory = mkdtempSync(join(tmpdir(), 'vigia-assembly-'));
  const dispose = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    // Loading the CDK takes longer than most commands that do not need it.
    const { synthesise }: typeof import('./synthesise') = require('./synthesise');
    return { directory: await synthesise(loadConfig(options.stage), directory), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
