/** Reads a systemd unit: what the supervisor honours, what it knowingly leaves to the real host, and refuses the rest. */
import { NotRehearsable } from '../not-rehearsable';

export interface Unit {
  readonly name: string;
  readonly workingDirectory: string | undefined;
  readonly environmentFiles: readonly string[];
  readonly environment: readonly string[];
  readonly execStart: string;
  readonly execStartPost: readonly string[];
  readonly execReload: readonly string[];
  readonly logsDirectory: string | undefined;
  readonly stateDirectory: string | undefined;
  readonly restart: 'no' | 'on-failure' | 'always';
  /** Exit codes after which the unit stays down. */
  readonly restartPreventExitStatus: readonly number[];
  readonly restartSeconds: number;
  readonly timeoutStartSeconds: number;
  readonly timeoutStopSeconds: number;
  readonly startLimitIntervalSeconds: number;
  readonly startLimitBurst: number;
  /** Seconds without a sign of life until the unit is killed; undefined where none is awaited. */
  readonly watchdogSeconds: number | undefined;
  readonly watchdogSignal: 'SIGABRT' | 'SIGKILL' | 'SIGTERM';
  /** Whose messages count. */
  readonly notifyAccess: 'none' | 'main' | 'all';
}

export const honouredKeys = [
  'StartLimitIntervalSec',
  'StartLimitBurst',
  'Type',
  'WorkingDirectory',
  'EnvironmentFile',
  'Environment',
  'ExecStart',
  'ExecStartPost',
  'ExecReload',
  'LogsDirectory',
  'StateDirectory',
  'Restart',
  'RestartSec',
  'RestartPreventExitStatus',
  'TimeoutStartSec',
  'TimeoutStopSec',
  'WatchdogSec',
  'WatchdogSignal',
  'NotifyAccess',
] as const;

const identity = 'everything in the sandbox runs as the person who rehearses';
const hardening = 'only a real systemd can confine a process; systemd-analyze checks the unit itself';
const limits = "a limit of the host's kernel, on a machine that is another one";
const ordering = 'there is one unit and nothing to order it against';

/** Keys that change nothing in the sandbox, each with the reason. */
export const ignoredKeys: Readonly<Record<string, string>> = {
  Description: 'text',
  After: ordering,
  Wants: ordering,
  WantedBy: ordering,
  User: identity,
  Group: identity,
  UMask: identity,
  LogsDirectoryMode: identity,
  StateDirectoryMode: identity,
  LimitNOFILE: limits,
  LimitCORE: limits,
  TasksMax: limits,
  MemoryMax: limits,
  CPUWeight: limits,
  OOMPolicy: limits,
  ...Object.fromEntries(
    [
      'NoNewPrivileges ProtectSystem ProtectHome PrivateTmp PrivateDevices ProtectKernelTunables',
      'ProtectKernelModules ProtectKernelLogs ProtectControlGroups ProtectClock ProtectHostname',
      'RestrictAddressFamilies RestrictNamespaces RestrictRealtime RestrictSUIDSGID LockPersonality',
      'CapabilityBoundingSet AmbientCapabilities SystemCallArchitectures SystemCallFilter SystemCallErrorNumber',
      'ProtectProc DevicePolicy PrivateUsers RemoveIPC KeyringMode',
    ]
      .join(' ')
      .split(' ')
      .map((key) => [key, hardening]),
  ),
};

/**
 * @param name the unit's file name
 * @throws NotRehearsable for a key or value that would behave differently here
 */
export function parseUnit(name: string, text: string): Unit {
  // Told as what it is, before any single key of it: nothing is wrong with the unit, it only cannot run here.
  if (/^SupplementaryGroups=.*\bdocker\b/m.test(text)) {
    throw new NotRehearsable(
      name,
      'runs a container, and the rehearsal starts no Docker',
      'rehearse what is inside as a command workload',
    );
  }
  const values = readKeys(name, text);
  const last = (key: string): string | undefined => values.get(key)?.at(-1);
  const oneOf = <T extends string>(key: string, allowed: readonly T[], usual: T): T => {
    const value = last(key) ?? usual;
    const known = allowed.find((each) => each === value);
    if (known !== undefined) return known;
    throw new NotRehearsable(
      `${name} ${key}`,
      `'${value}' is not honoured`,
      `use one of ${allowed.join(', ')}`,
    );
  };
  oneOf('Type', ['exec', 'simple'], 'simple');
  const execStart = last('ExecStart');
  if (execStart === undefined) throw new NotRehearsable(name, 'no ExecStart', 'give the unit a command');
  return {
    name,
    workingDirectory: last('WorkingDirectory'),
    environmentFiles: values.get('EnvironmentFile') ?? [],
    environment: values.get('Environment') ?? [],
    execStart,
    execStartPost: values.get('ExecStartPost') ?? [],
    execReload: values.get('ExecReload') ?? [],
    logsDirectory: last('LogsDirectory'),
    stateDirectory: last('StateDirectory'),
    restart: oneOf('Restart', ['no', 'on-failure', 'always'], 'no'),
    restartPreventExitStatus: (last('RestartPreventExitStatus') ?? '')
      .split(/\s+/)
      .filter((code) => code !== '')
      .map(Number),
    // The defaults are systemd's own.
    restartSeconds: seconds(name, 'RestartSec', last('RestartSec'), 0.1),
    timeoutStartSeconds: seconds(name, 'TimeoutStartSec', last('TimeoutStartSec'), 90),
    timeoutStopSeconds: seconds(name, 'TimeoutStopSec', last('TimeoutStopSec'), 90),
    startLimitIntervalSeconds: seconds(name, 'StartLimitIntervalSec', last('StartLimitIntervalSec'), 10),
    startLimitBurst: wholeNumber(name, 'StartLimitBurst', last('StartLimitBurst'), 5),
    // Nought switches it off, as saying nothing does.
    watchdogSeconds: seconds(name, 'WatchdogSec', last('WatchdogSec'), 0) || undefined,
    watchdogSignal: oneOf('WatchdogSignal', ['SIGABRT', 'SIGKILL', 'SIGTERM'], 'SIGABRT'),
    notifyAccess: oneOf('NotifyAccess', ['none', 'main', 'all'], 'none'),
  };
}

function readKeys(name: string, text: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  const honoured: readonly string[] = honouredKeys;
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith('#') || line.startsWith(';') || line.startsWith('[')) continue;
    const split = line.indexOf('=');
    const key = line.slice(0, split).trim();
    if (split > 0 && Object.hasOwn(ignoredKeys, key)) continue;
    if (split < 1 || !honoured.includes(key)) {
      throw new NotRehearsable(
        `${name} ${key || line}`,
        'is not honoured by the supervisor',
        'remove it, or add it to rehearsal/host/unit-file.ts',
      );
    }
    const value = line.slice(split + 1).trim();
    checkSyntax(name, key, value);
    // As in systemd, an empty assignment forgets the earlier ones.
    values.set(key, value === '' ? [] : [...(values.get(key) ?? []), value]);
  }
  return values;
}

/** What systemd would read as more than plain words, by key. */
const beyondWords: Readonly<Record<string, RegExp>> = {
  ExecStart: /^[-@:+!]|["'\\%;]/,
  ExecStartPost: /^[-@:+!]|["'\\%;]/,
  EnvironmentFile: /^-|[*?%]/,
  Environment: /["'\\%\s]/,
  LogsDirectory: /[\s%]/,
  StateDirectory: /[\s%:]/,
  WorkingDirectory: /^[-~]|%/,
};

/** A reload that signals the main process. */
export const signalReload = '/bin/kill -HUP $MAINPID';

/** The reloads that the supervisor knows: the signal, and the one that does nothing. */
const knownReloads: readonly string[] = [signalReload, '/bin/true'];

function checkSyntax(name: string, key: string, value: string): void {
  if (beyondWords[key]?.test(value)) {
    throw new NotRehearsable(
      `${name} ${key}`,
      `'${value}' uses a prefix, quotes or specifiers that are not honoured`,
      'write plain words, one assignment a line',
    );
  }
  if (key === 'ExecReload' && value !== '' && !knownReloads.includes(value))
    throw new NotRehearsable(
      `${name} ${key}`,
      `'${value}' is not honoured`,
      `use one of ${knownReloads.join(', ')}`,
    );
}

function wholeNumber(name: string, key: string, value: string | undefined, usual: number): number {
  if (value === undefined) return usual;
  if (!/^\d+$/.test(value))
    throw new NotRehearsable(`${name} ${key}`, `'${value}' is not read`, 'write a whole number');
  return Number(value);
}

function seconds(name: string, key: string, value: string | undefined, usual: number): number {
  if (value === undefined) return usual;
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min)?$/.exec(value);
  if (match === null)
    throw new NotRehearsable(`${name} ${key}`, `'${value}' is not read`, 'write it in seconds');
  const factor = match[2] === 'min' ? 60 : match[2] === 'ms' ? 0.001 : 1;
  return Number(match[1]) * factor;
}
