/** A small HTTP server on loopback that answers as a test says and keeps what it was asked. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export interface TestServer {
  readonly url: string;
  readonly asked: Asked[];
  stop(): Promise<void>;
}

export async function serve(answer: (asked: Asked) => number | 'hang' | 'drop'): Promise<TestServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        body: text === '' ? undefined : JSON.parse(text),
      };
      asked.push(one);
      const status = answer(one);
      if (status === 'drop') request.socket.destroy();
      else if (status !== 'hang') response.writeHead(status).end('as told');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
