/** A place in a text that moves on, and the error that shows where it stood. */
import { SeriesError } from '../series-error';

/** So much of a line is shown on each side of the place. */
const shownBefore = 40;
const shownAfter = 30;

/** A text that is no series. */
export class NotationError extends SeriesError {
  constructor(
    text: string,
    /** Counted from 0. */
    readonly position: number,
    problem: { readonly what: string; readonly expected: string; readonly action: string },
  ) {
    const before = text.slice(0, position);
    const line = before.split('\n').length;
    const column = position - (before.lastIndexOf('\n') + 1) + 1;
    const found = text.charAt(position);
    const got = found === '' ? 'the end' : `'${found.trim() === '' ? 'a space' : found}'`;
    super(`series, line ${line}, column ${column}`, {
      ...problem,
      got: got === "'a space'" ? 'a space' : got,
    });
    this.name = 'NotationError';
    this.message += `\n${picture(text, position)}`;
  }
}

/** The line, and below it a caret under the place. */
function picture(text: string, position: number): string {
  const lineStart = text.lastIndexOf('\n', position - 1) + 1;
  const lineEnd = text.indexOf('\n', position);
  const start = Math.max(lineStart, position - shownBefore);
  const end = Math.min(lineEnd < 0 ? text.length : lineEnd, position + shownAfter);
  const line = text.slice(start, end).replaceAll(/\s/g, ' ');
  return `  ${line}\n  ${' '.repeat(position - start)}^`;
}

export class Scanner {
  position = 0;

  constructor(readonly text: string) {}

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** What the pattern finds here, which must be sticky; the place moves behind it. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined || found === '') return undefined;
    this.position += found.length;
    return found;
  }

  /** Moves behind the text when it stands here. */
  skip(expected: string): boolean {
    if (!this.text.startsWith(expected, this.position)) return false;
    this.position += expected.length;
    return true;
  }

  fail(what: string, expected: string, position: number = this.position): NotationError {
    return new NotationError(this.text, position, { what, expected, action: 'correct the series' });
  }
}
