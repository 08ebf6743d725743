/** From what a person wrote to what the rest may trust: validated, defaulted, frozen, once. Only this folder knows stages. */
import type { z } from 'zod';
import { type ConfigInput, configSchema, type StageSettings } from './schema';
import { privateRegistry } from './workload';

/** A mistake in the configuration, told in one line a mistake; never worth a stack trace. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/** What config needs to know of an alarm to check an override: its unit, as people write it ('%', 'ms' or ''). */
export interface OverridableAlarm {
  readonly unit: string;
}

/** One stage, ready for use: `thresholds` are numbers in each alarm's own unit. */
export interface Config extends Readonly<Omit<StageSettings, 'thresholds'>> {
  readonly stage: string;
  readonly thresholds: Readonly<Record<string, number>>;
}

/** Gives `vigia.config.ts` its types; the checking happens when it is loaded. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/**
 * Validates the whole file, then returns one stage of it, frozen.
 * @param stageName the stage asked for; the first one when undefined
 * @param alarms the alarms that exist, by key
 * @throws ConfigError with every problem found
 */
export function resolveConfig(
  input: unknown,
  stageName: string | undefined,
  alarms: Readonly<Record<string, OverridableAlarm>>,
): Config {
  const parsed = configSchema.safeParse(input);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.flatMap((issue) => describe(issue, input)));

  const { stages } = parsed.data;
  const names = Object.keys(stages);
  const stage = stageName ?? names[0] ?? '';
  const problems = Object.entries(stages).flatMap(([name, settings]) => [
    ...nameProblems(name, settings),
    ...subnetProblems(name, settings),
    ...entranceProblems(name, settings),
    ...architectureProblems(name, settings),
    ...tracesProblems(name, settings),
    ...imageProblems(name, settings),
    ...thresholdProblems(name, settings, alarms),
  ]);
  const settings = stages[stage];
  if (settings === undefined) {
    problems.push(
      `stage: not in vigia.config.ts, got '${stage}', expected one of ${names.join(', ')}; pass -c stage=NAME to cdk, --stage NAME to vigia`,
    );
  }
  if (problems.length > 0 || settings === undefined) throw new ConfigError(problems);

  const thresholds = Object.fromEntries(
    Object.entries(settings.thresholds).map(([key, value]) => [
      key,
      thresholdNumber(value, alarms[key]?.unit ?? ''),
    ]),
  ) as Record<string, number>;
  return deepFreeze({ ...settings, stage, thresholds });
}

/** `<service>-<stage>-remediation` names the function, and Lambda's names end at 64 characters. */
const longestScopeName = 52;

function nameProblems(stage: string, { service }: StageSettings): string[] {
  const scope = `${service}-${stage}`;
  if (scope.length <= longestScopeName) return [];
  return [
    `stages.${stage}.service: too long together with the stage, got '${scope}' (${scope.length} characters), ` +
      `expected at most ${longestScopeName}; shorten one of them`,
  ];
}

/** The library deals subnets out to zones, and its own message names neither setting. */
function subnetProblems(stage: string, { host: { network } }: StageSettings): string[] {
  if (network.kind !== 'existing') return [];
  const { availabilityZones: zones, privateSubnetIds: subnets } = network;
  if (zones.length === subnets.length) return [];
  return [
    `stages.${stage}.host.network.privateSubnetIds: not one a zone, got ${subnets.length}, ` +
      `expected ${zones.length}; name one private subnet for each of availabilityZones, in their order`,
  ];
}

/** The agent on the host wants no key, and whoever writes one down means another backend. */
function tracesProblems(stage: string, { traces }: StageSettings): string[] {
  if (traces === 'off' || traces.headersParameter === undefined || traces.endpoint !== undefined) return [];
  return [
    `stages.${stage}.traces.headersParameter: has no backend, got '${traces.headersParameter}', ` +
      'expected an endpoint beside it; name the backend, or leave the headers out',
  ];
}

/** What the library or AWS would refuse later, or would not work at all. */
function entranceProblems(stage: string, { host, workload }: StageSettings): string[] {
  const { network, loadBalancer, applicationStatusCheck, port } = host;
  const problems: string[] = [];
  if (
    loadBalancer.kind === 'internal' &&
    network.kind === 'existing' &&
    new Set(network.availabilityZones).size < 2
  ) {
    problems.push(
      `stages.${stage}.host.loadBalancer: stands in two zones or more, got ${network.availabilityZones.length}, ` +
        'expected 2; add a zone and its subnet to host.network',
    );
  }
  if (applicationStatusCheck.enabled && applicationStatusCheck.port === port) {
    problems.push(
      `stages.${stage}.host.applicationStatusCheck.port: taken by the service, got ${port}, ` +
        'expected another one than host.port; change one of them',
    );
  }
  if (applicationStatusCheck.enabled && workload.kind !== 'model') {
    problems.push(
      `stages.${stage}.host.applicationStatusCheck: asks a port in HTTP/2 that only the service that comes with Vigía opens, got workload ` +
        `'${workload.kind}', expected 'model'; leave the check out`,
    );
  }
  return problems;
}

function thresholdProblems(
  stage: string,
  settings: StageSettings,
  alarms: Readonly<Record<string, OverridableAlarm>>,
): string[] {
  return Object.entries(settings.thresholds).flatMap(([key, value]) => {
    const where = `stages.${stage}.thresholds.${key}`;
    const alarm = alarms[key];
    if (alarm === undefined) {
      return [
        `${where}: no such alarm, got '${key}', expected one of ${Object.keys(alarms).join(', ')}; correct the key`,
      ];
    }
    if (thresholdNumber(value, alarm.unit) !== undefined) return [];
    const example = alarm.unit === '' ? '0.6' : `400 or '400 ${alarm.unit}'`;
    const unit = alarm.unit === '' ? 'a plain number' : `a number of ${alarm.unit}`;
    return [`${where}: wrong unit, got '${value}', expected ${unit}; write ${example}`];
  });
}

/** The number behind an override, or undefined when its unit is not the alarm's. */
function thresholdNumber(value: number | string, unit: string): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*(\S*)\s*$/.exec(value);
  if (match === null || match[2] !== unit) return undefined;
  return Number(match[1]);
}

/** Graviton families carry a g after the generation digit (t4g, m7gd); everything else Vigía can use is x86-64. */
function architectureProblems(stage: string, { host }: StageSettings): string[] {
  const isGraviton = /^[a-z]+\d+g[a-z]*\./.test(host.instanceType);
  const actual = isGraviton ? 'arm64' : 'x86_64';
  if (actual === host.architecture) return [];
  return [
    `stages.${stage}.host.architecture: does not fit ${host.instanceType}, got '${host.architecture}', ` +
      `expected '${actual}'; change the architecture or the instance type`,
  ];
}

/** Without the internet only AWS's own registry can be reached, and only the one of the host's region. */
function imageProblems(stage: string, { workload, host, env }: StageSettings): string[] {
  if (workload.kind !== 'container' || host.network.kind !== 'endpoints') return [];
  const registry = privateRegistry(workload.image);
  if (registry !== undefined && (env === undefined || env.region === registry.region)) return [];
  return [
    `stages.${stage}.workload.image: cannot be pulled without the internet, got '${workload.image}', expected a ` +
      `repository of ECR${env === undefined ? '' : ` in ${env.region}`}; push it there, or set host.network.kind to 'nat'`,
  ];
}

function describe(issue: z.core.$ZodIssue, input: unknown): string[] {
  const at = (path: readonly PropertyKey[]): string =>
    path.length === 0 ? 'vigia.config.ts' : path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => `${at([...issue.path, key])}: no such setting; remove it or correct its spelling`,
    );
  }
  const isKey = issue.code === 'invalid_key';
  const got = show(isKey ? issue.path.at(-1) : valueAt(input, issue.path));
  // The library's own sentence, less the parts that this message already says in its own form.
  const message = ((isKey ? issue.issues[0]?.message : undefined) ?? issue.message)
    .replace(/^(Invalid (input|option|discriminator value)|Too (small|big))[:.] /, '')
    .replace(/, received .*$/, '')
    .replace(/^Expected/, 'expected');
  const expected = message.startsWith('expected') ? message : `expected ${message}`;
  return [`${at(issue.path)}: invalid, got ${got}, ${expected}; correct it in vigia.config.ts`];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON would call it null.
  if (Number.isNaN(value)) return 'NaN';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
