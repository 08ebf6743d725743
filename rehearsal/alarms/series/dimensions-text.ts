/** Dimensions in one cell: `Name=value;Name=value`. A backslash takes its meaning from `;`, `=` and itself. */

import { shown } from './series-error';

/** AWS's documented limit. */
const maxDimensions = 30;

export type DimensionsReading =
  | { readonly ok: true; readonly dimensions: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problem: string };

/** An empty text is no dimension. A value may hold `=` as it is, because the first one ends the name. */
export function parseDimensions(text: string): DimensionsReading {
  if (text === '') return { ok: true, dimensions: {} };
  const pairs: [string, string][] = [];
  const names = new Set<string>();
  for (const part of split(text, ';', Number.POSITIVE_INFINITY)) {
    const [rawName = '', rawValue] = split(part, '=', 2);
    const name = unescaped(rawName);
    const value = rawValue === undefined ? undefined : unescaped(rawValue);
    if (name === undefined || (rawValue !== undefined && value === undefined))
      return refused('a backslash stands before something else than ; = or \\');
    if (value === undefined) return refused(`${shown(part)} has no =`);
    if (name === '' || value === '') return refused(`${shown(part)} lacks its name or its value`);
    if (names.has(name)) return refused(`${shown(name)} comes twice`);
    names.add(name);
    pairs.push([name, value]);
  }
  if (pairs.length > maxDimensions) return refused(`there are more than ${maxDimensions}`);
  return { ok: true, dimensions: Object.fromEntries(pairs) };
}

/** The text that `parseDimensions` reads back. */
export function printDimensions(dimensions: Readonly<Record<string, string>>): string {
  let text = '';
  for (const [name, value] of Object.entries(dimensions)) {
    text += `${text === '' ? '' : ';'}${escaped(name)}=${escaped(value)}`;
  }
  return text;
}

function escaped(text: string): string {
  return /[\\;=]/.test(text) ? text.replaceAll(/[\\;=]/g, '\\$&') : text;
}

function refused(problem: string): DimensionsReading {
  return { ok: false, problem };
}

/** At most `most` parts, cut at separators without a backslash; what is escaped stays escaped. */
function split(text: string, separator: string, most: number): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let place = 0; place < text.length && parts.length + 1 < most; place++) {
    if (text[place] === '\\') place += 1;
    else if (text[place] === separator) {
      parts.push(text.slice(start, place));
      start = place + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function unescaped(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  if (/^(?:[^\\]|\\[\\;=])*$/s.test(text)) return text.replaceAll(/\\([\\;=])/g, '$1');
  return undefined;
}
