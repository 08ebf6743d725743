import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { NotRehearsable } from '../../rehearsal/not-rehearsable';
import { requestsOf } from '../../rehearsal/requests';
import { seededRandom } from '../../rehearsal/traffic';

const directory = mkdtempSync(join(tmpdir(), 'vigia-requests-'));
after(() => rmSync(directory, { recursive: true }));

function release(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(directory, name);
  mkdirSync(join(path, 'model'), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

describe('what the clients of a rehearsal ask', () => {
  it("stays near the model's own example, within its ranges", () => {
    const features = [
      { name: 'amount', type: 'number', min: 0, max: 105 },
      { name: 'items', type: 'integer', min: 1, max: 50 },
      { name: 'plan', type: 'category' },
    ];
    const probe = { instance: { amount: 100, items: 20, plan: 'free' } };
    const next = requestsOf(
      release('model', { 'model/model.json': JSON.stringify({ features, probe }) }),
      seededRandom(1),
    );
    const bodies = Array.from({ length: 200 }, () => next().body as { instances: Record<string, unknown>[] });
    for (const { instances } of bodies) {
      const { amount, items, plan } = instances[0] ?? {};
      assert.ok(Number(amount) >= 90 && Number(amount) <= 105);
      assert.ok(Number.isInteger(items) && Number(items) >= 18 && Number(items) <= 22);
      assert.equal(plan, 'free');
    }
    assert.ok(new Set(bodies.map((body) => JSON.stringify(body))).size > 100);
  });

  it('is the example that the directory of a service brings', () => {
    const text = '{ "path": "/score", "body": { "rows": [[1, 2]] } }';
    const next = requestsOf(release('own', { 'example-request.json': text }), seededRandom(1));
    assert.deepEqual(next(), { path: '/score', body: { rows: [[1, 2]] } });
  });

  it('is refused by name where nothing says what may be asked', () => {
    const isRefused = (message: RegExp) => (error: unknown) =>
      error instanceof NotRehearsable && message.test(error.message);
    assert.throws(
      () => requestsOf(release('none', {}), seededRandom(1)),
      isRefused(/no example-request\.json/),
    );
    assert.throws(
      () => requestsOf(release('wrong', { 'example-request.json': '{' }), seededRandom(1)),
      isRefused(/example-request\.json: is not JSON/),
    );
  });
});
