/** What the CDK runs: config to stacks. `-c stage=NAME` chooses the stage; without it the first one is taken. */
import { App } from 'aws-cdk-lib';
import { ConfigError } from '../lib/config/config';
import { AssetError } from '../lib/render/cloudformation/asset-error';
import { loadConfig } from './load-config';
import { synthesiseApp } from './synthesise';

async function main(): Promise<void> {
  const app = new App();
  const stage: unknown = app.node.tryGetContext('stage');
  await synthesiseApp(app, loadConfig(typeof stage === 'string' ? stage : undefined));
}

main().catch((error: unknown) => {
  const isUsersMistake = error instanceof ConfigError || error instanceof AssetError;
  console.error(isUsersMistake ? error.message : error);
  process.exitCode = 2;
});
