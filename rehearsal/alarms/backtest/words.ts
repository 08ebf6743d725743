/** Durations, shares and names as the text and the page of a backtest write them. */

/** Three digits are what a reader keeps. */
export { shortNumber } from '../../timeline';

/** `30 s`, `12 min`, `4 h 10 min`, `2 d 3 h`; two parts at most. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const join = (large: string, small: number, unit: string): string =>
    small === 0 ? large : `${large} ${small} ${unit}`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 600 && seconds % 60 !== 0) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (minutes < 60) return `${minutes} min`;
  if (hours < 24) return join(`${hours} h`, minutes % 60, 'min');
  return join(`${Math.floor(hours / 24)} d`, hours % 24, 'h');
}

/** A share as a percentage; what is not nothing never reads as nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '<1 %';
  return share < 1 && share > 0.99 ? '>99 %' : `${Math.round(share * 100)} %`;
}

/** `3 pages`, `1 page`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What all names begin with, up to a hyphen: said once it need not be read in every line. */
export function sharedPrefix(names: readonly string[]): string {
  const [first = '', ...others] = names;
  if (others.length === 0) return '';
  let length = first.length;
  for (const name of others) while (!name.startsWith(first.slice(0, length))) length--;
  return first.slice(0, first.lastIndexOf('-', length - 1) + 1);
}

/** Names, logs and reasons come from elsewhere: one line each, and no code that a terminal would obey. */
export const harmless = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

/** A table with its first column to the left and the others to the right. */
export function table(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

/** Breaks a sentence at blanks so that no line is wider than the screen. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
