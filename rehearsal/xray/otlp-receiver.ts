/** Where the agent takes spans: OTLP over HTTP on loopback, in protocol buffers or JSON; the agent itself takes gRPC as well. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { readExport } from './otlp-messages';
import { segmentsOf } from './segments';

/** X-Ray's own limit for one request of spans. */
const maxBodyBytes = 5 * 1024 * 1024;

/** @param accept takes the segment documents of each export; the server that comes back listens nowhere yet */
export function createOtlpReceiver(accept: (documents: readonly string[]) => void): Server {
  return createServer(async (request, response) => {
    const type = /^application\/(x-protobuf|json)\b/.exec(request.headers['content-type'] ?? '')?.[1];
    const refuse = (status: number, message: string): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
    };
    if (request.method !== 'POST' || request.url !== '/v1/traces') {
      refuse(404, 'only POST /v1/traces is taken here');
    } else if (type === undefined) {
      refuse(415, 'only protocol buffers and JSON are taken here');
    } else {
      try {
        const body = await bodyOf(request);
        accept(segmentsOf(type === 'json' ? JSON.parse(body.toString('utf8')) : readExport(body)));
        // Nothing to tell: that is an empty message, and an empty object.
        response.writeHead(200, { 'content-type': `application/${type}` }).end(type === 'json' ? '{}' : '');
      } catch (error) {
        refuse(400, error instanceof Error ? error.message : String(error));
      }
    }
  });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes > maxBodyBytes) throw new Error(`more than ${maxBodyBytes} bytes in one request`);
  }
  const whole = Buffer.concat(parts);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole;
}
