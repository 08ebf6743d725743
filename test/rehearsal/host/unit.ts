/** Units made of shell lines under a real supervisor, with times that suit a test. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../rehearsal/clock';
import { createSupervisor, type Supervisor } from '../../../rehearsal/host/supervisor';
import type { Unit } from '../../../rehearsal/host/unit-file';

export const usualUnit: Unit = {
  name: 'demo.service',
  workingDirectory: undefined,
  environmentFiles: [],
  environment: [],
  execStart: 'exec sleep 60',
  execStartPost: [],
  execReload: [],
  logsDirectory: undefined,
  stateDirectory: undefined,
  restart: 'no',
  restartPreventExitStatus: [],
  restartSeconds: 0.1,
  timeoutStartSeconds: 10,
  timeoutStopSeconds: 5,
  startLimitIntervalSeconds: 60,
  startLimitBurst: 20,
  watchdogSeconds: undefined,
  watchdogSignal: 'SIGKILL',
  notifyAccess: 'none',
};

export interface Supervised {
  readonly supervisor: Supervisor;
  readonly directory: string;
  readonly changes: string[];
  readonly spawned: number[];
  /** The process ids that the unit's scripts have written into a file of the working directory. */
  pids(file: string): number[];
  dispose(): Promise<void>;
}

/** The unit's commands are lines for `sh -c`, run in a directory of their own. */
export function supervise(unit: Partial<Unit>): Supervised {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-unit-'));
  const changes: string[] = [];
  const spawned: number[] = [];
  const supervisor = createSupervisor({
    unit: { ...usualUnit, ...unit },
    clock: systemClock(),
    command: (line) => ({ file: '/bin/sh', args: ['-c', line] }),
    environment: () => ({ PATH: process.env.PATH ?? '' }),
    workingDirectory: directory,
    onChange: (what) => changes.push(what),
    onSpawn: (pid) => spawned.push(pid),
  });
  return {
    supervisor,
    directory,
    changes,
    spawned,
    pids: (file) => {
      try {
        return readFileSync(join(directory, file), 'utf8').split('\n').filter(Boolean).map(Number);
      } catch {
        return [];
      }
    },
    dispose: async () => {
      await supervisor.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
