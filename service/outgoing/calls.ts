/**
 * What this service asks of others, and of itself as a caller would: every connection that it opens is opened here.
 * The calls and their answers are plain data, so that they can be made in another thread; see `thread-calls.ts`.
 */
import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { type Clock, within } from '../clock';
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
  readonly reads: 'body' | 'status';
}

export interface HttpAnswer {
  readonly status: number;
  /** Of a long answer, its beginning. */
  readonly body: Uint8Array;
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

/** Longer than any answer that somebody here reads: a backend's words on each span of a batch. */
const maxBodyBytes = 64 * 1024;

/** Makes each call where it is asked for. */
export function createCalls(clock: Clock): Calls {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  return {
    http: (call) => limited(clock, call.limitMs, (abandoned) => askHttp(call, agents, abandoned)),
    tcp: (call) => limited(clock, call.limitMs, (abandoned) => openTcp(call, abandoned)),
  };
}

/** Closes what is still open once nobody waits any more. */
function limited<T>(clock: Clock, limitMs: number, ask: (abandoned: AbortSignal) => Promise<T>): Promise<T> {
  const abandon = new AbortController();
  return within(clock, limitMs, ask(abandon.signal)).catch((error: unknown) => {
    abandon.abort();
    throw error;
  });
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

function askHttp(call: HttpCall, agents: Agents, abandoned: AbortSignal): Promise<HttpAnswer> {
  // An address or a header that cannot be sent at all is thrown in here, and rejects.
  return new Promise((resolve, reject) => {
    const isTls = call.url.startsWith('https:');
    const agent = call.connection === 'own' ? false : isTls ? agents.https : agents.http;
    const lookup = call.names === 'servers' ? { lookup: lookupUntil(abandoned) } : {};
    const { method, headers } = call;
    const request = (isTls ? requestHttps : requestHttp)(call.url, { agent, method, headers, ...lookup });
    abandoned.addEventListener('abort', () => request.destroy(), { once: true });
    request.on('error', reject);
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      if (call.reads === 'status') {
        response.destroy();
        return resolve({ status, body: new Uint8Array(0) });
      }
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('error', reject);
      // Read to its end, so that the connection can be used again; kept only as far as anybody reads.
      response.on('data', (chunk: Buffer) => {
        if (bytes < maxBodyBytes) parts.push(chunk);
        bytes += chunk.length;
      });
      // In memory of its own: a part of something larger would take all of that along to another thread.
      response.on('end', () =>
        resolve({ status, body: new Uint8Array(Buffer.concat(parts, Math.min(bytes, maxBodyBytes))) }),
      );
    });
    request.end(call.body);
  });
}

function openTcp({ host, port }: TcpCall, abandoned: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup: lookupUntil(abandoned) });
    abandoned.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
