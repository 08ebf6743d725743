/** The port of the application status check, asked by real clients, good and bad. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect as connectHttp2, constants, type IncomingHttpHeaders } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../../service/clock';
import { openStatusPort, type StatusPort } from '../../../service/health/status-port';
import type { Verdict } from '../../../service/health/verdict';

describe('the port of the application status check', { timeout: 30_000 }, () => {
  let verdict: Verdict = { well: true };
  let port: StatusPort;
  before(async () => {
    port = await openStatusPort({
      clock: systemClock(),
      bind: '127.0.0.1',
      port: 0,
      ready: async () => verdict,
    });
  });
  after(() => port.close());

  const session = () => connectHttp2(`http://127.0.0.1:${port.port}`);

  async function ask(path: string, method = 'GET'): Promise<{ status: number | undefined; body: string }> {
    const client = session();
    try {
      const stream = client.request({ ':path': path, ':method': method });
      const answered = once(stream, 'response') as Promise<[IncomingHttpHeaders]>;
      stream.end();
      let body = '';
      stream.on('data', (chunk) => {
        body += chunk;
      });
      const [headers] = await answered;
      await once(stream, 'close');
      return { status: Number(headers[':status']), body };
    } finally {
      client.destroy();
    }
  }

  it('says 200 or 503 to HTTP/2, without a body, from the same source as the route', async () => {
    assert.deepEqual(await ask('/health/ready'), { status: 200, body: '' });
    verdict = { well: false, detail: 'features: status 500, expected 200' };
    assert.deepEqual(await ask('/health/ready'), { status: 503, body: '' });
    verdict = { well: true };
    assert.deepEqual(await ask('/health/ready', 'HEAD'), { status: 200, body: '' });
  });

  it('says nothing else', async () => {
    assert.equal((await ask('/predict', 'POST')).status, 405);
    for (const path of ['/', '/health', '/health/deep', '/metrics', '/health/ready?x']) {
      assert.equal((await ask(path)).status, 404, path);
    }
  });

  it('says the same to HTTP/1.1, which people try it with, and closes', async () => {
    const statusOf = (path: string) =>
      new Promise<unknown[]>((resolve, reject) => {
        const call = request({ host: '127.0.0.1', port: port.port, path, agent: false }, (response) => {
          response.resume();
          resolve([response.statusCode, response.headers.connection]);
        });
        call.on('error', reject);
        call.end();
      });
    assert.deepEqual(await statusOf('/health/ready'), [200, 'close']);
    assert.deepEqual(await statusOf('/health/deep'), [404, 'close']);
  });

  it('answers before a body and gives it no window to be sent in', async () => {
    const client = session();
    const stream = client.request({ ':path': '/health/ready', ':method': 'POST' });
    stream.on('error', () => {});
    stream.resume();
    stream.write('x'.repeat(100_000));
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    assert.equal(headers[':status'], 405);
    await once(stream, 'close');
    assert.equal(client.remoteSettings.initialWindowSize, 0);
    client.destroy();
  });

  it('outlives garbage, half a line, a closed line and a storm of resets', async () => {
    const raw = (bytes: string | Buffer) =>
      new Promise<string>((resolve) => {
        const socket = connect(port.port, '127.0.0.1');
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk.toString('latin1');
        });
        socket.on('error', () => {});
        socket.on('close', () => resolve(text));
        socket.end(bytes);
      });
    await raw('');
    await raw('P');
    await raw(Buffer.alloc(70_000, 0xff));
    await raw('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\nnonsense');
    assert.match(await raw('GARBAGE\r\n\r\n'), /^HTTP\/1\.1 400 /);
    assert.match(
      await raw(`GET /health/ready HTTP/1.1\r\nx: ${'y'.repeat(9000)}\r\n\r\n`),
      /^HTTP\/1\.1 431 /,
    );
    const client = session();
    client.on('error', () => {});
    await once(client, 'connect');
    const closed = once(client, 'close');
    for (let each = 0; each < 200; each += 1) {
      const stream = client.request({ ':path': '/health/ready' });
      stream.on('error', () => {});
      stream.close(constants.NGHTTP2_CANCEL);
    }
    await closed;
    assert.equal((await ask('/health/ready')).status, 200);
  });

  it('lets a new client in however many connections stand idle: the oldest goes', async () => {
    const idle: Socket[] = [];
    let gone = 0;
    for (let each = 0; each < 100; each += 1) {
      const socket = connect(port.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.on('close', () => {
        gone += 1;
      });
      await once(socket, 'connect');
      idle.push(socket);
    }
    assert.equal((await ask('/health/ready')).status, 200);
    while (gone < 60) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const socket of idle) socket.destroy();
  });

  it('says in one line that a port is taken', async () => {
    const again = openStatusPort({
      clock: systemClock(),
      bind: '127.0.0.1',
      port: port.port,
      ready: async () => verdict,
    });
    await assert.rejects(
      again,
      /^Error: 127\.0\.0\.1 port \d+: cannot be listened on \(listen EADDRINUSE.*\); free it/,
    );
  });
});
