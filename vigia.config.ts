import { defineConfig } from './lib/config/config';

/**
 * One entry a stage; the first is the default, `cdk deploy --all -c stage=prod` takes another.
 * Everything left out has a default: lib/config/schema.ts names each with its reason.
 */
export default defineConfig({
  stages: {
    dev: {
      service: 'fraud-scorer',
      host: { instanceType: 't3.small', architecture: 'x86_64', network: { kind: 'nat' } },
      notifications: {
        page: ['oncall@example.com'],
        ticket: ['ml-team@example.com'],
        runbookBaseUrl: 'https://runbooks.example.com/vigia',
      },
      remediation: { mode: 'on', verifySeconds: 60 },
      logRetentionDays: 7,
      keepIncidents: false,
    },
    prod: {
      service: 'fraud-scorer',
      host: { instanceType: 'm7g.large', architecture: 'arm64', network: { kind: 'endpoints' } },
      notifications: {
        page: ['oncall@example.com', 'oncall-second@example.com'],
        ticket: ['ml-team@example.com'],
        timeZone: 'Europe/Madrid',
        runbookBaseUrl: 'https://runbooks.example.com/vigia',
      },
      thresholds: { latencyP95High: '200 ms' },
      // Watch what it would do for a week before it may do it.
      remediation: { mode: 'dry-run' },
      logRetentionDays: 90,
    },
  },
});
