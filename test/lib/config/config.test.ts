import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alarmKeys } from '../../../lib/catalog/alarms';
import { overridableAlarms } from '../../../lib/catalog/resolve';
import { ConfigError, resolveConfig } from '../../../lib/config/config';
import { leastStage, sampleConfig } from '../sample-config';

type Json = Record<string, unknown>;

/** The problems that the configuration is refused with; none when it is taken. */
function problemsOf(input: unknown, stage?: string): readonly string[] {
  try {
    resolveConfig(input, stage, overridableAlarms);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.equal(error.message, error.problems.join('\n'));
    return error.problems;
  }
}

const problemsWith = (settings: Json): readonly string[] =>
  problemsOf({ stages: { dev: { ...leastStage, ...settings } } });
const notifications = (settings: Json): Json => ({
  notifications: { ...leastStage.notifications, ...settings },
});

const existing = (settings: Json): Json => ({
  host: {
    network: {
      kind: 'existing',
      vpcId: 'vpc-0123456789abcdef0',
      vpcCidr: '10.1.0.0/16',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      ...settings,
    },
  },
});

/** What a person may get wrong, in one stage, and what the one line about it must say. */
const mistakes: readonly (readonly [string, Json, string])[] = [
  [
    'a key spelt wrong',
    { treshold: 1 },
    'stages.dev.treshold: no such setting; remove it or correct its spelling',
  ],
  [
    'a nested key spelt wrong',
    { remediation: { cooldownMinuts: 3 } },
    'stages.dev.remediation.cooldownMinuts: no such setting; remove it or correct its spelling',
  ],
  [
    'a threshold in another unit',
    { thresholds: { latencyP95High: '0.4 s' } },
    "stages.dev.thresholds.latencyP95High: wrong unit, got '0.4 s', expected a number of ms; write 400 or '400 ms'",
  ],
  [
    'a unit where there is none',
    { thresholds: { confidenceLow: '60 %' } },
    "stages.dev.thresholds.confidenceLow: wrong unit, got '60 %', expected a plain number; write 0.6",
  ],
  [
    'a threshold that is no number',
    { thresholds: { memoryHigh: true } },
    "stages.dev.thresholds.memoryHigh: invalid, got true, expected a number, or text with the alarm's unit such as '400 ms'; correct it in vigia.config.ts",
  ],
  [
    'a threshold for an alarm that does not exist',
    { thresholds: { latencyHigh: 400 } },
    `stages.dev.thresholds.latencyHigh: no such alarm, got 'latencyHigh', expected one of ${alarmKeys.join(', ')}; correct the key`,
  ],
  [
    'an ARM machine called x86',
    { host: { instanceType: 'm7g.large' } },
    "stages.dev.host.architecture: does not fit m7g.large, got 'x86_64', expected 'arm64'; change the architecture or the instance type",
  ],
  [
    'an x86 machine called ARM',
    { host: { instanceType: 't3.small', architecture: 'arm64' } },
    "stages.dev.host.architecture: does not fit t3.small, got 'arm64', expected 'x86_64'; change the architecture or the instance type",
  ],
  [
    'an instance type that is none',
    { host: { instanceType: 'small' } },
    'stages.dev.host.instanceType: invalid, got "small", expected an EC2 instance type such as t3.small; correct it in vigia.config.ts',
  ],
  [
    'nobody to page',
    notifications({ page: [] }),
    'stages.dev.notifications.page: invalid, got [], expected at least one address, or nobody hears a page; correct it in vigia.config.ts',
  ],
  [
    'nobody to read tickets',
    notifications({ ticket: [] }),
    'stages.dev.notifications.ticket: invalid, got [], expected at least one address, or nobody reads a ticket; correct it in vigia.config.ts',
  ],
  [
    'no notifications at all',
    { notifications: undefined },
    'stages.dev.notifications: invalid, got nothing, expected object; correct it in vigia.config.ts',
  ],
  [
    'an address that is none',
    notifications({ page: ['oncall'] }),
    'stages.dev.notifications.page.0: invalid, got "oncall", expected an e-mail address such as oncall@example.com; correct it in vigia.config.ts',
  ],
  [
    'a time zone that is none',
    notifications({ timeZone: 'Madrid' }),
    'stages.dev.notifications.timeZone: invalid, got "Madrid", expected an IANA time zone such as Europe/Madrid; correct it in vigia.config.ts',
  ],
  [
    'runbooks without encryption',
    notifications({ runbookBaseUrl: 'http://runbooks' }),
    'stages.dev.notifications.runbookBaseUrl: invalid, got "http://runbooks", expected an https URL; correct it in vigia.config.ts',
  ],
  [
    'a mode that is none',
    { remediation: { mode: 'auto' } },
    'stages.dev.remediation.mode: invalid, got "auto", expected one of "off"|"dry-run"|"on"; correct it in vigia.config.ts',
  ],
  [
    'a limit of no attempts',
    { remediation: { maxAttemptsPerIncident: 0 } },
    'stages.dev.remediation.maxAttemptsPerIncident: invalid, got 0, expected number to be >=1; correct it in vigia.config.ts',
  ],
  [
    'a retention that CloudWatch Logs does not have',
    { logRetentionDays: 10 },
    'stages.dev.logRetentionDays: invalid, got 10, expected 1, 3, 7, 14, 30, 90 or 365 days; correct it in vigia.config.ts',
  ],
  [
    'a volume below the image',
    { host: { volumeGiB: 4 } },
    'stages.dev.host.volumeGiB: invalid, got 4, expected number to be >=8; correct it in vigia.config.ts',
  ],
  [
    'a share given in percent',
    { model: { lowConfidenceBelow: 60 } },
    'stages.dev.model.lowConfidenceBelow: invalid, got 60, expected number to be <1; correct it in vigia.config.ts',
  ],
  [
    'a door open to the whole internet',
    { host: { clientCidrs: ['0.0.0.0/0'] } },
    'stages.dev.host.clientCidrs.0: invalid, got "0.0.0.0/0", expected a network that is not the whole internet; correct it in vigia.config.ts',
  ],
  [
    'the same door by way of the VPC',
    existing({ vpcCidr: '0.0.0.0/0' }),
    'stages.dev.host.network.vpcCidr: invalid, got "0.0.0.0/0", expected a network that is not the whole internet; correct it in vigia.config.ts',
  ],
  [
    'a block that is none',
    { host: { clientCidrs: ['10.0.0.0/99'] } },
    'stages.dev.host.clientCidrs.0: invalid, got "10.0.0.0/99", expected a CIDR block such as 10.0.0.0/16; correct it in vigia.config.ts',
  ],
  [
    'a kind of network that is none',
    { host: { network: { kind: 'private' } } },
    "stages.dev.host.network.kind: invalid, got \"private\", expected 'nat' | 'endpoints' | 'existing'; correct it in vigia.config.ts",
  ],
  [
    'a VPC by its name',
    existing({ vpcId: 'my-vpc' }),
    'stages.dev.host.network.vpcId: invalid, got "my-vpc", expected a VPC id such as vpc-0123456789abcdef0; correct it in vigia.config.ts',
  ],
  [
    'fewer subnets than zones',
    existing({ privateSubnetIds: ['subnet-0123456789abcdef0'] }),
    'stages.dev.host.network.privateSubnetIds: not one a zone, got 1, expected 2; name one private subnet for each of availabilityZones, in their order',
  ],
  [
    'a region by its city',
    { env: { account: '123456789012', region: 'Ireland' } },
    'stages.dev.env.region: invalid, got "Ireland", expected a region such as eu-west-1; correct it in vigia.config.ts',
  ],
  [
    'a service that is no resource name',
    { service: 'Fraud_Scorer' },
    'stages.dev.service: invalid, got "Fraud_Scorer", expected 3 to 32 lower-case letters, digits or hyphens; correct it in vigia.config.ts',
  ],
];

describe('resolveConfig', () => {
  for (const [what, settings, line] of mistakes) {
    it(`answers ${what} with one clear line`, () => {
      assert.deepEqual(problemsWith(settings), [line]);
    });
  }

  it('tells every mistake at once', () => {
    const problems = problemsWith({ thresholds: { nope: 1 }, host: { instanceType: 't4g.small' } });
    assert.deepEqual(
      problems.map((problem) => problem.split(':')[0]),
      ['stages.dev.host.architecture', 'stages.dev.thresholds.nope'],
    );
  });

  it('checks the stages that were not asked for as well', () => {
    const input = { stages: { dev: leastStage, prod: { ...leastStage, thresholds: { nope: 1 } } } };
    assert.match(problemsOf(input, 'dev').join(), /^stages\.prod\.thresholds\.nope: no such alarm/);
  });

  it('refuses a stage that is not there, and names those that are', () => {
    const input = { stages: { dev: leastStage, prod: leastStage } };
    assert.match(
      problemsOf(input, 'test').join(),
      /^stage: .* got 'test', expected one of dev, prod; pass -c stage=NAME/,
    );
  });

  it('refuses a name that Lambda would refuse after half of the deployment', () => {
    const service = 'a'.repeat(32);
    const input = { stages: { [`b${'c'.repeat(20)}`]: { ...leastStage, service } } };
    assert.match(
      problemsOf(input).join(),
      /too long together with the stage, got '.*' \(54 characters\), expected at most 52/,
    );
    assert.deepEqual(problemsOf({ stages: { [`b${'c'.repeat(18)}`]: { ...leastStage, service } } }), []);
  });

  for (const [what, input] of [
    ['nothing', undefined],
    ['text', 'stages'],
    ['no stages', { stages: {} }],
    ['a setting beside the stages', { stages: { dev: leastStage }, stage: 'dev' }],
    ['a stage with a bad name', { stages: { 'Prod!': leastStage } }],
  ] as const) {
    it(`answers ${what} in the whole file with one line and no stack`, () => {
      const problems = problemsOf(input);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', /^[a-zA-Z.!]+: .+/);
      assert.doesNotMatch(problems[0] ?? '', /\n|\bat \/|Invalid input|Too (big|small)/);
    });
  }

  it('takes the first stage when none is asked for', () => {
    const input = { stages: { beta: leastStage, prod: leastStage } };
    assert.equal(resolveConfig(input, undefined, overridableAlarms).stage, 'beta');
    assert.equal(resolveConfig(input, 'prod', overridableAlarms).stage, 'prod');
  });

  it('turns thresholds with their unit into numbers of that unit', () => {
    const { thresholds } = sampleConfig({
      thresholds: { latencyP95High: ' 400 ms', errorRateHigh: 2, confidenceLow: '0.5', memoryHigh: '92.5%' },
    });
    assert.deepEqual(thresholds, {
      latencyP95High: 400,
      errorRateHigh: 2,
      confidenceLow: 0.5,
      memoryHigh: 92.5,
    });
  });

  it('freezes the whole of it, and leaves what it was given alone', () => {
    const input = { stages: { dev: structuredClone(leastStage) } };
    const config = resolveConfig(input, 'dev', overridableAlarms);
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen));
    assert.ok(frozen(config));
    assert.throws(() => {
      (config.notifications.page as string[]).push('intruder@example.com');
    }, TypeError);
    assert.deepEqual(input.stages.dev, leastStage);
    assert.equal(Object.isFrozen(input.stages.dev), false);
  });
});
