/**
 * What happens on first boot, as CloudFormation init config: the release and the host's scripts are unpacked, then
 * bootstrap.sh does one step a command. A step that fails fails the deployment; success is signalled only after the
 * service has answered. What follows the configuration is fetched by the host, so none of it stands here: a change of
 * this metadata replaces the instance.
 */

import { Stack } from 'aws-cdk-lib';
import { CloudFormationInit, InitCommand, InitConfig, InitFile, InitSource } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { hostLayout } from '../../../catalog/host';
import { packagesOf } from '../../../catalog/workload';
import type { Config } from '../../../config/config';
import { hostScripts } from '../documents/apply-configuration';
import { releaseOf } from '../release';
import { hostParameterPath } from '../resource-names';
import { nodeProgram } from './workload-unit';

/**
 * The steps of bootstrap.sh, in their order. The agent comes before the service, so that the log of a service that
 * does not start outlives the host.
 */
export const bootSteps = ['packages', 'users', 'place', 'configure', 'observe', 'start', 'verify'] as const;

/**
 * @param scope whose region the host is told
 * @param assetDirectory the service as it is shipped: server.js, ready.js, model/, node_modules/
 */
export function hostBootstrap(scope: IConstruct, config: Config, assetDirectory: string): CloudFormationInit {
  const layout = hostLayout(config.service);
  // A release is named by its content, so the same build never lands in two directories.
  const release = releaseOf(assetDirectory);
  return CloudFormationInit.fromConfigSets({
    configSets: { default: ['place', 'boot'] },
    configs: {
      place: new InitConfig([
        InitSource.fromAsset(`${layout.releases}/${release}`, assetDirectory),
        InitSource.fromAsset(layout.scripts, hostScripts),
        InitFile.fromString(`${layout.scripts}/host.env`, hostEnvironment(scope, config, release), {
          mode: '000644',
        }),
      ]),
      boot: new InitConfig(
        bootSteps.map((step, index) =>
          InitCommand.shellCommand(`sh bootstrap.sh ${step}`, {
            key: `${index + 1}-${step}`,
            cwd: layout.scripts,
          }),
        ),
      ),
    },
  });
}

/** What the host is, for its scripts: words without blanks or quotes, but for the list of packages. */
function hostEnvironment(scope: IConstruct, config: Config, release: string): string {
  const { packageRelease } = config.host;
  const values: Readonly<Record<string, string>> = {
    VIGIA_SERVICE: config.service,
    VIGIA_STAGE: config.stage,
    VIGIA_USER: hostLayout(config.service).user,
    VIGIA_RELEASE: release,
    VIGIA_PARAMETERS: hostParameterPath(config),
    VIGIA_REGION: Stack.of(scope).region,
    VIGIA_NODE: nodeProgram,
    VIGIA_PACKAGES: `'${packagesOf(config).join(' ')}'`,
    VIGIA_PACKAGE_RELEASE: packageRelease ?? '',
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
