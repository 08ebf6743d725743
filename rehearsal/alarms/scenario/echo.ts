/** What a person wrote, repeated in a message: short, on one line, and without anything that a terminal would obey. */

/** Enough to recognise it by, and leaves room for the message on the line. */
const shownLength = 60;

/** Cut where it is too long to be read; control characters are written out. */
export function shortened(text: string): string {
  const short = text.length > shownLength ? `${text.slice(0, shownLength)}...` : text;
  return visible(short);
}

/** A terminal would obey control characters instead of showing them. Line breaks stay where `keep` names them. */
export function visible(text: string, keep = ''): string {
  return text.replaceAll(control, (char) =>
    keep.includes(char) ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** As `visible`, one column for each character: a caret below still points at the right one. */
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
  if (typeof value !== 'object') return `'${shortened(String(value))}'`;
  const isList = Array.isArray(value);
  const parts = isList ? value.map(part) : Object.keys(value);
  if (parts.length === 0) return isList ? 'an empty list' : 'no keys';
  return isList ? `[${shortened(parts.join(', '))}]` : `the keys ${shortened(parts.join(', '))}`;
}

/** Aliases may make a list a part of itself: nothing is followed. */
const part = (value: unknown): string =>
  typeof value === 'object' && value !== null ? '...' : String(value);
