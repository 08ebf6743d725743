/** Catalog and config to stacks: the one place that decides which stacks exist and in which order they are deployed. */
import { type App, Tags } from 'aws-cdk-lib';
import { scopeName } from '../../catalog/names';
import type { Config } from '../../config/config';
import type { Assets } from './assets';
import { isRemediated } from './resource-names';
import { HostStack } from './stacks/host-stack';
import { ObservationStack } from './stacks/observation-stack';
import { RemediationStack } from './stacks/remediation-stack';

/**
 * Adds the stacks of one stage to the app.
 * The remediation comes before the host: whatever can break is watched, and its alarms handled, before it exists.
 */
export function composeStacks(
  app: App,
  config: Config,
  assets: Assets,
  agentConfig: Readonly<Record<string, unknown>>,
): void {
  const prefix = scopeName(config);
  const props = { config, ...(config.env === undefined ? {} : { env: config.env }) };
  const observation = new ObservationStack(app, `${prefix}-observation`, {
    ...props,
    description: 'Vigia: topics, log groups, alarms, dashboard',
  });
  const host = new HostStack(app, `${prefix}-host`, {
    ...props,
    agentConfig,
    assetDirectory: assets.serviceDirectory,
    description: 'Vigia: inference host',
  });
  host.addStackDependency(observation);
  const remediation = new RemediationStack(app, `${prefix}-remediation`, {
    ...props,
    codeDirectory: assets.functionDirectory,
    description: 'Vigia: remediation',
    // When it is off the stack must be truly empty: then a deployment deletes it. One that is merely left out stays.
    ...(isRemediated(config) ? {} : { analyticsReporting: false }),
  });
  remediation.addStackDependency(observation);
  host.addStackDependency(remediation);
  // Validators in use do not know tags on dashboards yet, and nobody is billed by them.
  const tagged = { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] };
  Tags.of(app).add('vigia:service', config.service, tagged);
  Tags.of(app).add('vigia:stage', config.stage, tagged);
}
