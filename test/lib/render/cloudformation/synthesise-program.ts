/** Synthesises one stage of the sample configuration with its real assets into the directory given, and says nothing. */
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { projectRoot } from '../../../../bin/load-config';
import { cdkContext } from '../../../../bin/synthesise';
import { renderAgentConfig } from '../../../../lib/render/agent/agent-config';
import { renderScrapeConfig } from '../../../../lib/render/agent/prometheus';
import { buildAssets } from '../../../../lib/render/cloudformation/assets';
import { composeStacks } from '../../../../lib/render/cloudformation/compose';
import { sampleConfig } from '../../sample-config';

async function main(outdir: string): Promise<void> {
  const config = sampleConfig();
  const assets = await buildAssets(projectRoot, join(outdir, 'build'), {
    architecture: config.host.architecture,
    modelDirectory: config.model.directory,
    workload: config.workload,
    scrapeConfig: renderScrapeConfig(config),
  });
  const app = new App({
    outdir: join(outdir, 'assembly'),
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    context: { ...cdkContext(), '@aws-cdk/core:validateAgainstDefaultRules': false },
  });
  composeStacks(app, config, assets, renderAgentConfig(config));
  app.synth();
}

void main(process.argv[2] ?? '');
