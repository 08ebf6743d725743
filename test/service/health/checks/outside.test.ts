/** The checks that look outside, against real servers, sockets and name servers. */
import assert from 'node:assert/strict';
import { promises } from 'node:dns';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../../../service/clock';
import { createHealthBoard } from '../../../../service/health/board';
import { httpCheck } from '../../../../service/health/checks/http';
import { tcpCheck } from '../../../../service/health/checks/tcp';
import { createCalls } from '../../../../service/outgoing/calls';
import { lookupUntil } from '../../../../service/outgoing/names';

const common = { name: 'features', critical: true, timeoutMs: 1000, everySeconds: 1 };

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('the checks that look outside', { timeout: 20_000 }, () => {
  const clock = systemClock();
  const calls = createCalls(clock);
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url === '/silent') return;
    if (request.url === '/elsewhere') response.writeHead(302, { location: '/well' });
    else response.statusCode = request.url?.startsWith('/well') === true ? 200 : 500;
    // A body without end: nobody is to wait for it.
    response.write('x'.repeat(1000));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  let base = '';
  before(async () => {
    base = `http://127.0.0.1:${await listen(server)}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const look = async (url: string, more = {}) => {
    const board = createHealthBoard(clock, [
      httpCheck({ kind: 'http', ...common, status: 200, url, ...more }, calls),
    ]);
    const [result] = (await board.look()).checks;
    return [result?.ok, result?.detail];
  };

  it('http: the status that is expected, and no other', async () => {
    assert.deepEqual(await look(`${base}/well`), [true, 'status 200']);
    assert.deepEqual(await look(`${base}/ill`), [false, 'status 500, expected 200']);
    assert.deepEqual(await look(`${base}/ill`, { status: 500 }), [true, 'status 500']);
    assert.deepEqual(await look(`${base}/elsewhere`), [false, 'status 302, expected 200']);
    assert.ok(asked.includes('GET /elsewhere'));
  });

  it('http: a server that is silent is given up, and its connection closed', async () => {
    const [ok, detail] = await look(`${base}/silent`, { timeoutMs: 200 });
    assert.deepEqual([ok, detail], [false, 'no answer within 200 ms']);
    while (sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('http: nobody there, a name that does not exist, and no word of path or query in any answer', async () => {
    const [, refused] = await look('http://127.0.0.1:9/private?token=secret');
    assert.match(String(refused), /ECONNREFUSED/);
    const [, unknown] = await look('http://nowhere.invalid/private?token=secret', { timeoutMs: 3000 });
    assert.match(String(unknown), /nowhere\.invalid|no answer/);
    const [, ill] = await look(`${base}/ill/private?token=secret`);
    for (const detail of [refused, unknown, ill]) assert.doesNotMatch(String(detail), /private|secret/);
  });

  it('tcp: a port that takes connections, and one that does not', async () => {
    const other = createTcpServer((socket) => socket.resume());
    const port = await listen(other);
    const check = (host: string) =>
      createHealthBoard(clock, [tcpCheck({ kind: 'tcp', ...common, host, port }, calls)]).look();
    assert.equal((await check('127.0.0.1')).ok, true);
    assert.equal((await check('localhost')).ok, true);
    await new Promise((resolve) => other.close(resolve));
    assert.match((await check('127.0.0.1')).checks[0]?.detail ?? '', /ECONNREFUSED/);
  });

  it('names: a look-up that is abandoned ends at once', async () => {
    const { abort, signal } = abortable();
    // A documentation address: nobody answers there.
    const servers = promises.getServers();
    promises.setServers(['192.0.2.1']);
    try {
      const failed = new Promise<string | undefined>((resolve) => {
        lookupUntil(signal)('features.internal', { all: true }, (error) => resolve(error?.code));
      });
      abort();
      assert.match((await failed) ?? '', /ECANCELLED|ETIMEOUT|ECONNREFUSED/);
    } finally {
      promises.setServers(servers);
    }
  });
});

function abortable() {
  const controller = new AbortController();
  return { abort: () => controller.abort(), signal: controller.signal };
}
