/** Releases in a whole rehearsal: a bad one is really rolled back, and one that cannot start never serves. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { vigia } from './rehearsal-process';

const out = mkdtempSync(join(tmpdir(), 'vigia-releases-'));
after(() => rmSync(out, { recursive: true, force: true }));

interface JsonRun {
  readonly scenario: string;
  readonly closed: boolean;
  readonly expectations: readonly { readonly expectation: string; readonly met: boolean }[];
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

/** What the document's last line said, of the command that ended so. */
function resultOf({ events }: JsonRun, document: string, status: string): string {
  const ended = events.find(
    (event) =>
      event.kind === 'command' && String(event.document).endsWith(document) && event.status === status,
  );
  return /^result: (.*)$/m.exec(String(ended?.output))?.[1] ?? 'it never ended so';
}

describe('a release in a rehearsal', () => {
  it('that fails most predictions is rolled back to the one before, and one that cannot start is refused', async () => {
    const { exitCode, stdout, stderr } = await vigia([
      'rehearse',
      'bad-release',
      'refused-release',
      '--json',
      '--out',
      out,
    ]);
    assert.equal(exitCode, 0, stderr);
    const [bad, refused] = (JSON.parse(stdout) as { runs: JsonRun[] }).runs;
    assert.ok(bad?.closed && refused?.closed);
    for (const { expectation, met } of [...bad.expectations, ...refused.expectations])
      assert.ok(met, expectation);

    const deployed = /^deployed release (\w{12}), before it (\w{12})$/.exec(
      resultOf(bad, 'deploy-release', 'Success'),
    );
    const [, faulty, good] = deployed ?? assert.fail('nothing was deployed');
    assert.equal(resultOf(bad, 'rollback-release', 'Success'), `rolled back release ${faulty} to ${good}`);
    const mail = bad.events.find(
      ({ kind, subject }) => kind === 'mail' && String(subject).startsWith('FIXED'),
    );
    assert.match(String(mail?.text), new RegExp(`^Rolled back release ${faulty} to ${good}\\.$`, 'm'));

    assert.match(
      resultOf(refused, 'deploy-release', 'Failed'),
      new RegExp(`^release \\w{12} did not pass the gate .*; ${good} serves again$`),
    );
  });
});
