/** The program of the thread that calls others. What it is told, and what it tells, is in `thread-calls.ts`. */
import { parentPort } from 'node:worker_threads';
import { systemClock } from '../clock';
import { createCalls, type HttpAnswer } from './calls';
import type { Asked, Told } from './thread-calls';

const calls = createCalls(systemClock());

parentPort?.on('message', ({ id, kind, call }: Asked) => {
  const tell = (told: Omit<Told, 'id'>): void => parentPort?.postMessage({ id, ...told });
  const made: Promise<HttpAnswer | undefined> =
    kind === 'http' ? calls.http(call) : calls.tcp(call).then(() => undefined);
  made.then(
    (answer) => tell({ answer }),
    (error: unknown) => tell({ failure: error instanceof Error ? error.message : String(error) }),
  );
});
