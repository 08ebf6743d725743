/** Where the agent takes spans: OTLP over HTTP on loopback, in JSON; the agent itself takes protobuf and gRPC as well. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { segmentsOf } from './segments';

/** X-Ray's own limit for one request of spans. */
const maxBodyBytes = 5 * 1024 * 1024;

/** @param accept takes the segment documents of each export; the server that comes back listens nowhere yet */
export function createOtlpReceiver(accept: (documents: readonly string[]) => void): Server {
  return createServer(async (request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.method !== 'POST' || request.url !== '/v1/traces') {
      answer(404, { message: 'only POST /v1/traces is taken here' });
    } else if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
      answer(415, { message: 'the agent stand-in takes JSON alone; the agent takes protobuf too' });
    } else {
      try {
        accept(segmentsOf(JSON.parse(await bodyOf(request))));
        answer(200, {});
      } catch (error) {
        answer(400, { message: error instanceof Error ? error.message : String(error) });
      }
    }
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes > maxBodyBytes) throw new Error(`more than ${maxBodyBytes} bytes in one request`);
  }
  const whole = Buffer.concat(parts);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole).toString('utf8');
}
