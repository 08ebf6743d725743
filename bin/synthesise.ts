/** Config to cloud assembly, in this process: what `cdk synth` does, for the commands that need the assembly themselves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { Config } from '../lib/config/config';
import { renderAgentConfig } from '../lib/render/agent/agent-config';
import { renderScrapeConfig } from '../lib/render/agent/prometheus';
import { buildAssets } from '../lib/render/cloudformation/assets';
import { composeStacks } from '../lib/render/cloudformation/compose';
import { projectRoot } from './load-config';

/** The flags of cdk.json, which only the CDK's own command line passes on by itself. */
export function cdkContext(): Record<string, unknown> {
  const { context }: { context: Record<string, unknown> } = require('../cdk.json');
  return context;
}

/** Builds the assets, adds the stacks of one stage to the app, and synthesises it; the assembly has copies of all. */
export async function synthesiseApp(app: App, config: Config): Promise<string> {
  // A directory of its own: two syntheses at the same time must not tear down each other's assets.
  const build = mkdtempSync(join(tmpdir(), 'vigia-build-'));
  try {
    const assets = await buildAssets(projectRoot, build, {
      architecture: config.host.architecture,
      modelDirectory: config.model.directory,
      workload: config.workload,
      scrapeConfig: renderScrapeConfig(config),
    });
    composeStacks(app, config, assets, renderAgentConfig(config));
    return app.synth().directory;
  } finally {
    rmSync(build, { recursive: true, force: true });
  }
}

/**
 * Writes the cloud assembly of one stage and returns its directory.
 * Validation is left to `cdk synth` and the tests: it costs three seconds and the assembly is the same.
 */
export function synthesise(config: Config, outdir: string): Promise<string> {
  const app = new App({
    outdir,
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    context: { ...cdkContext(), '@aws-cdk/core:validateAgainstDefaultRules': false },
  });
  return synthesiseApp(app, config);
}
