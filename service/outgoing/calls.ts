/**
 * What this service asks of others, and of itself as a caller would: every connection that it opens is opened here.
 * The calls and their answers are plain data, so that they can be made in another thread; see `thread-calls.ts`.
 */
import { type ClientRequest, Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import type { Clock } from '../clock';
import { lookupUntil } from './names';

export interface HttpCall {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** From the call to the end of its answer. */
  readonly limitMs: number;
  /** One that is kept for the next call, or one that ends with this one. */
  readonly connection: 'kept' | 'own';
  /** Who knows the host's name: the system with its files, or name servers alone. See `names.ts`. */
  readonly names: 'system' | 'servers';
  /** Whether the answer is read to its end, or left once its status is known. */
  readonly reads: 'text' | 'status';
}

export interface HttpAnswer {
  readonly status: number;
  /** Of a long answer, its beginning. */
  readonly text: string;
}

export interface TcpCall {
  readonly host: string;
  readonly port: number;
  readonly limitMs: number;
}

export interface Calls {
  /** Rejects when there was no answer. Redirects are not followed. */
  http(call: HttpCall): Promise<HttpAnswer>;
  /** Opens a connection and closes it again. Rejects when nobody took it. */
  tcp(call: TcpCall): Promise<void>;
}

/** Longer than any answer that somebody here reads. */
const maxTextLength = 4096;

/** Makes each call where it is asked for. */
export function createCalls(clock: Clock): Calls {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  return {
    http: (call) =>
      limited(clock, call.limitMs, (settle, abandoned) => {
        const isTls = call.url.startsWith('https:');
        const agent = call.connection === 'own' ? false : isTls ? agents.https : agents.http;
        const lookup = call.names === 'servers' ? { lookup: lookupUntil(abandoned) } : {};
        const { method, headers } = call;
        const request = (isTls ? requestHttps : requestHttp)(call.url, { agent, method, headers, ...lookup });
        request.on('error', settle.failed);
        readAnswer(request, call.reads, settle);
        request.end(call.body);
        return request;
      }),
    tcp: ({ host, port, limitMs }) =>
      limited(clock, limitMs, (settle, abandoned) => {
        const socket = connect({ host, port, lookup: lookupUntil(abandoned) });
        socket.once('error', settle.failed);
        socket.once('connect', () => {
          socket.destroy();
          settle.done();
        });
        return socket;
      }),
  };
}

interface Settle<T> {
  readonly done: (value: T) => void;
  readonly failed: (error: Error) => void;
}

function readAnswer(request: ClientRequest, reads: HttpCall['reads'], settle: Settle<HttpAnswer>): void {
  request.on('response', (response) => {
    const status = response.statusCode ?? 0;
    if (reads === 'status') {
      response.destroy();
      settle.done({ status, text: '' });
      return;
    }
    let text = '';
    response.setEncoding('utf8');
    response.on('error', settle.failed);
    // Read to its end, so that the connection can be used again; kept only as far as anybody reads.
    response.on('data', (chunk: string) => {
      if (text.length < maxTextLength) text += chunk;
    });
    response.on('end', () => settle.done({ status, text }));
  });
}

/** Settles once, and destroys what was begun when its time is over. */
function limited<T>(
  clock: Clock,
  limitMs: number,
  begin: (settle: Settle<T>, abandoned: AbortSignal) => { destroy(): unknown },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abandon = new AbortController();
    let begun: { destroy(): unknown } | undefined;
    const cancel = clock.after(limitMs, () => {
      settle.failed(new Error(`no answer within ${limitMs} ms`));
      abandon.abort();
      begun?.destroy();
    });
    const settle: Settle<T> = {
      done: (value) => {
        cancel();
        resolve(value);
      },
      failed: (error) => {
        cancel();
        reject(error);
      },
    };
    try {
      begun = begin(settle, abandon.signal);
    } catch (error) {
      // An address or a header that cannot be sent at all.
      settle.failed(error as Error);
    }
  });
}
