/** The checks of a stage as the host gets them, and that the service reads what is rendered. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ConfigError } from '../../../../lib/config/config';
import type { StageInput } from '../../../../lib/config/schema';
import { healthFile } from '../../../../lib/render/cloudformation/health-file';
import { readHealthFile } from '../../../../service/health/settings';
import { sampleConfig } from '../../sample-config';

const fileOf = (health: NonNullable<StageInput['health']>) => healthFile(sampleConfig({ health }));
const namesOf = (health: NonNullable<StageInput['health']>) => fileOf(health).checks.map(({ name }) => name);
const features = { kind: 'http', name: 'features', url: 'http://features.internal/health' } as const;

describe('the health file', () => {
  it('has the defaults, without those that are left out or replaced, and what is added', () => {
    assert.deepEqual(namesOf({}), ['disk', 'agent', 'clock']);
    assert.deepEqual(namesOf({ without: ['agent', 'clock'], checks: [features] }), ['disk', 'features']);
    const { checks } = fileOf({ checks: [{ kind: 'clock', maxOffsetMs: 50 }] });
    assert.deepEqual(
      checks.map((check) => [check.name, check.kind === 'clock' ? check.maxOffsetMs : undefined]),
      [
        ['disk', undefined],
        ['agent', undefined],
        ['clock', 50],
      ],
    );
  });

  it('is read by the service as it is rendered, every kind of it', () => {
    const file = fileOf({
      checks: [features, { kind: 'tcp', name: 'store', host: 'store', port: 5432, critical: true }],
    });
    const directory = mkdtempSync(join(tmpdir(), 'vigia-health-'));
    try {
      const path = join(directory, 'fraud.health.json');
      writeFileSync(path, JSON.stringify(file));
      assert.deepEqual(readHealthFile(path), JSON.parse(JSON.stringify(file.checks)));
      assert.deepEqual(
        new Set(file.checks.map(({ kind }) => kind)),
        new Set(['disk', 'agent', 'clock', 'http', 'tcp']),
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('fits a standard parameter with the longest of all', () => {
    const checks = Array.from({ length: 10 }, (_, index) => ({
      ...features,
      name: `${'n'.repeat(39)}${index}`,
      url: `https://${'u'.repeat(192)}`,
      timeoutMs: 3000,
      everySeconds: 300,
    }));
    assert.ok(
      JSON.stringify(fileOf({ checks })).length <= 4096,
      String(JSON.stringify(fileOf({ checks })).length),
    );
  });

  it('says what is wrong in one line each', () => {
    const refusals: [NonNullable<StageInput['health']>, RegExp][] = [
      [
        { checks: [{ ...features, url: 'http://user:word@features/' }] },
        /^stages\.dev\.health\.checks\.0\.url: invalid, got "http:\/\/user:word@features\/", expected a URL without user and password/,
      ],
      [{ checks: [{ ...features, url: 'ftp://features/' }] }, /expected a URL with http or https/],
      [{ checks: [{ ...features, name: 'model' }] }, /expected a name that the service does not use itself/],
      [{ checks: [features, features] }, /expected a different name for each check/],
      [{ checks: [{ ...features, timeoutMs: 5000 }] }, /timeoutMs: invalid, got 5000, expected .*3000/],
      [
        { checks: ['a', 'b', 'c'].map((name) => ({ kind: 'disk' as const, name, path: '/srv' })) },
        /expected at most 2 disks/,
      ],
      [
        { checks: [{ kind: 'smell' }] } as unknown as NonNullable<StageInput['health']>,
        /checks\.0\.kind: invalid/,
      ],
    ];
    for (const [health, message] of refusals) {
      assert.throws(
        () => fileOf(health),
        (error: unknown) =>
          error instanceof ConfigError && error.problems.length === 1 && message.test(error.message),
        String(message),
      );
    }
  });

  it('and the entrance: a balancer in one zone, a port that is taken, a service that has no such port', () => {
    const network = {
      kind: 'existing' as const,
      vpcId: 'vpc-0123456789abcdef0',
      vpcCidr: '10.1.0.0/16',
      availabilityZones: ['eu-west-1a'],
      privateSubnetIds: ['subnet-0123456789abcdef0'],
    };
    assert.throws(
      () => sampleConfig({ host: { network, loadBalancer: { kind: 'internal' } } }),
      /^ConfigError: stages\.dev\.host\.loadBalancer: stands in two zones or more, got 1, expected 2; add a zone/,
    );
    assert.throws(
      () => sampleConfig({ host: { port: 8081, applicationStatusCheck: { enabled: true } } }),
      /host\.applicationStatusCheck\.port: taken by the service, got 8081, expected another one/,
    );
    assert.throws(
      () =>
        sampleConfig({
          host: { applicationStatusCheck: { enabled: true } },
          workload: { kind: 'container', image: 'example.com/churn:1.0.0' },
        }),
      /host\.applicationStatusCheck: asks a port in HTTP\/2 .*, got workload 'container', expected 'model'; leave/,
    );
  });
});
