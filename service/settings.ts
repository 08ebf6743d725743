/** What the service is told by its environment, checked once: below this file settings are true and constant. */
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  allowFaultsValue,
  flushSeconds as defaultFlushSeconds,
  defaultServicePort,
  degradedDefaults,
  maxDrainSeconds,
  modelEngines,
  serviceEnvironment as names,
} from '../lib/catalog/host';
import { usualThreshold } from '../lib/catalog/resolve';
import type { DegradedLimits } from './degraded/degraded-mode';
import { type LogLevel, logLevels } from './switches';

/** Divisors of ten: a window of another length would straddle two 10-second alarm periods. */
const flushChoices: readonly number[] = [1, 2, 5, 10];

export const telemetryModes = ['on', 'scrape', 'off'] as const;
export type TelemetryMode = (typeof telemetryModes)[number];

export interface Settings {
  readonly service: string;
  readonly stage: string;
  readonly bind: string;
  readonly port: number;
  readonly modelDirectory: string;
  /** Without it the log goes to standard output. */
  readonly logFile: string | undefined;
  /** Until a switches file says otherwise. */
  readonly logLevel: LogLevel;
  /** A prediction that takes longer is slow: it leaves its line in the log and its trace. */
  readonly slowMs: number;
  /** Without it the switches keep their defaults. */
  readonly switchesFile: string | undefined;
  /** Without it nothing is traced, and the library for it is never loaded. */
  readonly tracesEndpoint: string | undefined;
  readonly tracesHeadersFile: string | undefined;
  /** Requests of each second that are traced before the share decides. */
  readonly tracesReservoir: number;
  /** `on`: EMF lines and `/metrics`; `scrape`: `/metrics` alone; `off`: neither, to measure what the rest costs. */
  readonly telemetry: TelemetryMode;
  /** Only where EMF lines are wanted. */
  readonly emfFile: string | undefined;
  readonly flushSeconds: number;
  /** Without it a restart forgets what drift is judged from. */
  readonly stateDirectory: string | undefined;
  readonly driftWindowSeconds: number;
  readonly driftWindows: number;
  /** Without it the service makes only the checks that any machine allows. */
  readonly healthFile: string | undefined;
  readonly agentNoteFile: string | undefined;
  /** Without it there is no such port. */
  readonly statusCheckPort: number | undefined;
  readonly drainSeconds: number;
  /** Without it the model's own floor holds. */
  readonly lowConfidenceBelow: number | undefined;
  readonly modelEngine: (typeof modelEngines)[number];
  readonly degraded: DegradedLimits;
  readonly allowFaults: boolean;
}

/** A mistake of whoever starts the service; `problems` are whole lines for them to read. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and checks every variable at once, so that one start names all mistakes. Throws a `SettingsError`. */
export function readSettings(env: Environment, defaultModelDirectory: string): Settings {
  const problems: string[] = [];
  const refuse = (name: string, got: string, expected: string): void => {
    problems.push(
      `${name}: is not usable, got ${JSON.stringify(got)}, expected ${expected}; correct it in the service's environment`,
    );
  };
  const text = (name: string): string | undefined => env[name]?.trim() || undefined;
  const required = (name: string, expected: string): string => {
    const value = text(name);
    if (value === undefined) {
      problems.push(`${name}: is missing, expected ${expected}; set it in the service's environment`);
    }
    return value ?? '';
  };
  const number = (
    name: string,
    accepts: (value: number) => boolean,
    expected: string,
  ): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (!accepts(Number(value))) refuse(name, value, expected);
    return Number(value);
  };
  const bind = text(names.bind) ?? '0.0.0.0';
  if (isIP(bind) === 0) refuse(names.bind, bind, 'an IP address such as 0.0.0.0');
  const level = text(names.logLevel) ?? 'info';
  const logLevel = logLevels.find((known) => known === level);
  if (logLevel === undefined) refuse(names.logLevel, level, `one of ${logLevels.join(', ')}`);
  const tracesEndpoint = text(names.tracesEndpoint);
  if (tracesEndpoint !== undefined && !isHttpUrl(tracesEndpoint)) {
    refuse(names.tracesEndpoint, tracesEndpoint, 'an address such as http://127.0.0.1:4318/v1/traces');
  }

  const mode = text(names.telemetry) ?? 'on';
  const telemetry = telemetryModes.find((known) => known === mode);
  if (telemetry === undefined) refuse(names.telemetry, mode, `one of ${telemetryModes.join(', ')}`);
  const engine = text(names.modelEngine) ?? 'auto';
  const modelEngine = modelEngines.find((known) => known === engine);
  if (modelEngine === undefined) refuse(names.modelEngine, engine, `one of ${modelEngines.join(', ')}`);

  const settings: Settings = {
    service: required(names.service, 'the name of the service, such as fraud'),
    stage: required(names.stage, 'the name of the stage, such as prod'),
    bind,
    port: number(names.port, isPort, 'a port from 0 to 65535; 0 takes a free one') ?? defaultServicePort,
    modelDirectory: text(names.modelDirectory) ?? defaultModelDirectory,
    logFile: text(names.logFile),
    logLevel: logLevel ?? 'info',
    slowMs:
      number(names.slowMs, (value) => value > 0, 'a number of milliseconds above 0') ??
      usualThreshold('latencyP95High'),
    switchesFile: text(names.switchesFile),
    tracesEndpoint,
    tracesHeadersFile: text(names.tracesHeadersFile),
    tracesReservoir:
      number(
        names.tracesReservoir,
        (value) => Number.isInteger(value) && value >= 0,
        'a whole number of requests a second, 0 or more',
      ) ?? 0,
    telemetry: telemetry ?? 'on',
    emfFile:
      telemetry === 'on'
        ? required(names.emfFile, 'the path of the file that the CloudWatch agent ships')
        : text(names.emfFile),
    flushSeconds:
      number(names.flushSeconds, (value) => flushChoices.includes(value), 'one of 1, 2, 5, 10 seconds') ??
      defaultFlushSeconds,
    healthFile: text(names.healthFile),
    agentNoteFile: text(names.agentNoteFile),
    statusCheckPort: number(names.statusCheckPort, isPort, 'a port from 0 to 65535; 0 takes a free one'),
    drainSeconds: number(names.drainSeconds, isDrain, `seconds from 0 to ${maxDrainSeconds}`) ?? 0,
    stateDirectory: text(names.stateDirectory),
    driftWindowSeconds:
      number(names.driftWindowSeconds, wholeFrom(1, 86_400), 'whole seconds from 1 to 86400') ?? 3600,
    driftWindows: number(names.driftWindows, wholeFrom(1, 1000), 'a whole number from 1 to 1000') ?? 24,
    lowConfidenceBelow: number(names.lowConfidenceBelow, isShare, 'a number from 0 to 1'),
    modelEngine: modelEngine ?? 'auto',
    degraded: {
      latencyLimitMs:
        number(names.latencyLimitMs, (value) => value > 0, 'a number of milliseconds above 0') ??
        degradedDefaults.latencyLimitMs,
      errorLimit:
        number(names.errorLimit, (value) => value > 0 && value <= 1, 'a share above 0, up to 1') ??
        degradedDefaults.errorLimit,
      maxWaitingRows:
        number(names.maxWaitingRows, isCount, 'a whole number of rows, 256 or more') ??
        degradedDefaults.maxWaitingRows,
      maxCachedRows:
        number(names.maxCachedRows, isSize, 'a whole number of rows, 0 or more') ??
        degradedDefaults.maxCachedRows,
    },
    allowFaults: env[names.allowFaults] === allowFaultsValue,
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.freeze(settings);
}

/** Where the model lies when nothing else is said: beside the program, bundled or not. */
export function modelBeside(programDirectory: string): string {
  return join(programDirectory, 'model');
}

/** A full request has to fit. */
const isCount = (value: number): boolean => Number.isInteger(value) && value >= 256;
const isSize = (value: number): boolean => Number.isInteger(value) && value >= 0;
const isPort = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 65_535;
const isHttpUrl = (value: string): boolean => URL.canParse(value) && /^https?:/.test(value);
const isDrain = (value: number): boolean => value >= 0 && value <= maxDrainSeconds;
const isShare = (value: number): boolean => value >= 0 && value <= 1;
const wholeFrom =
  (least: number, most: number) =>
  (value: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most;
