/** The lines of the unit that depend on what is served: how it is started, waited for, and told to reload. */
import { hostLayout, nodeFlags } from '../../../catalog/host';
import type { Config } from '../../../config/config';

/** Seconds from the start of the process until it must answer; a cold disk needs most of it. */
const startSeconds = 60;

/** The image of a first start comes over the network; a few gigabytes take minutes. */
export const pullSeconds = 600;

/** Node as Amazon Linux 2023 names it; the numbered name never moves when another version is installed. */
export const nodeProgram = 'node-24';
const nodeBinary = `/usr/bin/${nodeProgram}`;

/**
 * Seconds without a sign of life until systemd kills. The alarm sees the same silence after half a minute, restarts the
 * service and tells people; this is for hosts on which nobody else may, and comes late enough not to cross the other.
 */
const watchdogSeconds = 60;

export interface UnitLines {
  /** Under `[Unit]`; Docker must be there before a container. */
  readonly ordering: readonly string[];
  /** Under `[Service]`. */
  readonly process: readonly string[];
}

/**
 * A service of your own has no watchdog: it would have to know systemd's messages, and the heartbeat's alarm sees a hang.
 * NotifyAccess: the service's messages come from a process beside it. SIGKILL: the usual SIGABRT would write the model and
 * its inputs to a core file.
 */
export function unitLines(config: Config): UnitLines {
  const { workload } = config;
  const { current, scripts } = hostLayout(config.service);
  const reload = (signal: 'none' | 'SIGHUP'): string =>
    // One that opens its files for each line has nothing to reload, and systemctl must not call that a failure.
    signal === 'SIGHUP' ? 'ExecReload=/bin/kill -HUP $MAINPID' : 'ExecReload=/bin/true';
  const ready = `ExecStartPost=/bin/sh ${scripts}/ready.sh ${startSeconds - 5}`;
  switch (workload.kind) {
    case 'model':
      return {
        ordering: [],
        process: [
          `ExecStart=${[nodeBinary, ...nodeFlags, `${current}/server.js`].join(' ')}`,
          `ExecStartPost=${nodeBinary} ${current}/ready.js ${startSeconds - 5}`,
          reload('SIGHUP'),
          `WatchdogSec=${watchdogSeconds}`,
          'WatchdogSignal=SIGKILL',
          'NotifyAccess=all',
          `TimeoutStartSec=${startSeconds}`,
        ],
      };
    case 'command':
      return {
        ordering: [],
        process: [
          `ExecStart=${workload.command.join(' ')}`,
          ready,
          reload(workload.reload),
          `TimeoutStartSec=${startSeconds}`,
        ],
      };
    case 'container':
      return {
        ordering: ['After=docker.service', 'Requires=docker.service'],
        process: [
          // Docker's own door, and a place for the registry's password that is gone with the unit.
          'SupplementaryGroups=docker',
          `RuntimeDirectory=vigia-${config.service}`,
          `Environment=DOCKER_CONFIG=/run/vigia-${config.service}`,
          `ExecStartPre=/bin/sh ${scripts}/container.sh pull`,
          `ExecStart=/bin/sh ${scripts}/container.sh run`,
          ready,
          `ExecStopPost=/bin/sh ${scripts}/container.sh remove`,
          reload(workload.reload),
          `TimeoutStartSec=${startSeconds + pullSeconds}`,
        ],
      };
  }
}
