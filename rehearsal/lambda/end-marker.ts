/** The line by which a function's process says on each stream that an invocation's output is complete. */

/** NUL cannot open a line of any log format, so no handler writes this by chance. */
export const endMarker = (requestId: string): string => `\u0000end ${requestId}`;
