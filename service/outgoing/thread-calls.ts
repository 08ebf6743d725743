/**
 * Calls to others, made in a thread of their own. Not for their work, which is little: a server whose process also opens
 * connections runs every answer through code that has to expect both, and that cost each prediction up to four per cent.
 * A thread has code of its own. See docs/adr/0017-a-thread-for-calls-to-others.md.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Calls, HttpAnswer, HttpCall, TcpCall } from './calls';

export type Asked = { readonly id: number } & (
  | { readonly kind: 'http'; readonly call: HttpCall }
  | { readonly kind: 'tcp'; readonly call: TcpCall }
);

export interface Told {
  readonly id: number;
  readonly answer?: HttpAnswer | undefined;
  /** Why there is no answer. */
  readonly failure?: string;
}

export interface ThreadCalls extends Calls {
  /** Starts the thread before anything is asked: then the first call need not wait for it. */
  open(): void;
}

interface Waiting {
  readonly resolve: (answer: HttpAnswer | undefined) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  /** What it was asked and has not answered. */
  readonly waiting: Map<number, Waiting>;
}

/** Starts the program that is built beside the service's own. Its streams are nobody's: what it has to tell are messages. */
export function threadBeside(directory: string): () => Worker {
  return () => new Worker(join(directory, 'outgoing.js'), { execArgv: [], stdout: true, stderr: true });
}

/**
 * A thread that ends fails what waits for it and is started again for the next call.
 * @param startThread starts the program `thread.ts`; it may throw, and then the call fails
 */
export function createThreadCalls(startThread: () => Worker): ThreadCalls {
  let running: Thread | undefined;
  let lastId = 0;
  const open = (): Thread => {
    if (running !== undefined) return running;
    const thread: Thread = { worker: startThread(), waiting: new Map() };
    const { worker, waiting } = thread;
    running = thread;
    // Nobody waits for a call at the very end.
    worker.unref();
    worker.on('message', ({ id, answer, failure }: Told) => {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (failure === undefined) asked?.resolve(answer);
      else asked?.reject(new Error(failure));
    });
    const gone = (reason: string): void => {
      if (running === thread) running = undefined;
      for (const { reject } of waiting.values()) reject(new Error(reason));
      waiting.clear();
    };
    worker.on('error', (error) => gone(`the thread for calls broke: ${error.message}`));
    worker.on('exit', () => gone('the thread for calls has ended'));
    return thread;
  };
  const ask = (asked: (id: number) => Asked, moved: ArrayBuffer[]): Promise<HttpAnswer | undefined> =>
    new Promise((resolve, reject) => {
      // What is thrown here rejects.
      const { worker, waiting } = open();
      lastId += 1;
      worker.postMessage(asked(lastId), moved);
      waiting.set(lastId, { resolve, reject });
    });
  return {
    open: () => void open(),
    async http(call) {
      // A copy, which is then moved: the caller may send the same bytes again, and may have taken them out of larger ones.
      const body = call.body && new Uint8Array(call.body);
      const own: HttpCall = body === undefined ? call : { ...call, body };
      const answer = await ask((id) => ({ id, kind: 'http', call: own }), body ? [body.buffer] : []);
      if (answer === undefined) throw new Error('the thread for calls told of no answer');
      return answer;
    },
    async tcp(call) {
      await ask((id) => ({ id, kind: 'tcp', call }), []);
    },
  };
}
