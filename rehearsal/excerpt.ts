/** How messages repeat what stands in other people's files: as much as a person recognises, and no code that a terminal would obey. */

/** A person recognises a name or a line by its beginning. */
const shownLength = 60;

/** Control characters, line separators, and marks that turn the direction of writing. */
const unseen = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const unseenButLines = /(?!\n)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escaped = (character: string): string =>
  shortEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Every character of the text can be seen. */
export function visible(text: string): string {
  return text.replace(unseen, escaped);
}

/** As `visible`, for a message of several lines. */
export function visibleLines(text: string): string {
  return text.replace(unseenButLines, escaped);
}

/** The beginning of a text, all of it visible. */
export function excerpt(text: string): string {
  if (text.length <= shownLength) return visible(text);
  // Not half of a character that takes two places.
  return `${visible(text.slice(0, shownLength).replace(/[\ud800-\udbff]$/, ''))}...`;
}

/** A value of any kind in one line; JSON writes what is no finite number as null. */
export function excerptOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  return excerpt(JSON.stringify(value) ?? String(value));
}
