/** The agent's note beside the file it ships, in real files with times set by hand. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { agentNoteOf } from '../../../../lib/catalog/host';
import { agentCheck } from '../../../../service/health/checks/agent';
import { heldClock } from '../../held-clock';

const settings = {
  kind: 'agent',
  name: 'agent',
  critical: false,
  timeoutMs: 1000,
  maxAgeSeconds: 60,
} as const;
const { signal } = new AbortController();

describe('the agent check', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vigia-agent-'));
  });
  after(() => rm(directory, { recursive: true }));

  /** Looks `laterMs` after the file was made, in a service that has been up for an hour. */
  async function look(laterMs: number, note?: { readonly text: string; readonly atMs: number }) {
    const [shipped, path] = [join(directory, 'metrics.emf'), join(directory, 'note')];
    await rm(shipped, { force: true });
    await rm(path, { force: true });
    await writeFile(shipped, 'x'.repeat(1000));
    const madeMs = Date.now();
    if (note !== undefined) {
      await writeFile(path, note.text);
      await utimes(path, new Date(madeMs + note.atMs), new Date(madeMs + note.atMs));
    }
    const clock = heldClock(madeMs + laterMs - 3_600_000);
    clock.stall(3_600_000);
    return agentCheck(settings, { shipped, note: path }, clock).run(signal);
  }

  it('passes while the note is rewritten, or there is nothing that waits', async () => {
    assert.equal(await look(10_000), undefined, 'a new file');
    assert.equal(await look(100_000, { text: '500\n/var/log/metrics.emf\n0-500', atMs: 50_000 }), undefined);
    assert.equal(
      await look(100_000, { text: '1000\n/var/log/metrics.emf\n0-1000', atMs: 0 }),
      'nothing to ship',
    );
  });

  it('fails when bytes wait and nothing has moved for longer than allowed', async () => {
    await assert.rejects(
      look(100_000, { text: '400\n/var/log/metrics.emf\n0-400', atMs: 10_000 }),
      /^Error: nothing shipped for 90 s while 600 bytes wait, expected at most 60 s$/,
    );
    await assert.rejects(look(100_000), /nothing shipped for 100 s while 1000 bytes wait/);
    await assert.rejects(look(100_000, { text: 'not a number', atMs: 0 }), /while 1000 bytes wait/);
  });

  it('passes in a service that has just begun, whatever the files say', async () => {
    const shipped = join(directory, 'old.emf');
    await writeFile(shipped, 'x');
    const young = heldClock(Date.now() + 3_600_000);
    assert.equal(await agentCheck(settings, { shipped, note: '/nowhere' }, young).run(signal), undefined);
  });

  it('says that it cannot see', { skip: process.getuid?.() === 0 && 'root reads everything' }, async () => {
    const [shipped, note] = [join(directory, 'a.emf'), join(directory, 'closed')];
    await writeFile(shipped, 'x');
    await writeFile(note, '1');
    await chmod(note, 0o000);
    await assert.rejects(agentCheck(settings, { shipped, note }, heldClock(0)).run(signal), /EACCES/);
  });

  it('knows where the note is', () => {
    assert.equal(
      agentNoteOf('/var/log/vigia-fraud/metrics.emf'),
      '/opt/aws/amazon-cloudwatch-agent/logs/state/_var_log_vigia-fraud_metrics.emf',
    );
  });
});
