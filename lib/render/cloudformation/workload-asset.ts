/** The release of a workload of your own: a directory as it lies there, or what a container is started with. */
import { cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { WorkloadSettings } from '../../config/workload';
import { AssetError } from './asset-error';

/** What tools leave behind: it changes without a change of the service, and each change is a new release. */
const leftBehind = new Set([
  '.git',
  '.DS_Store',
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
]);

/** @throws AssetError when there is nothing to ship */
export function copyDirectory(root: string, directory: string, outDirectory: string): void {
  const source = join(root, directory);
  if (!existsSync(source) || !statSync(source).isDirectory() || readdirSync(source).length === 0) {
    throw new AssetError(
      `workload.directory: nothing to ship, got '${directory}', expected a directory with the service in it; ` +
        'see docs/bring-your-own-service.md',
    );
  }
  cpSync(source, outDirectory, {
    recursive: true,
    // A link would point to nothing on the host.
    dereference: true,
    filter: (path) => !leftBehind.has(basename(path)),
  });
}

/** What container.sh on the host reads: words without blanks, so that they stand for themselves in a shell. */
export function placeContainer(
  { image, port, memoryMiB }: Extract<WorkloadSettings, { kind: 'container' }>,
  outDirectory: string,
): void {
  mkdirSync(outDirectory, { recursive: true });
  writeFileSync(
    join(outDirectory, 'container.env'),
    `VIGIA_IMAGE=${image}\nVIGIA_CONTAINER_PORT=${port}\nVIGIA_CONTAINER_MEMORY=${memoryMiB}\n`,
  );
}
