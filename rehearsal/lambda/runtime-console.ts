/** console.* as Lambda's Node.js runtime writes it: one line a call, in text or JSON. Bundled into the bootstrap. */
import { formatWithOptions } from 'node:util';
import type { Clock } from '../clock';

export interface DescribedError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** The error object of the Runtime API. */
export function describeError(error: unknown): DescribedError {
  if (error instanceof Error) {
    return {
      errorType: error.name,
      errorMessage: error.message,
      trace: (error.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
const methods = { trace: 0, debug: 1, log: 2, info: 2, warn: 3, error: 4 } as const;

/** Replaces console's methods. Standard error is for nothing here: Lambda merges the streams, in order of writing. */
export function patchConsole(requestId: () => string, clock: Clock): void {
  const isJson = process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
  const least = Math.max(0, levels.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL ?? 'TRACE') as 'TRACE'));
  const write = process.stdout.write.bind(process.stdout);
  for (const [method, rank] of Object.entries(methods)) {
    console[method as keyof typeof methods] = (...parts: unknown[]) => {
      if (isJson && rank < least) return;
      const timestamp = new Date(clock.now()).toISOString();
      const level = levels[rank];
      const only = parts.length === 1 ? parts[0] : undefined;
      const text = formatWithOptions({}, ...parts);
      if (isJson) {
        const message = typeof only === 'object' && only !== null && !(only instanceof Error) ? only : text;
        write(`${JSON.stringify({ timestamp, level, requestId: requestId(), message })}\n`);
        return;
      }
      // A carriage return keeps several lines in one log event.
      const line = `${timestamp}\t${requestId() || 'undefined'}\t${level}\t${text}`;
      write(`${line.replace(/\n/g, '\r')}\n`);
    };
  }
}
