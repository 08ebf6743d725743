/** The systemd unit of the inference service, as text. */
import { drainSecondsOf } from '../../../catalog/health';
import { hostLayout, stopSeconds } from '../../../catalog/host';
import type { Config } from '../../../config/config';
import { unitLines } from './workload-unit';

/**
 * The unit. Starting it blocks until the service is ready (ExecStartPost), so that `systemctl restart` succeeds
 * only when predictions are answered again. Written for systemd 252; unknown keys there would be ignored silently.
 * `@pkey`: V8 asks for memory protection keys when it starts.
 * What is hidden or refused is what an inference service does not need; a call outside the list gets an error, not a kill,
 * because libraries probe for calls that they can do without.
 * AF_NETLINK: Node lists the machine's addresses when it opens a port, and fails without it.
 * MemoryMax: what is left is for the agents, without which nobody would see the service die.
 * 78: the service's own word for a setting or model that no restart can cure.
 */
export function serviceUnit(config: Config): string {
  const layout = hostLayout(config.service);
  const { ordering, process } = unitLines(config);
  const logDirectory = layout.logDirectory.replace('/var/log/', '');
  return `[Unit]
Description=Vigia inference service ${config.service} (${config.stage})
After=network-online.target
Wants=network-online.target
${ordering.map((line) => `${line}\n`).join('')}StartLimitIntervalSec=60
StartLimitBurst=3

[Service]
Type=exec
User=${layout.user}
Group=${layout.user}
UMask=0027
WorkingDirectory=${layout.current}
EnvironmentFile=${layout.environmentFile}
${process.join('\n')}
Restart=on-failure
RestartPreventExitStatus=78
RestartSec=2
TimeoutStopSec=${stopSeconds + drainSecondsOf(config)}
LogsDirectory=${logDirectory}
LogsDirectoryMode=0750
StateDirectory=${layout.stateDirectory.replace('/var/lib/', '')}
StateDirectoryMode=0750
LimitNOFILE=65536
LimitCORE=0
TasksMax=256
MemoryMax=80%
CPUWeight=200
OOMPolicy=kill
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
PrivateUsers=yes
RemoveIPC=yes
KeyringMode=private
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
CapabilityBoundingSet=
AmbientCapabilities=
SystemCallArchitectures=native
SystemCallFilter=@system-service @pkey
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target`;
}
