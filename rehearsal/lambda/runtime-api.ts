/** Lambda's Runtime API on loopback: the process asks for the next event and posts its answer. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RuntimeEvent {
  readonly requestId: string;
  readonly payload: string;
  readonly functionArn: string;
  readonly traceId: string;
}

export interface RuntimeListener {
  /** The process has asked and is being given the event; answers its deadline. */
  taken(event: RuntimeEvent): number;
  answered(kind: 'response' | 'error' | 'init-error', requestId: string, body: string): void;
}

export interface RuntimeApi {
  /** host:port for AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Hands the event to the process as soon as it asks. */
  offer(event: RuntimeEvent): void;
  /** Takes back an event that was not asked for. */
  withdraw(): void;
  stop(): Promise<void>;
}

function bodyOf(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => resolve(Buffer.concat(chunks).toString()));
    incoming.on('error', reject);
  });
}

const version = '/2018-06-01/runtime';

/** Listens on a free loopback port, one listener a function. */
export async function startRuntimeApi(listener: RuntimeListener): Promise<RuntimeApi> {
  let offered: RuntimeEvent | undefined;
  let asking: ServerResponse | undefined;

  const match = (): void => {
    if (offered === undefined || asking === undefined) return;
    const event = offered;
    const response = asking;
    offered = undefined;
    asking = undefined;
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': event.requestId,
      'lambda-runtime-deadline-ms': String(listener.taken(event)),
      'lambda-runtime-invoked-function-arn': event.functionArn,
      'lambda-runtime-trace-id': event.traceId,
    });
    response.end(event.payload);
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = incoming.url ?? '';
    if (path === `${version}/invocation/next`) {
      asking = response;
      // A process that died while asking must not be handed anything.
      response.on('close', () => {
        if (asking === response) asking = undefined;
      });
      return match();
    }
    const body = await bodyOf(incoming);
    const posted = /\/invocation\/([^/]+)\/(response|error)$/.exec(path);
    if (posted !== null) listener.answered(posted[2] as 'response' | 'error', posted[1] ?? '', body);
    else if (path === `${version}/init/error`) listener.answered('init-error', '', body);
    response.writeHead(posted !== null || path === `${version}/init/error` ? 202 : 404);
    response.end('{"status":"OK"}');
  };

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    offer: (event) => {
      offered = event;
      match();
    },
    withdraw: () => {
      offered = undefined;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
