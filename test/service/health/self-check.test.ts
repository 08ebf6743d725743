/** The service asking itself over a real socket. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../../service/clock';
import { answersItself, loopbackOf } from '../../../service/health/self-check';
import { createCalls } from '../../../service/outgoing/calls';
import { heldClock } from '../held-clock';

describe('self-check', { timeout: 10_000 }, () => {
  const server = createServer((request, response) => {
    if (request.url === '/silent') return;
    response.statusCode = request.url === '/well' ? 200 : 503;
    response.end('{}');
  });
  let port = 0;
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is true for 200 alone, and false when nobody listens', async () => {
    const calls = createCalls(systemClock());
    assert.equal(await answersItself(calls, '127.0.0.1', port, '/well'), true);
    assert.equal(await answersItself(calls, '127.0.0.1', port, '/unwell'), false);
    assert.equal(await answersItself(calls, '127.0.0.1', 1, '/well'), false);
  });

  it('is false after two seconds without an answer', async () => {
    const clock = heldClock(0);
    let outcome: boolean | undefined;
    const asked = answersItself(createCalls(clock), '127.0.0.1', port, '/silent').then((answered) => {
      outcome = answered;
    });
    await clock.advance(1999);
    assert.equal(outcome, undefined);
    await clock.advance(1);
    await asked;
    assert.equal(outcome, false);
  });

  it('finds the loopback address behind a bind address', () => {
    assert.deepEqual(['0.0.0.0', '::', '127.0.0.1', '10.0.0.5'].map(loopbackOf), [
      '127.0.0.1',
      '::1',
      '127.0.0.1',
      '10.0.0.5',
    ]);
  });
});
