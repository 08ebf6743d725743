/** Calls to others, made by a real thread to real servers. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { HttpCall } from '../../../service/outgoing/calls';
import { createThreadCalls, threadBeside } from '../../../service/outgoing/thread-calls';
import { openWorkshop, type Workshop } from '../service-process';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

describe('calls that a thread makes', { timeout: 30_000 }, () => {
  const threads: Worker[] = [];
  let workshop: Workshop;
  const calls = createThreadCalls(() => {
    const thread = threadBeside(workshop.directory)();
    threads.push(thread);
    return thread;
  });
  const connections = new Set<unknown>();
  const server = createServer((request, response) => {
    connections.add(request.socket);
    if (request.url === '/silent') return;
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
    });
    request.on('end', () => response.writeHead(request.method === 'POST' ? 200 : 404).end(`${size} bytes`));
  });
  let port = 0;
  before(async () => {
    workshop = await openWorkshop();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all(threads.map((thread) => thread.terminate()));
    await workshop.close();
  });
  const to = (path: string, more: Partial<HttpCall> = {}): HttpCall => ({
    ...{ url: `http://127.0.0.1:${port}${path}`, method: 'GET', headers: {}, limitMs: 10_000 },
    ...{ connection: 'own', names: 'system', reads: 'body', ...more },
  });

  it('come back with status and body, each to who asked', async () => {
    const body = Buffer.from('0123456789').subarray(2, 7);
    const [got, posted, status] = await Promise.all([
      calls.http(to('/')),
      calls.http(to('/', { method: 'POST', body })),
      calls.http(to('/', { reads: 'status' })),
    ]);
    assert.deepEqual(got, { status: 404, body: bytesOf('0 bytes') });
    assert.deepEqual(posted, { status: 200, body: bytesOf('5 bytes') });
    assert.deepEqual(status, { status: 404, body: bytesOf('') });
    assert.equal(body.toString(), '23456', 'the bytes are still there for another attempt');
    assert.equal(await calls.tcp({ host: 'localhost', port, limitMs: 10_000 }), undefined);
    assert.equal(threads.length, 1);
  });

  it('keep a connection only when they are told to', async () => {
    for (const [connection, used] of [
      ['kept', 1],
      ['own', 3],
    ] as const) {
      connections.clear();
      for (let count = 0; count < 3; count += 1) await calls.http(to('/', { connection }));
      assert.equal(connections.size, used, connection);
    }
  });

  it('fail with the reason: nobody there, silence, an address or a header that cannot be sent', async () => {
    const nobody = { host: '127.0.0.1', port: 9, limitMs: 10_000 };
    await assert.rejects(calls.tcp(nobody), /ECONNREFUSED/);
    await assert.rejects(calls.http({ ...to('/'), url: 'http://127.0.0.1:9/' }), /ECONNREFUSED/);
    await assert.rejects(calls.http(to('/silent', { limitMs: 100 })), /^Error: no answer within 100 ms$/);
    await assert.rejects(calls.http({ ...to('/'), url: 'no address' }), /Invalid URL/);
    await assert.rejects(calls.http(to('/', { headers: { key: 'a\nb' } })), /Invalid character in header/);
    assert.equal((await calls.http(to('/'))).status, 404, 'the thread goes on');
    assert.equal(threads.length, 1);
  });

  it('fail when their thread ends, and the next one has a new thread', async () => {
    const asked = calls.http(to('/silent'));
    // Its answer to this one says that it has heard the other.
    await calls.http(to('/'));
    await threads[0]?.terminate();
    await assert.rejects(asked, /the thread for calls has ended/);
    assert.equal((await calls.http(to('/'))).status, 404);
    assert.equal(threads.length, 2);
  });

  it('fail, and nothing else does, when there is no program for the thread', async () => {
    const none = createThreadCalls(() => new Worker('/no-such-program.js'));
    await assert.rejects(none.http(to('/')), /the thread for calls broke: .*no-such-program/);
  });
});
