import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { leastStage, sampleConfig } from '../sample-config';

describe('the least configuration', () => {
  it('is filled in with careful defaults', () => {
    assert.deepEqual(sampleConfig(), {
      ...leastStage,
      stage: 'dev',
      notifications: { ...leastStage.notifications, timeZone: 'UTC' },
      host: {
        instanceType: 't3.small',
        architecture: 'x86_64',
        volumeGiB: 16,
        port: 8080,
        clientCidrs: [],
        network: { kind: 'nat', vpcCidr: '10.0.0.0/16' },
        loadBalancer: { kind: 'none' },
        applicationStatusCheck: { enabled: false, port: 8081, counts: false },
        updates: 'security',
      },
      switches: { logLevel: 'info', logShare: 0.05, logFeaturesShare: 0, traceShare: 0.05, degraded: 'auto' },
      model: { directory: 'service/model', lowConfidenceBelow: 0.6, engine: 'auto' },
      degraded: { latencyLimitMs: 250, errorLimit: 0.5, maxWaitingRows: 4096, maxCachedRows: 10_000 },
      drift: { windowMinutes: 60, windows: 24 },
      traces: { reservoirPerSecond: 0 },
      health: { checks: [], without: [] },
      thresholds: {},
      workload: { kind: 'model' },
      remediation: {
        mode: 'dry-run',
        maxAttemptsPerIncident: 2,
        maxActionsPerDay: 6,
        cooldownMinutes: 30,
        verifySeconds: 120,
        rollbackWithinMinutes: 60,
      },
      logRetentionDays: 30,
      keepIncidents: true,
    });
  });
});
