/** `vigia release`: the service as an archive that deploy-release takes, and the commands that bring it onto the host. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { documents } from '../lib/catalog/documents';
import { releasePrefix } from '../lib/catalog/host';
import { scopeName } from '../lib/catalog/names';
import type { Config } from '../lib/config/config';
import { renderScrapeConfig } from '../lib/render/agent/prometheus';
import { buildRelease as buildDirectory } from '../lib/render/cloudformation/assets';
import { releaseOf } from '../lib/render/cloudformation/release';
import { loadConfig, projectRoot } from './load-config';
import { filesBelow, packed } from './release-archive';

export interface ReleaseOptions {
  readonly stage?: string | undefined;
  readonly out: string;
  readonly json: boolean;
}

export interface Release {
  readonly release: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** One after the other, in one shell: each uses what the earlier ones have set. */
  readonly commands: Readonly<Record<'bucket' | 'upload' | 'dryRun' | 'deploy' | 'watch', string>>;
}

/** Returns the exit code. */
export async function release({ stage, out, json }: ReleaseOptions): Promise<number> {
  const config = loadConfig(stage);
  const built = await buildRelease(config, resolve(out));
  process.stdout.write(json ? `${JSON.stringify(built, null, 2)}\n` : `${told(built).join('\n')}\n`);
  return 0;
}

/** Builds and packs the service of one stage; the same sources give the same bytes. */
export async function buildRelease(config: Config, out: string): Promise<Release> {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-release-'));
  try {
    await buildDirectory(projectRoot, directory, {
      architecture: config.host.architecture,
      modelDirectory: config.model.directory,
      workload: config.workload,
      scrapeConfig: renderScrapeConfig(config),
    });
    const id = releaseOf(directory);
    const archive = packed(filesBelow(directory));
    mkdirSync(out, { recursive: true });
    const file = join(out, `${config.service}-${id}.tar.gz`);
    writeFileSync(file, archive);
    const sha256 = createHash('sha256').update(archive).digest('hex');
    return {
      release: id,
      file,
      bytes: archive.length,
      sha256,
      commands: commandsFor(config, id, sha256, file),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function commandsFor(config: Config, id: string, sha256: string, file: string): Release['commands'] {
  const scope = scopeName(config);
  const region = config.env === undefined ? '' : ` --region ${config.env.region}`;
  const key = `${releasePrefix}${config.service}-${id}.tar.gz`;
  const send = (more: string): string =>
    `ID=$(aws ssm send-command${region} --document-name ${scope}-${documents.deployRelease.name} ` +
    `--targets Key=tag:VigiaHost,Values=${scope} ` +
    `--parameters "Source=s3://$BUCKET/${key},Release=${id},Sha256=${sha256}${more}" ` +
    `--comment 'release ${id}' --query Command.CommandId --output text)`;
  return {
    bucket:
      `BUCKET=$(aws cloudformation describe-stacks${region} --stack-name ${scope}-host ` +
      `--query "Stacks[0].Outputs[?OutputKey=='ReleaseBucket'].OutputValue" --output text)`,
    upload: `aws s3 cp${region} ${relative(process.cwd(), file)} "s3://$BUCKET/${key}"`,
    dryRun: send(',DryRun=yes'),
    deploy: send(''),
    watch:
      `aws ssm list-command-invocations${region} --details --command-id "$ID" ` +
      `--query 'CommandInvocations[].[Status,CommandPlugins[].Output]' --output text`,
  };
}

function told({ release: id, file, bytes, sha256, commands }: Release): string[] {
  return [
    `release  ${id}`,
    `archive  ${relative(process.cwd(), file)}   ${(bytes / 1024 / 1024).toFixed(1)} MiB`,
    `sha256   ${sha256}`,
    '',
    '# upload it',
    commands.bucket,
    commands.upload,
    '',
    '# what would happen; leave this out once you trust it',
    commands.dryRun,
    commands.watch,
    '',
    '# deploy it: the host switches to it, and back when it does not serve',
    commands.deploy,
    commands.watch,
  ];
}
