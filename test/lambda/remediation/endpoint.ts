/** An AWS endpoint with its answers written down beforehand: for what the SDK sends and how it takes trouble. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status?: number;
  readonly body: unknown;
  /** Never answers at all. */
  readonly hang?: boolean;
  /** Takes the request and breaks the connection. */
  readonly drop?: boolean;
}

/** Says what AWS would say; the request is kept to be looked at. */
export class Endpoint {
  readonly requests: { readonly action: string; readonly body: string }[] = [];
  answers: Answer[] = [];
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const target =
      String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? '';
    this.requests.push({
      action: target === '' ? (new URLSearchParams(body).get('Action') ?? '') : target,
      body,
    });
    const answer = this.answers.shift() ?? { status: 500, body: {} };
    if (answer.hang) return;
    if (answer.drop) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  }

  last(): { readonly action: string; readonly body: string } {
    const request = this.requests.at(-1);
    assert.ok(request);
    return request;
  }

  open(): Promise<string> {
    return new Promise((resolve) => {
      this.server.listen(0, '127.0.0.1', () => {
        resolve(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
      });
    });
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
