/** The health of this service: which checks it makes, and the answers for those who ask. */
import { dirname } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { CheckSettings } from '../../lib/catalog/health';
import type { AppendFile } from '../append-file';
import type { Clock } from '../clock';
import type { Lifecycle } from '../lifecycle';
import type { Calls } from '../outgoing/calls';
import { createHealthBoard, type HealthReport } from './board';
import type { Check, CheckResult } from './check';
import { agentCheck } from './checks/agent';
import { clockCheck } from './checks/clock';
import { diskCheck } from './checks/disk';
import { eventLoopCheck } from './checks/event-loop';
import { httpCheck } from './checks/http';
import { modelCheck } from './checks/model';
import { tcpCheck } from './checks/tcp';
import { telemetryCheck } from './checks/telemetry';
import { readHealthFile } from './settings';
import { readyVerdict, selfVerdict, type Verdict } from './verdict';

export interface Health {
  /** Whether this process does its own work. Nothing outside of it counts: a restart could not repair that. */
  self(): Promise<Verdict>;
  /** Whether callers should be sent here: the process, and every critical check. */
  ready(): Promise<Verdict>;
  /** Every check. */
  deep(): Promise<HealthReport>;
  /** Reads the file again. What is wrong with it is told, and the checks stay as they were. */
  reload(): void;
}

export interface HealthOptions {
  readonly clock: Clock;
  readonly calls: Calls;
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>;
  readonly lifecycle: Lifecycle;
  readonly metricsFile: Pick<AppendFile, 'state'>;
  readonly settings: {
    readonly emfFile: string | undefined;
    readonly healthFile: string | undefined;
    readonly agentNoteFile: string | undefined;
  };
}

/** @throws SettingsError when the file cannot be used */
export function createHealth(options: HealthOptions): Health {
  const { log, settings } = options;
  let chosen = readHealthFile(settings.healthFile);
  return healthOf(options, checksOf(options, chosen), (board) => {
    try {
      const next = readHealthFile(settings.healthFile);
      // A reload comes with each rotation of the log too: what is known of the same checks still holds.
      if (JSON.stringify(next) === JSON.stringify(chosen)) return;
      chosen = next;
      board.replace(checksOf(options, chosen));
      log.info({ checks: chosen.map(({ name }) => name) }, 'health makes other checks');
    } catch (error) {
      log.warn((error as Error).message);
    }
  });
}

/** The health that given checks make. */
export function healthOf(
  { clock, log, lifecycle }: Pick<HealthOptions, 'clock' | 'log' | 'lifecycle'>,
  checks: readonly Check[],
  reload: (board: ReturnType<typeof createHealthBoard>) => void = () => {},
): Health {
  const board = createHealthBoard(clock, checks, (result) => tell(log, result));
  return {
    async self() {
      if (!lifecycle.serving) return selfVerdict(lifecycle.phase, []);
      const { checks: results } = await board.look(({ kind }) => kind === 'model');
      return selfVerdict(lifecycle.phase, results);
    },
    async ready() {
      if (lifecycle.phase !== 'ready') return readyVerdict(lifecycle.phase, []);
      const { checks: results } = await board.look(({ critical }) => critical);
      return readyVerdict(lifecycle.phase, results);
    },
    deep: () => board.look(),
    reload: () => reload(board),
  };
}

function tell(log: HealthOptions['log'], { ok, name, detail, ms }: CheckResult): void {
  if (ok) log.info({ check: name }, 'check passes again');
  else log.warn({ check: name, detail, ms }, 'check fails');
}

/** First what the service looks at in any case. */
function checksOf(options: HealthOptions, chosen: readonly CheckSettings[]): Check[] {
  const { clock, lifecycle, metricsFile } = options;
  return [
    modelCheck(lifecycle),
    eventLoopCheck(clock),
    telemetryCheck(metricsFile),
    ...chosen.map((settings) => checkOf(settings, options)).filter((check) => check !== undefined),
  ];
}

function checkOf(check: CheckSettings, { clock, calls, settings }: HealthOptions): Check | undefined {
  const { emfFile: shipped, agentNoteFile: note } = settings;
  switch (check.kind) {
    case 'http':
      return httpCheck(check, calls);
    case 'tcp':
      return tcpCheck(check, calls);
    case 'disk':
      // Where nothing is shipped and no path is named, no disk is the one that matters.
      return check.path === undefined && shipped === undefined
        ? undefined
        : diskCheck(check, check.path ?? dirname(shipped ?? '.'));
    case 'agent':
      // Without a place to look at, nobody said that there is an agent.
      return note === undefined || shipped === undefined
        ? undefined
        : agentCheck(check, { shipped, note }, clock);
    case 'clock':
      return clockCheck(check);
  }
}
