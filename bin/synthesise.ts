/** Config to cloud assembly, in this process: what `cdk synth` does, for the commands that need the assembly themselves. */
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { Config } from '../lib/config/config';
import { renderAgentConfig } from '../lib/render/agent/agent-config';
import { buildAssets } from '../lib/render/cloudformation/assets';
import { composeStacks } from '../lib/render/cloudformation/compose';
import { projectRoot } from './load-config';

/** The flags of cdk.json, which only the CDK's own command line passes on by itself. */
export function cdkContext(): Record<string, unknown> {
  const { context }: { context: Record<string, unknown> } = require('../cdk.json');
  return context;
}

/** Builds the assets and adds the stacks of one stage to the app. */
export async function addStage(app: App, config: Config): Promise<void> {
  const assets = await buildAssets(projectRoot, join(projectRoot, 'build'), {
    architecture: config.host.architecture,
    modelDirectory: config.model.directory,
  });
  composeStacks(app, config, assets, renderAgentConfig(config));
}

/**
 * Writes the cloud assembly of one stage and returns its directory.
 * Validation is left to `cdk synth` and `npm run check`: it costs three seconds and the assembly is the same.
 */
export async function synthesise(config: Config, outdir: string): Promise<string> {
  const app = new App({
    outdir,
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    context: { ...cdkContext(), '@aws-cdk/core:validateAgainstDefaultRules': false },
  });
  await addStage(app, config);
  return app.synth().directory;
}
