/** What a person wrote in a test file, repeated in a message about it. */
import { excerpt } from '../../excerpt';

/** Without anything that a terminal would obey, one column for each character: a caret below still points at the right one. */
export function visibleInPlace(text: string): string {
  return text.replaceAll(control, (char) => (char === '\n' ? char : '\u{FFFD}'));
}

const control = /\p{Cc}/gu;

/** `got 'x', ` before what was expected; of lists and keys the beginning. */
export function gotOf(value: unknown): string {
  if (value === undefined) return 'missing, ';
  return `got ${written(value)}, `;
}

function written(value: unknown): string {
  if (value === null) return 'nothing';
  if (typeof value !== 'object') return `'${excerpt(String(value))}'`;
  const isList = Array.isArray(value);
  const parts = isList ? value.map(part) : Object.keys(value);
  if (parts.length === 0) return isList ? 'an empty list' : 'no keys';
  return isList ? `[${excerpt(parts.join(', '))}]` : `the keys ${excerpt(parts.join(', '))}`;
}

/** Aliases may make a list a part of itself: nothing is followed. */
const part = (value: unknown): string =>
  typeof value === 'object' && value !== null ? '...' : String(value);
