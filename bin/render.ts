/** `vigia render`: everything that is generated and committed, written from the catalog or compared with it. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Config } from '../lib/config/config';
import { renderAgentConfig } from '../lib/render/agent/agent-config';
import { sheetText } from '../lib/render/cost/text';
import { renderRunbooks } from '../lib/render/runbooks/runbooks';
import { sheetOf } from './cost';
import { loadConfig, projectRoot, stageNames } from './load-config';
import { synthesise } from './synthesise';

/** Directories that hold generated files and nothing else. */
const generatedDirectories = ['agent-config', 'generated', 'docs/runbooks'];

/** Returns the exit code: 0 written or the same, 1 with `--check` when something differs. */
export async function render({ check }: { readonly check: boolean }): Promise<number> {
  const files = await generatedFiles();
  const differing = [...files].filter(([path, content]) => !isSame(path, content)).map(([path]) => path);
  const stale = presentFiles().filter((path) => !files.has(path));
  if (check) {
    for (const path of differing)
      console.error(
        `${path}: differs from the catalog, got an old version, expected the rendered one; run npx vigia render`,
      );
    for (const path of stale)
      console.error(
        `${path}: rendered by nothing, got a leftover, expected no such file; run npx vigia render`,
      );
    return differing.length + stale.length === 0 ? 0 : 1;
  }
  for (const path of differing) {
    const target = join(projectRoot, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, files.get(path) ?? '');
    console.log(`wrote ${path}`);
  }
  for (const path of stale) {
    rmSync(join(projectRoot, path));
    console.log(`removed ${path}`);
  }
  return 0;
}

/** Every generated file by its path in the project. */
async function generatedFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const [first] = stageNames();
  for (const stage of stageNames()) {
    const config = loadConfig(stage);
    files.set(`agent-config/${stage}.json`, `${JSON.stringify(renderAgentConfig(config), null, 2)}\n`);
    for (const [name, template] of await templatesOf(config))
      files.set(`generated/cloudformation/${name}`, template);
    files.set(`generated/cost/${stage}.txt`, `${sheetText(sheetOf(config)).join('\n')}\n`);
  }
  // One set of pages: they describe the first stage, and the other stages differ in names only.
  for (const [name, text] of Object.entries(renderRunbooks(loadConfig(first), readProse()))) {
    files.set(`docs/runbooks/${name}`, text);
  }
  return files;
}

function readProse(): Record<string, string> {
  const directory = join(projectRoot, 'lib', 'catalog', 'runbooks');
  return Object.fromEntries(
    readdirSync(directory).map((file) => [
      file.replace(/\.md$/, ''),
      readFileSync(join(directory, file), 'utf8'),
    ]),
  );
}

async function templatesOf(config: Config): Promise<[string, string][]> {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-render-'));
  try {
    await synthesise(config, directory);
    return readdirSync(directory)
      .filter((file) => file.endsWith('.template.json'))
      .map((file) => [file, normalise(readFileSync(join(directory, file), 'utf8'))]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Content hashes change with every line of code and say nothing in a review; everything else stays as it is deployed. */
function normalise(template: string): string {
  const instance = /"([A-Za-z0-9]+?)([0-9a-f]{16})": \{\s*"Type": "AWS::EC2::Instance"/.exec(template);
  const named =
    instance === null ? template : template.replaceAll(`${instance[1]}${instance[2]}`, `${instance[1]}`);
  return named
    .replace(/\b[0-9a-f]{64}\b/g, 'CONTENT-HASH')
    .replace(/releases\/[0-9a-f]{12}/g, 'releases/CONTENT-HASH')
    .replace(/VIGIA_RELEASE=[0-9a-f]{12}/g, 'VIGIA_RELEASE=CONTENT-HASH')
    .replace(/# fingerprint: [0-9a-f]+/g, '# fingerprint: CONTENT-HASH')
    .replace(/\n?$/, '\n');
}

function isSame(path: string, content: string): boolean {
  const file = join(projectRoot, path);
  return existsSync(file) && readFileSync(file, 'utf8') === content;
}

function presentFiles(): string[] {
  const walk = (directory: string): string[] =>
    !existsSync(directory)
      ? []
      : readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
          entry.isDirectory() ? walk(join(directory, entry.name)) : [join(directory, entry.name)],
        );
  return generatedDirectories.flatMap((directory) =>
    walk(join(projectRoot, directory)).map((file) => relative(projectRoot, file)),
  );
}
