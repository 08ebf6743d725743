/** The systemd unit of the inference service, as text. */
import { hostLayout } from '../../../catalog/host';
import type { Config } from '../../../config/config';

/** Node as Amazon Linux 2023 names it; the numbered name never moves when another version is installed. */
export const nodeProgram = 'node-24';
const nodeBinary = `/usr/bin/${nodeProgram}`;

/** Seconds from the start of the process until it must answer; a cold disk needs most of it. */
const startSeconds = 60;

/**
 * The unit. Starting it blocks until the service is ready (ExecStartPost), so that `systemctl restart` succeeds
 * only when predictions are answered again. Written for systemd 252; unknown keys there would be ignored silently.
 * `@pkey`: V8 asks for memory protection keys when it starts, and a call that is not allowed kills the process.
 * 78: the service's own word for a setting or model that no restart can cure.
 */
export function serviceUnit(config: Config): string {
  const layout = hostLayout(config.service);
  const logDirectory = layout.logDirectory.replace('/var/log/', '');
  return `[Unit]
Description=Vigia inference service ${config.service} (${config.stage})
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=60
StartLimitBurst=3

[Service]
Type=exec
User=${layout.user}
Group=${layout.user}
UMask=0027
WorkingDirectory=${layout.current}
EnvironmentFile=${layout.environmentFile}
ExecStart=${nodeBinary} ${layout.current}/server.js
ExecStartPost=${nodeBinary} ${layout.current}/ready.js ${startSeconds - 5}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartPreventExitStatus=78
RestartSec=2
TimeoutStartSec=${startSeconds}
TimeoutStopSec=10
LogsDirectory=${logDirectory}
LogsDirectoryMode=0750
LimitNOFILE=65536
TasksMax=256
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
CapabilityBoundingSet=
SystemCallArchitectures=native
SystemCallFilter=@system-service @pkey

[Install]
WantedBy=multi-user.target`;
}
