/**
 * The files of the host that follow the configuration. They are no part of the instance: they lie in Parameter Store,
 * where the first boot and a document fetch them, so that a change of them never replaces the host.
 */
import { createHash } from 'node:crypto';
import { drainSecondsOf } from '../../catalog/health';
import { agentNoteOf, flushSeconds, hostLayout, serviceEnvironment } from '../../catalog/host';
import { thresholdOf } from '../../catalog/resolve';
import { tracesEnvironment } from '../../catalog/traces';
import { startedPathOf } from '../../catalog/workload';
import { type Config, ConfigError } from '../../config/config';
import { serviceUnit } from './constructs/service-unit';
import { healthFile } from './health-file';

export type HostFile = 'environment' | 'switches' | 'health' | 'unit' | 'agent' | 'upkeep';

export interface HostFiles {
  /** Names what is in the files: the same content is the same revision. */
  readonly revision: string;
  /** Content without its last line end, which the host adds. */
  readonly contents: Readonly<Record<HostFile, string>>;
}

/** Where a standard parameter ends. */
const longestParameterBytes = 4096;

/** What each file grows with, for whoever has to shorten it. */
const growsWith: Readonly<Record<HostFile, string>> = {
  environment: 'workload.environment',
  switches: 'switches',
  health: 'health.checks',
  unit: 'workload.command',
  agent: 'workload.prometheus.metrics',
  upkeep: 'host.updates',
};

/**
 * What the host is to hold. The agent's JSON is minified, because a parameter ends soon.
 * @throws ConfigError where Systems Manager would refuse a file, which would fail the deployment in the middle
 */
export function hostFiles(config: Config, agentConfig: Readonly<Record<string, unknown>>): HostFiles {
  const contents = {
    environment: serviceEnvironmentFile(config),
    switches: JSON.stringify(config.switches),
    health: JSON.stringify(healthFile(config)),
    unit: serviceUnit(config),
    agent: JSON.stringify(agentConfig),
    upkeep: `updates=${config.host.updates}`,
  };
  const problems = Object.entries(contents).flatMap(([name, content]) =>
    parameterProblems(name as HostFile, content),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  const revision = createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 12);
  return { revision, contents };
}

function parameterProblems(name: HostFile, content: string): string[] {
  const bytes = Buffer.byteLength(content);
  const long =
    `${name} of the host: too long for one parameter of Systems Manager, got ${bytes} bytes, ` +
    `expected at most ${longestParameterBytes}; shorten ${growsWith[name]}`;
  const reference =
    `${name} of the host: holds '{{', which Systems Manager takes for a reference to another parameter, ` +
    `expected none; write it differently in ${growsWith[name]}`;
  return [...(bytes > longestParameterBytes ? [long] : []), ...(content.includes('{{') ? [reference] : [])];
}

/** The environment the unit starts the service with; the service reads nothing else. */
export function serviceEnvironmentFile(config: Config): string {
  const { workload } = config;
  const layout = hostLayout(config.service);
  const { applicationStatusCheck } = config.host;
  const values: Readonly<Partial<Record<keyof typeof serviceEnvironment, string | number>>> = {
    service: config.service,
    stage: config.stage,
    bind: '0.0.0.0',
    port: config.host.port,
    readyPath: startedPathOf(config),
    ...(workload.kind === 'model' ? { modelDirectory: `${layout.current}/model` } : {}),
    logFile: layout.logFile,
    logLevel: config.switches.logLevel,
    slowMs: thresholdOf('latencyP95High', config),
    switchesFile: layout.switchesFile,
    ...tracesEnvironment(config),
    emfFile: layout.emfFile,
    stateDirectory: layout.stateDirectory,
    driftWindowSeconds: config.drift.windowMinutes * 60,
    driftWindows: config.drift.windows,
    flushSeconds,
    healthFile: layout.healthFile,
    agentNoteFile: agentNoteOf(layout.emfFile),
    drainSeconds: drainSecondsOf(config),
    ...(applicationStatusCheck.enabled ? { statusCheckPort: applicationStatusCheck.port } : {}),
    lowConfidenceBelow: config.model.lowConfidenceBelow,
    modelEngine: config.model.engine,
    ...config.degraded,
  };
  const lines = Object.entries(values).map(
    ([key, value]) => `${serviceEnvironment[key as keyof typeof serviceEnvironment]}=${value}`,
  );
  const own = workload.kind === 'model' ? {} : workload.environment;
  return [...lines, ...Object.entries(own).map(([name, value]) => `${name}=${value}`)].join('\n');
}
