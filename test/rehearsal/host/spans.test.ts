/** Where a rehearsed service sends its spans: to the agent's place here, and never to anybody's real backend. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { moveSpans } from '../../../rehearsal/host/host';

it('spans for the agent go to its place in the rehearsal, and those for another backend nowhere', () => {
  const moved = (endpoint: string) =>
    moveSpans({ VIGIA_TRACES_ENDPOINT: endpoint, VIGIA_STAGE: 'dev' }, 4999);
  assert.deepEqual(moved('http://127.0.0.1:4318/v1/traces'), {
    VIGIA_STAGE: 'dev',
    VIGIA_TRACES_ENDPOINT: 'http://127.0.0.1:4999/v1/traces',
  });
  assert.deepEqual(moved('https://otlp.example.com/v1/traces'), { VIGIA_STAGE: 'dev' });
  assert.deepEqual(moveSpans({ VIGIA_STAGE: 'dev' }, 4999), { VIGIA_STAGE: 'dev' });
});
