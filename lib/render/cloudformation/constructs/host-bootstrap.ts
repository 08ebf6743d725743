/**
 * What happens on first boot, step by step, as CloudFormation init config sets. A step that fails fails the
 * deployment; success is signalled only after the service has answered.
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
    configSets: { default: ['install', 'place', 'start', 'observe', 'verify'] },
    configs: {
      install: new InitConfig([
        InitCommand.shellCommand('dnf install -y nodejs24 amazon-cloudwatch-agent', { key: '01-packages' }),
        InitCommand.shellCommand(
          `getent passwd ${layout.user} || useradd --system --shell /sbin/nologin ${layout.user}`,
          { key: '02-user' },
        ),
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
        InitCommand.shellCommand(`ln -sfn releases/${release} current`, {
          key: '01-current',
          cwd: layout.root,
        }),
        InitCommand.shellCommand('systemctl daemon-reload', { key: '02-daemon-reload' }),
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
