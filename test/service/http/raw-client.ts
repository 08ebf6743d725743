/** A client that sends bytes, not requests: what it sends need not be HTTP at all. */
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

export interface RawAnswer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** What came back: whole answers, or the mere end of the connection. */
export interface RawExchange {
  readonly answers: readonly RawAnswer[];
  readonly rest: string;
  readonly isClosed: boolean;
}

export interface RawOptions {
  /** Pause before each part but the first. */
  readonly pauseMs?: number;
  /** Closes the sending side after the last part, as a client does that is only listening. */
  readonly halfClose?: boolean;
  /** Stops listening for more after this long. */
  readonly patienceMs?: number;
  readonly until?: (answers: readonly RawAnswer[]) => boolean;
}

/** Sends the parts one after the other and collects what comes until the other side closes, or patience is out. */
export async function exchange(
  port: number,
  parts: readonly (string | Uint8Array)[],
  { pauseMs = 0, halfClose = false, patienceMs = 2000, until = (all) => all.length > 0 }: RawOptions = {},
): Promise<RawExchange> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let isClosed = false;
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {
    isClosed = true;
  });
  socket.on('end', () => {
    isClosed = true;
  });
  socket.on('close', () => {
    isClosed = true;
  });
  await send(socket, parts, pauseMs, () => isClosed);
  if (halfClose) socket.end();
  const startedAt = performance.now();
  while (!isClosed && performance.now() - startedAt < patienceMs) {
    if (until(parse(Buffer.concat(chunks)).answers)) break;
    await setTimeout(2);
  }
  socket.destroy();
  return { ...parse(Buffer.concat(chunks)), isClosed };
}

async function send(
  socket: Socket,
  parts: readonly (string | Uint8Array)[],
  pauseMs: number,
  isClosed: () => boolean,
): Promise<void> {
  for (const [index, part] of parts.entries()) {
    if (index > 0 && pauseMs > 0) await setTimeout(pauseMs);
    if (isClosed()) return;
    socket.write(part);
  }
}

/** Cuts what came into whole answers by their content-length. */
function parse(bytes: Buffer): { readonly answers: readonly RawAnswer[]; readonly rest: string } {
  const answers: RawAnswer[] = [];
  let text = bytes.toString('latin1');
  for (;;) {
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) break;
    const headers = text.slice(0, end);
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(headers)?.[1] ?? Number.NaN);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(headers)?.[1] ?? 0);
    if (Number.isNaN(status) || text.length < end + 4 + length) break;
    answers.push({ status, headers, body: text.slice(end + 4, end + 4 + length) });
    text = text.slice(end + 4 + length);
  }
  return { answers, rest: text };
}
