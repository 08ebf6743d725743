/**
 * The port on which EC2's application status check asks. It asks in HTTP/2 without TLS, which the port for callers does
 * not speak; so this one is apart, and says one thing only: the status of GET /health/ready, without a body. A person
 * who tries it with plain HTTP/1.1 gets the same status. Everything a peer could pile up has a limit, and when there
 * are too many connections the oldest goes: the check, which comes anew, is always let in.
 */
import { createServer as createHttp1Server, type Server as Http1Server } from 'node:http';
import {
  constants,
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../clock';
import { portTaken } from '../start-error';
import type { Verdict } from './verdict';

/** A check a zone, and as many again while one is replaced; the rest is room for people. */
const maxConnections = 32;

/** The first bytes come with the connection, or never. */
const firstBytesMs = 5000;

/** The check asks once a minute; a connection that lives for some of them is enough, and one that lives longer is a leak. */
const maxConnectionMs = 5 * 60_000;

/** Longer than the minute between two questions, so that the check finds its connection again if it keeps one. */
const idleSessionMs = 75_000;

/** A person's request is there at once. */
const idleRequestMs = 5000;

/** What one connection may ask in its life: the check needs five. */
const maxStreams = 50;

/** A request line and a dozen headers; the usual limit is sixteen times this. */
const maxHeaderBytes = 4096;

export interface StatusPortOptions {
  readonly clock: Clock;
  readonly bind: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly ready: () => Promise<Verdict>;
}

export interface StatusPort {
  readonly port: number;
  /** Takes no more, and cuts off who is there. */
  close(): void;
}

/** @throws StartError when the port cannot be had */
export async function openStatusPort({ clock, bind, port, ready }: StatusPortOptions): Promise<StatusPort> {
  const statusOf = async (method: string | undefined, path: string | undefined): Promise<number> => {
    if (method !== 'GET' && method !== 'HEAD') return 405;
    if (path !== '/health/ready') return 404;
    return (await ready()).well ? 200 : 503;
  };
  const http2 = speakHttp2(statusOf);
  const http1 = speakHttp1(statusOf);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    for (const oldest of open) {
      if (open.size < maxConnections) break;
      open.delete(oldest);
      oldest.destroy();
    }
    open.add(socket);
    const cancelLife = clock.after(maxConnectionMs, () => socket.destroy());
    const cancelSilence = clock.after(firstBytesMs, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      cancelLife();
      cancelSilence();
    });
    socket.once('readable', () => {
      cancelSilence();
      pass(socket, http1, http2);
    });
  });
  await listen(server, bind, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** The start of HTTP/2's opening line, which is no method of HTTP/1.1. */
const opening = 'PRI';

/** Looks at the first bytes, puts them back, and gives the connection to whoever speaks that. */
function pass(socket: Socket, http1: Http1Server, http2: Http2Server): void {
  const first = socket.read() as Buffer | null;
  if (first === null || first.length < opening.length) {
    socket.destroy();
    return;
  }
  socket.unshift(first);
  const speaker = first.toString('latin1', 0, opening.length) === opening ? http2 : http1;
  speaker.emit('connection', socket);
}

type StatusOf = (method: string | undefined, path: string | undefined) => Promise<number>;

function speakHttp2(statusOf: StatusOf): Http2Server {
  const server = createHttp2Server({
    maxSessionMemory: 1,
    maxSessionInvalidFrames: 10,
    maxSessionRejectedStreams: 10,
    maxOutstandingPings: 2,
    maxHeaderListPairs: 32,
    settings: {
      enablePush: false,
      maxConcurrentStreams: 8,
      maxHeaderListSize: maxHeaderBytes,
      // No window: whoever wants to send a body may not send a byte of it.
      initialWindowSize: 0,
    },
  });
  server.on('session', (session) => {
    let streams = 0;
    session.on('error', () => {});
    session.setTimeout(idleSessionMs, () => session.close());
    session.on('stream', (stream, headers) => {
      streams += 1;
      if (streams > maxStreams) session.destroy();
      else void answer(stream, headers, statusOf);
    });
  });
  return server;
}

async function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  statusOf: StatusOf,
): Promise<void> {
  stream.on('error', () => {});
  const status = await statusOf(headers[':method'], headers[':path']);
  if (stream.destroyed || stream.closed) return;
  stream.respond({ ':status': status, 'cache-control': 'no-store' }, { endStream: true });
  stream.close(constants.NGHTTP2_NO_ERROR);
}

function speakHttp1(statusOf: StatusOf): Http1Server {
  const server = createHttp1Server({ maxHeaderSize: maxHeaderBytes }, async (request, response) => {
    const status = await statusOf(request.method, request.url);
    response.writeHead(status, { 'content-length': 0, 'cache-control': 'no-store', connection: 'close' });
    response.end();
    request.resume();
  });
  return server.setTimeout(idleRequestMs);
}

function listen(server: Server, bind: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(portTaken(bind, port, error)));
    server.listen(port, bind, resolve);
  });
}
