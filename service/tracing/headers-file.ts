/** Headers that a backend for traces wants, a key for instance: from a file, because neither code nor unit may hold them. */
import { readFile } from 'node:fs/promises';

/**
 * One `name: value` a line; empty lines and those that begin with # say nothing.
 * A file that cannot be read gives no headers and is told of: the backend will refuse, the predictions go on.
 */
export async function readHeaders(
  path: string | undefined,
  complain: (message: string) => void,
): Promise<Record<string, string>> {
  if (path === undefined) return {};
  try {
    return parseHeaders(await readFile(path, 'utf8'), path, complain);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    complain(`${path}: cannot be read (${reason}); traces are sent without its headers`);
    return {};
  }
}

const header = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):\s*([\x20-\x7e]+)$/;

/** What is wrong is named by its line, never by its text: that may be half a key. */
function parseHeaders(
  text: string,
  path: string,
  complain: (message: string) => void,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const [, name, value] = header.exec(trimmed) ?? [];
    if (name === undefined || value === undefined) {
      complain(`${path}: line ${index + 1} is no header, expected 'name: value'; it is left out`);
    } else headers[name] = value;
  }
  return headers;
}
