/** Opens what --template names: the one place that reads templates from disk. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { readAssembly } from '../../assembly';
import type { TemplateSource } from './read-alarm-templates';
import { TemplateError } from './template-error';

/** Files as text, directories as cloud assemblies. Throws TemplateError or AssemblyError. */
export function openTemplates(paths: readonly string[]): TemplateSource[] {
  return paths.map((path) => {
    const isDirectory = attempt(path, () => statSync(path).isDirectory());
    if (isDirectory) return { kind: 'assembly', assembly: readAssembly(path) };
    return {
      kind: 'file',
      path,
      text: decoded(
        path,
        attempt(path, () => readFileSync(path)),
      ),
    };
  });
}

function decoded(path: string, bytes: Buffer): string {
  const isText = isUtf8(bytes);
  if (isText && !bytes.includes(0)) return bytes.toString('utf8');
  const got = isText ? 'binary data or UTF-16' : 'binary data or UTF-16, or another encoding than UTF-8';
  throw new TemplateError(
    `template ${path}: it is no text, got ${got}, expected JSON or YAML in UTF-8; save it so`,
  );
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
