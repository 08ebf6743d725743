/** The one HTTP listener that stands where AWS's endpoints stand. */
import { randomUUID } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { AwsError } from '../aws-error';
import { NotRehearsable } from '../not-rehearsable';
import { SsmError } from '../ssm/types';
import { failure, type HttpAnswer, success } from './answers';
import { type Call, type Incoming, identify, notRehearsed } from './dispatch';
import type { Context } from './operation';
import { notServed, type RestRequest, restFailure, routes } from './rest-apis';
import { s3Routes } from './s3-api';
import type { Endpoint, EndpointServices } from './types';
import { xrayRoutes } from './xray-api';

const loopback = '127.0.0.1';
const dynamodbPrefix = 'DynamoDB_20120810.';

/** Every failure as AWS would code it; what only the rehearsal can fail with must not look like a passing fault. */
function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof SsmError) return new AwsError(error.code, error.message);
  if (error instanceof NotRehearsable) return new AwsError('NotImplemented', error.message, 501);
  return new AwsError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
}

async function readRequest(incoming: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const isGzip = incoming.headers['content-encoding'] === 'gzip';
  return {
    method: incoming.method ?? '',
    url: incoming.url ?? '/',
    headers: incoming.headers,
    body: isGzip ? gunzipSync(raw) : raw,
  };
}

async function answerCall(call: Call, context: Context): Promise<HttpAnswer> {
  const { api, protocol, operation, input } = call;
  const requestId = context.services.newId();
  try {
    const run = Object.hasOwn(api.operations, operation) ? api.operations[operation] : undefined;
    if (run === undefined) throw notRehearsed(api.name, operation);
    return success(api, protocol, { operation, requestId, value: await run(input(), context) });
  } catch (error) {
    return failure(api, protocol, asAwsError(error), requestId);
  }
}

async function answerRest(request: RestRequest, context: Context): Promise<HttpAnswer> {
  try {
    for (const route of [...routes, ...xrayRoutes, ...s3Routes]) {
      const match = route.method === request.method ? route.path.exec(request.path) : null;
      if (match !== null) return await route.run(request, context, decodeURIComponent(match[1] ?? ''));
    }
    throw notServed(`${request.method} ${request.path}`);
  } catch (error) {
    return restFailure(asAwsError(error));
  }
}

/** Passes a DynamoDB call on to the local implementation, whose answers are AWS's own shapes. */
function forward(incoming: Incoming, url: string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    // The body has been read and unpacked, and the answer is passed on as it comes.
    const spent = new Set([
      'content-encoding',
      'transfer-encoding',
      'accept-encoding',
      'connection',
      'expect',
    ]);
    const headers = {
      ...Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !spent.has(name))),
      host: new URL(url).host,
      'content-length': String(incoming.body.length),
    };
    const outgoing = httpRequest(url, { method: incoming.method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        // The checksum of the body stays: SDKs compare it.
        const names = ['content-type', 'x-amz-crc32', 'x-amzn-requestid'];
        const passed = names.flatMap((name) =>
          answer.headers[name] === undefined ? [] : [[name, String(answer.headers[name])]],
        );
        resolve({
          status: answer.statusCode ?? 502,
          headers: Object.fromEntries(passed),
          body: Buffer.concat(chunks),
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(incoming.body);
  });
}

async function answer(incoming: Incoming, context: Context): Promise<HttpAnswer> {
  if (String(incoming.headers['x-amz-target']).startsWith(dynamodbPrefix)) {
    return forward(incoming, context.services.dynamodbUrl);
  }
  const call = identify(incoming);
  if (call !== undefined) return answerCall(call, context);
  const [path = '/'] = incoming.url.split('?');
  const { method, headers, body } = incoming;
  return answerRest({ method, path, headers, body: body.toString('utf8'), bytes: body }, context);
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

/** Opens the listener; `port` 0 takes a free one. */
export async function startEndpoint(options: { readonly port: number }): Promise<Endpoint> {
  let services: EndpointServices | undefined;
  let startedAt = 0;
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const request = await readRequest(incoming);
      if (services === undefined) throw new AwsError('ServiceUnavailable', 'the rehearsal is starting', 503);
      const origin = `http://${String(request.headers.host ?? loopback)}`;
      send(response, await answer(request, { services, origin, startedAt }));
    } catch (error) {
      const refusal = restFailure(asAwsError(error));
      send(response, { ...refusal, headers: { ...refusal.headers, 'x-amzn-requestid': randomUUID() } });
    }
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, loopback, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${loopback}:${port}`,
    port,
    serve: (all) => {
      services = all;
      startedAt = all.clock.now();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
