/** A small valid configuration, and ways to vary it: what the tests of design time start from. */
import { overridableAlarms } from '../../lib/catalog/resolve';
import { type Config, resolveConfig } from '../../lib/config/config';
import type { StageInput } from '../../lib/config/schema';

/** The least that must be said. */
export const leastStage: StageInput = {
  service: 'fraud',
  notifications: {
    page: ['oncall@example.com'],
    ticket: ['team@example.com'],
    runbookBaseUrl: 'https://runbooks.example.com/vigia',
  },
};

/** One stage `dev`, resolved; what is given replaces whole settings. */
export function sampleConfig(settings: Partial<StageInput> = {}): Config {
  return resolveConfig({ stages: { dev: { ...leastStage, ...settings } } }, 'dev', overridableAlarms);
}
