/** Reads vigia.config.ts of the project and returns one stage of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { overridableAlarms } from '../lib/catalog/resolve';
import { type Config, ConfigError, resolveConfig } from '../lib/config/config';

/** The project's root: the directory above this one. */
export const projectRoot = join(__dirname, '..');

const configFile = join(projectRoot, 'vigia.config.ts');

/** @throws ConfigError when the file is missing or wrong */
export function loadConfig(stage: string | undefined): Config {
  return resolveConfig(read(), stage, overridableAlarms);
}

/** Names of all stages, in the file's order. */
export function stageNames(): string[] {
  const { stages = {} } = read() as { stages?: object };
  return Object.keys(stages);
}

function read(): unknown {
  if (!existsSync(configFile)) {
    throw new ConfigError([
      `vigia.config.ts: not found, got nothing at ${configFile}, expected a file; copy the one from the repository`,
    ]);
  }
  try {
    const loaded: { default?: unknown } = require(configFile);
    return loaded.default ?? loaded;
  } catch (error) {
    const [first = 'an error', second = ''] = (error as Error).message.split('\n');
    throw new ConfigError([
      `vigia.config.ts: cannot be loaded, got ${second.trim() || first}, expected a module that calls defineConfig; correct it`,
    ]);
  }
}
