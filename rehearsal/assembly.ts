/** Reads a cloud assembly from disk: the templates in deployment order, and where their assets lie. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface Template {
  readonly stack: string;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly parameters: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly mappings: Readonly<Record<string, unknown>>;
  readonly conditions?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** The macros that AWS runs over the whole template. */
  readonly transforms?: readonly string[];
}

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export interface Assembly {
  readonly directory: string;
  readonly templates: readonly Template[];
  /** Directory of a file asset, by the content hash that its S3 key begins with. */
  assetDirectory(hash: string): string | undefined;
}

/** The assembly cannot be used at all; told without a stack trace. */
export class AssemblyError extends Error {}

interface Artifact {
  readonly type: string;
  readonly dependencies?: readonly string[];
  readonly properties?: { readonly templateFile?: string; readonly file?: string };
}

/** @throws AssemblyError when the directory is no cloud assembly, or holds no stack */
export function readAssembly(path: string): Assembly {
  const directory = resolve(path);
  const { artifacts = {} } = readJson<{ artifacts?: Record<string, Artifact> }>(directory, 'manifest.json');
  const stacks = inDeploymentOrder(artifacts);
  if (stacks.length === 0) {
    throw new AssemblyError(
      `assembly: no stack in it, got ${directory}, expected a cloud assembly; run npx cdk synth`,
    );
  }
  const assets = readAssets(directory, artifacts);
  return {
    directory,
    templates: stacks.map((stack) =>
      readTemplate(directory, stack, artifacts[stack]?.properties?.templateFile ?? ''),
    ),
    assetDirectory: (hash) => assets.get(hash),
  };
}

function readTemplate(directory: string, stack: string, file: string): Template {
  return toTemplate(stack, readJson<TemplateBody>(directory, file));
}

/** The sections of a template as it is written. */
export interface TemplateBody {
  readonly Resources?: Template['resources'];
  readonly Parameters?: Template['parameters'];
  readonly Mappings?: Template['mappings'];
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
  readonly Transform?: unknown;
}

/** A template as the readers take it: an absent section is an empty one. */
export function toTemplate(stack: string, body: TemplateBody): Template {
  const transforms = body.Transform === undefined ? [] : [body.Transform].flat();
  return {
    stack,
    resources: body.Resources ?? {},
    parameters: body.Parameters ?? {},
    mappings: body.Mappings ?? {},
    conditions: body.Conditions ?? {},
    outputs: body.Outputs ?? {},
    transforms: transforms.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
  };
}

function readAssets(directory: string, artifacts: Readonly<Record<string, Artifact>>): Map<string, string> {
  const assets = new Map<string, string>();
  for (const artifact of Object.values(artifacts)) {
    const file = artifact.properties?.file;
    if (artifact.type !== 'cdk:asset-manifest' || file === undefined) continue;
    const { files = {} } = readJson<{
      files?: Record<string, { source: { path?: string; packaging?: string } }>;
    }>(directory, file);
    for (const [hash, { source }] of Object.entries(files)) {
      if (source.packaging === 'zip' && source.path !== undefined)
        assets.set(hash, join(directory, source.path));
    }
  }
  return assets;
}

/** Stacks after everything they depend on, otherwise in the manifest's order. */
function inDeploymentOrder(artifacts: Readonly<Record<string, Artifact>>): string[] {
  const ordered: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (ordered.includes(name) || path.includes(name)) return;
    for (const dependency of artifacts[name]?.dependencies ?? []) visit(dependency, [...path, name]);
    if (artifacts[name]?.type === 'aws:cloudformation:stack') ordered.push(name);
  };
  for (const name of Object.keys(artifacts)) visit(name, []);
  return ordered;
}

function readJson<T>(directory: string, file: string): T {
  const path = join(directory, file);
  if (!existsSync(path)) {
    throw new AssemblyError(
      `assembly: incomplete, got no ${path}, expected a cloud assembly; run npx cdk synth`,
    );
  }
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    throw new AssemblyError(
      `assembly: ${path} is not JSON, got ${(error as Error).message}, expected JSON; synthesise again`,
    );
  }
}
