/** Reads vigia.config.ts of the project and returns one stage of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { overridableAlarms } from '../lib/catalog/resolve';
import { type Config, ConfigError, resolveConfig } from '../lib/config/config';

/** The project's root: the directory above this one. */
export const projectRoot = join(__dirname, '..');

/** @throws ConfigError when the file is missing or wrong */
export function loadConfig(stage: string | undefined, file = join(projectRoot, 'vigia.config.ts')): Config {
  if (!existsSync(file)) {
    throw new ConfigError([
      `vigia.config.ts: not found, got ${file}, expected a file; copy the one from the repository`,
    ]);
  }
  const loaded: { default?: unknown } = require(file);
  return resolveConfig(loaded.default ?? loaded, stage, overridableAlarms);
}
