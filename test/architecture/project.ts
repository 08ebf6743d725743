/** The project's own source as the architecture tests see it: files, what each imports, and its code without comments. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { transformSync } from 'esbuild';

export const root = join(__dirname, '..', '..');

/** Folders that hold hand-written source. */
export const sourceFolders = ['bin', 'lib', 'lambda', 'service', 'rehearsal', 'bench', 'test'] as const;

export interface SourceFile {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Without comments and types, as a machine would run it; empty for what is not TypeScript or JavaScript. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** Project files by their path (`lib/config/config.ts`), packages by name, and `computed` for what no reader can tell. */
  readonly target: string;
  readonly isProject: boolean;
  readonly isTypeOnly: boolean;
}

/** Every hand-written source file of the project, sorted by path. */
export function readProject(): readonly SourceFile[] {
  const paths = [
    ...sourceFolders.flatMap((folder) => walk(folder)),
    ...readdirSync(root).filter((name) => name.endsWith('.config.ts')),
  ];
  return paths.sort().map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const isCode = /\.[cm]?[jt]s$/.test(path);
    return {
      path,
      text,
      code: isCode && !path.endsWith('.d.ts') ? withoutComments(text) : '',
      imports: isCode ? importsOf(path, text) : [],
    };
  });
}

/** What a file imports: statically, by type, by `import(...)` or by `require(...)`. */
export function importsOf(path: string, text: string): Import[] {
  const statement = /^[ \t]*(import|export)\b(\s+type\b)?[^;'"]*?\bfrom\s*(['"])([^'"]+)\3/gm;
  const effect = /^[ \t]*import\s*(['"])([^'"]+)\1/gm;
  const call = /\b(?:import|require(?:\.resolve)?)\s*\(\s*([^)]*?)\s*[,)]/g;
  const found: { specifier: string; isTypeOnly: boolean }[] = [];
  for (const match of text.matchAll(statement))
    found.push({ specifier: match[4] ?? '', isTypeOnly: match[2] !== undefined });
  for (const match of text.matchAll(effect)) found.push({ specifier: match[2] ?? '', isTypeOnly: false });
  for (const match of withoutComments(text).matchAll(call)) {
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(match[1] ?? '');
    found.push({ specifier: literal?.[2] ?? 'computed', isTypeOnly: false });
  }
  // Type imports in place, `import('x').Y`, vanish with the types, so they are looked for in the text.
  for (const match of text.matchAll(/\bimport\(\s*(['"])([^'"]+)\1\s*\)\s*\./g))
    found.push({ specifier: match[2] ?? '', isTypeOnly: true });
  return found.map(({ specifier, isTypeOnly }) => ({
    target: specifier.startsWith('.') ? resolveProject(path, specifier) : packageOf(specifier),
    isProject: specifier.startsWith('.'),
    isTypeOnly,
  }));
}

/** `aws-cdk-lib/aws-ec2` is `aws-cdk-lib`; `@aws-sdk/client-ssm` and `node:fs` stay. */
function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  if (specifier.startsWith('node:')) return specifier;
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

function resolveProject(from: string, specifier: string): string {
  const base = join(dirname(join(root, from)), specifier);
  const candidates = [base, `${base}.ts`, `${base}.js`, `${base}.d.ts`, join(base, 'index.ts')];
  const target = candidates.find((path) => existsSync(path) && statSync(path).isFile()) ?? base;
  return relative(root, target).split('\\').join('/');
}

function withoutComments(text: string): string {
  return transformSync(text, { loader: 'ts', legalComments: 'none', logLevel: 'silent' }).code;
}

function walk(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(path) : [path];
  });
}

/** One cycle of project imports as a list of paths, or undefined; imports of types count, for they bind design as well. */
export function findCycle(files: readonly Pick<SourceFile, 'path' | 'imports'>[]): string[] | undefined {
  const targets = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.filter(({ isProject }) => isProject).map(({ target }) => target),
    ]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const target of targets.get(path) ?? []) {
      const cycle = visit(target, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of targets.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
