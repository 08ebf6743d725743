/** What is told of data that cannot be taken: one sentence in the form of every message here, never a stack trace. */

export interface Complaint {
  readonly what: string;
  readonly got: string;
  readonly expected: string;
  readonly action: string;
}

/** A person recognises a cell or a line by its beginning. */
const shownLength = 80;

/** Data that is not in a form that can be read, or that contradicts itself. */
export class SeriesError extends Error {
  /** `subject` is the file and the place in it. */
  constructor(subject: string, { what, got, expected, action }: Complaint) {
    super(`${subject}: ${what}, got ${got}, expected ${expected}; ${action}`);
    this.name = 'SeriesError';
  }
}

/** The text in quotes, cut where it is too long to be read, without line breaks. */
export function shown(text: string): string {
  const line = text.length > shownLength ? `${text.slice(0, shownLength)}...` : text;
  return `'${line.replaceAll(/[\r\n]+/g, ' ')}'`;
}
