/**
 * What happens on first boot, step by step, as CloudFormation init config sets. A step that fails fails the
 * deployment; success is signalled only after the service has answered. The agent comes before the service, so that
 * the log of a service that does not start outlives the host.
 */

import { FileSystem } from 'aws-cdk-lib';
import {
  CloudFormationInit,
  InitCommand,
  InitConfig,
  InitFile,
  InitService,
  InitServiceRestartHandle,
  InitSource,
  ServiceManager,
} from 'aws-cdk-lib/aws-ec2';
import { hostLayout } from '../../../catalog/host';
import type { Config } from '../../../config/config';
import { agentParameterName } from '../resource-names';
import { nodeBinary, serviceEnvironmentFile, serviceUnit } from './service-unit';

/** Seconds the last step waits for the first prediction. */
const readySeconds = 120;

/**
 * @param assetDirectory the service as it is shipped: server.js, ready.js, model/, node_modules/
 */
export function hostBootstrap(config: Config, assetDirectory: string): CloudFormationInit {
  const layout = hostLayout(config.service);
  // A release is named by its content, so the same build never lands in two directories.
  const release = FileSystem.fingerprint(assetDirectory).slice(0, 12);
  const restart = new InitServiceRestartHandle();
  return CloudFormationInit.fromConfigSets({
    configSets: { default: ['install', 'place', 'observe', 'start', 'verify'] },
    configs: {
      install: new InitConfig([
        InitCommand.shellCommand('dnf install -y nodejs24 amazon-cloudwatch-agent', { key: '01-packages' }),
        // The agent's package makes its user; whether every build of it does is not promised.
        InitCommand.shellCommand([layout.user, 'cwagent'].map(ensureUser).join(' && '), { key: '02-users' }),
        // The agent runs as cwagent and reads the service's logs through the group.
        InitCommand.shellCommand(`usermod -aG ${layout.user} cwagent`, { key: '03-agent-group' }),
      ]),
      place: new InitConfig([
        InitSource.fromAsset(`${layout.releases}/${release}`, assetDirectory),
        InitFile.fromString(layout.environmentFile, serviceEnvironmentFile(config), { mode: '000644' }),
        InitFile.fromString(`/etc/systemd/system/${layout.unit}`, serviceUnit(config), {
          mode: '000644',
          serviceRestartHandles: [restart],
        }),
        InitFile.fromString(`/etc/logrotate.d/vigia-${config.service}`, logRotation(config), {
          mode: '000644',
        }),
        InitFile.fromString('/etc/systemd/system/logrotate.timer.d/hourly.conf', hourlyRotation, {
          mode: '000644',
        }),
        InitCommand.shellCommand(`ln -sfn releases/${release} current`, {
          key: '01-current',
          cwd: layout.root,
        }),
        // What the archive's and root's own masks leave is chance: the service reads its release and nothing more.
        InitCommand.shellCommand(
          `chown -R root:${layout.user} /opt/vigia && chmod -R u=rwX,g=rX,o= /opt/vigia`,
          { key: '02-modes' },
        ),
        InitCommand.shellCommand('systemctl daemon-reload', { key: '03-daemon-reload' }),
        InitCommand.shellCommand('systemctl restart logrotate.timer', { key: '04-rotate-hourly' }),
      ]),
      start: new InitConfig([
        InitService.enable(layout.unit, {
          serviceManager: ServiceManager.SYSTEMD,
          serviceRestartHandle: restart,
        }),
      ]),
      observe: new InitConfig([
        InitCommand.shellCommand(
          '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s ' +
            `-c ssm:${agentParameterName(config)}`,
          { key: '01-agent' },
        ),
      ]),
      verify: new InitConfig([
        InitCommand.shellCommand(
          `VIGIA_PORT=${config.host.port} ${nodeBinary} ${layout.current}/ready.js ${readySeconds}`,
          { key: '01-ready' },
        ),
      ]),
    },
  });
}

const ensureUser = (user: string): string =>
  `(getent passwd ${user} || useradd --system --user-group --shell /sbin/nologin ${user})`;

/**
 * Renamed, never truncated in place: the agent then reads the old file to its end before it opens the new one.
 * The rotated names match no path that the agent collects.
 */
function logRotation(config: Config): string {
  const layout = hostLayout(config.service);
  return `${layout.logFile} ${layout.emfFile} {
  size 100M
  rotate 2
  missingok
  notifempty
  create 0640 ${layout.user} ${layout.user}
  su ${layout.user} ${layout.user}
  sharedscripts
  postrotate
    systemctl reload ${layout.unit} || true
  endscript
}
`;
}

/** Once a day is too rare: at a hundred predictions a second the log grows by two gigabytes in that time. */
const hourlyRotation = `[Timer]
OnCalendar=
OnCalendar=hourly
`;
