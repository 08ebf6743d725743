/** What is told of data that cannot be taken: one sentence in the form of every message here, never a stack trace. */
import { excerpt, visible } from '../../excerpt';

export interface Complaint {
  readonly what: string;
  readonly got: string;
  readonly expected: string;
  readonly action: string;
}

/** Data that is not in a form that can be read, or that contradicts itself. */
export class SeriesError extends Error {
  /** `subject` is the file and the place in it. */
  constructor(subject: string, { what, got, expected, action }: Complaint) {
    super(visible(`${subject}: ${what}, got ${got}, expected ${expected}; ${action}`));
    this.name = 'SeriesError';
  }
}

/** The text in quotes, cut where it is too long to be read, in one line. */
export function shown(text: string): string {
  return `'${excerpt(text)}'`;
}
