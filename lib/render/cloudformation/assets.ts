/** Builds what the stacks ship: the function's bundle and the service's directory. The same bytes for the same sources. */
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { scrapeFile } from '../../catalog/workload';
import type { WorkloadSettings } from '../../config/workload';
import { AssetError } from './asset-error';
import { stampRelease } from './release';
import { copyDirectory, placeContainer } from './workload-asset';

export interface Assets {
  /** Directory with index.mjs. */
  readonly functionDirectory: string;
  /** The release: server.js, ready.js, model/ and node_modules/, or what a workload of its own brings. */
  readonly serviceDirectory: string;
}

export interface AssetSettings {
  readonly architecture: 'x86_64' | 'arm64';
  /** Directory with model.onnx and model.json, relative to the project. */
  readonly modelDirectory: string;
  readonly workload: WorkloadSettings;
  /** What the agent scrapes of a workload of its own; undefined where nothing. */
  readonly scrapeConfig: string | undefined;
}

/** Builds both assets below `outDirectory`, from the project at `root`. */
export async function buildAssets(
  root: string,
  outDirectory: string,
  settings: AssetSettings,
): Promise<Assets> {
  const functionDirectory = join(outDirectory, 'remediation');
  const serviceDirectory = join(outDirectory, `service-${settings.architecture}`);
  await Promise.all([
    bundleFunction(root, functionDirectory),
    buildRelease(root, serviceDirectory, settings),
  ]);
  return { functionDirectory, serviceDirectory };
}

/** ES module with its AWS SDK inside: a third smaller and faster to load than the packages' main fields give. */
async function bundleFunction(root: string, outDirectory: string): Promise<void> {
  rmSync(outDirectory, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['lambda/remediation/handler.ts'],
    outfile: join(outDirectory, 'index.mjs'),
    bundle: true,
    platform: 'node',
    // Node 20 runs the bundle in the rehearsal, Node 24 in Lambda.
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'error',
  });
}

/** Builds the release's directory and stamps it with its id. */
export async function buildRelease(
  root: string,
  outDirectory: string,
  settings: AssetSettings,
): Promise<void> {
  await fillRelease(root, outDirectory, settings);
  stampRelease(outDirectory);
}

/** A release of its own is shipped as it lies there; nothing is built or installed for it. */
async function fillRelease(root: string, outDirectory: string, settings: AssetSettings): Promise<void> {
  const { workload } = settings;
  if (workload.kind === 'model') return buildService(root, outDirectory, settings);
  rmSync(outDirectory, { recursive: true, force: true });
  if (workload.kind === 'command') copyDirectory(root, workload.directory, outDirectory);
  else placeContainer(workload, outDirectory);
  if (settings.scrapeConfig !== undefined)
    writeFileSync(join(outDirectory, scrapeFile), settings.scrapeConfig);
}

async function buildService(root: string, outDirectory: string, settings: AssetSettings): Promise<void> {
  rmSync(outDirectory, { recursive: true, force: true });
  mkdirSync(outDirectory, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: {
      server: 'service/main.ts',
      outgoing: 'service/outgoing/thread.ts',
      ready: 'service/ready.ts',
    },
    outdir: outDirectory,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Half a megabyte less than the packages' main fields give, most of it for traces: it would be read at each start.
    mainFields: ['module', 'main'],
    // Native code cannot be bundled; it is shipped beside the bundle.
    external: ['onnxruntime-node'],
    logLevel: 'error',
  });
  for (const file of ['model.onnx', 'model.json']) {
    const source = join(root, settings.modelDirectory, file);
    if (!existsSync(source)) {
      throw new AssetError(
        `model.directory: incomplete, got no ${file} in ${settings.modelDirectory}, ` +
          'expected model.onnx and model.json; see docs/bring-your-own-model.md',
      );
    }
    cpSync(source, join(outDirectory, 'model', file), { recursive: true });
  }
  copyRuntime(outDirectory, settings.architecture);
}

/** Only the part of onnxruntime that runs on the host: one platform, one architecture, no installer. */
function copyRuntime(outDirectory: string, architecture: AssetSettings['architecture']): void {
  const modules = join(outDirectory, 'node_modules');
  const runtime = dirname(require.resolve('onnxruntime-node/package.json'));
  const binaries = join('bin', 'napi-v6', 'linux', architecture === 'arm64' ? 'arm64' : 'x64');
  for (const part of ['package.json', 'dist', binaries]) {
    cpSync(join(runtime, part), join(modules, 'onnxruntime-node', part), {
      recursive: true,
      filter: (path) => !/\.(d\.ts|map)$/.test(path),
    });
  }
  // The package's own exports hide its package.json, so its place is found through its entry: <package>/dist/cjs/index.js.
  const common = dirname(dirname(dirname(require.resolve('onnxruntime-common'))));
  for (const part of ['package.json', join('dist', 'cjs')]) {
    cpSync(join(common, part), join(modules, 'onnxruntime-common', part), {
      recursive: true,
      filter: (path) => !/\.(d\.ts|map)$/.test(path),
    });
  }
}
