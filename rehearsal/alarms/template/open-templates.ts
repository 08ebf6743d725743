/** Opens what --template names: the one place that reads templates from disk. */
import { readFileSync, statSync } from 'node:fs';
import { readAssembly } from '../../assembly';
import type { TemplateSource } from './read-alarm-templates';
import { TemplateError } from './template-error';

/** Files as text, directories as cloud assemblies. Throws TemplateError or AssemblyError. */
export function openTemplates(paths: readonly string[]): TemplateSource[] {
  return paths.map((path) => {
    const isDirectory = attempt(path, () => statSync(path).isDirectory());
    if (isDirectory) return { kind: 'assembly', assembly: readAssembly(path) };
    return { kind: 'file', path, text: attempt(path, () => readFileSync(path, 'utf8')) };
  });
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const got = code === 'ENOENT' ? 'no such file or directory' : code;
    throw new TemplateError(
      `template ${path}: it cannot be opened, got ${got}, expected a file or a cloud assembly directory; correct --template`,
    );
  }
}
