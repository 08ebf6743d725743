/** Keeps each log line within bounds and still whole JSON: a reader must never meet half an object. */

/** A deep stack with its causes fits; beyond that a line crowds out others from the buffer of a full disk. */
export const maxLineLength = 16 * 1024;

/** Of one text in a line that is too long: its beginning tells what it is. */
const maxTextLength = 1024;
const maxMembers = 20;
const maxDepth = 4;

/** What every reader needs of a line, whatever else must go. */
const identity = ['level', 'time', 'service', 'stage', 'requestId', 'route', 'statusCode'];

/** The line itself when it fits, else a shorter one that says so (`shortened: true`). With its line end. */
export function boundedLine(line: string): string {
  if (line.length <= maxLineLength) return line;
  const whole = JSON.parse(line) as Record<string, unknown>;
  const shorter = asLine({ ...(shorten(whole, 0) as object), shortened: true });
  if (shorter.length <= maxLineLength) return shorter;
  const kept = identity.filter((key) => key in whole).map((key) => [key, shorten(whole[key], maxDepth)]);
  const { message } = (whole.err ?? {}) as { message?: unknown };
  return asLine({
    ...Object.fromEntries(kept),
    msg: shorten(String(whole.msg ?? ''), 0),
    ...(message === undefined ? {} : { err: { message: shorten(String(message), 0) } }),
    shortened: true,
  });
}

const asLine = (value: object): string => `${JSON.stringify(value)}\n`;

function shorten(value: unknown, depth: number): unknown {
  if (typeof value === 'string') {
    if (value.length <= maxTextLength) return value;
    return `${value.slice(0, maxTextLength)} (and ${value.length - maxTextLength} characters more)`;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return Array.isArray(value) ? '(a list)' : '(an object)';
  if (Array.isArray(value)) return value.slice(0, maxMembers).map((each) => shorten(each, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, maxMembers)
      .map(([key, each]) => [key.slice(0, maxTextLength), shorten(each, depth + 1)]),
  );
}

export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code?: string;
  readonly cause?: LoggedError;
}

/** Causes below this are the same story told again. */
const maxCauses = 4;

/**
 * What of an error is written: its kind, its words, its code, where it came from. Its other members stay out: libraries
 * hang requests and bodies on their errors, and those are somebody's data.
 */
export function loggedError(error: unknown, depth = 0): LoggedError | unknown {
  if (!(error instanceof Error)) {
    return typeof error === 'object' && error !== null ? { message: 'an object that is no error' } : error;
  }
  const { code } = error as { code?: unknown };
  return {
    type: error.constructor.name,
    message: error.message,
    stack: error.stack,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.cause instanceof Error && depth < maxCauses
      ? { cause: loggedError(error.cause, depth + 1) }
      : {}),
  };
}
