/** The commands of every runbook page, pasted into a real shell whose `aws` only says how it was called. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { documents } from '../../../../lib/catalog/documents';
import { renderRunbooks } from '../../../../lib/render/runbooks/runbooks';
import { sampleConfig } from '../../sample-config';

const prose = join(__dirname, '../../../../lib/catalog/runbooks');
const pages = renderRunbooks(
  sampleConfig(),
  Object.fromEntries(
    readdirSync(prose).map((file) => [file.replace(/\.md$/, ''), readFileSync(join(prose, file), 'utf8')]),
  ),
);
const directory = mkdtempSync(join(tmpdir(), 'vigia-runbooks-'));
after(() => rmSync(directory, { recursive: true }));
const called = join(directory, 'called');
const standIn = (name: string, text: string): void => {
  writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(directory, name), 0o755);
};
standIn('aws', `for word in "$@"; do printf '%s\\0' "$word"; done >>${called}; printf '\\n' >>${called}`);
standIn('sleep', '');

/** Every call of `aws` that one command of a page makes, as words. */
function callsOf(command: string): string[][] {
  rmSync(called, { force: true });
  execFileSync('sh', ['-eu', '-c', command], {
    cwd: directory,
    env: { PATH: `${directory}:${process.env.PATH}` },
  });
  return readFileSync(called, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\0').slice(0, -1));
}

/** The shell that a host would be given, from `--parameters commands=[...]`. */
function onHost(call: readonly string[]): string[] {
  const parameters = call[call.indexOf('--parameters') + 1] ?? '';
  return parameters.startsWith('commands=') ? JSON.parse(parameters.slice('commands='.length)) : [];
}

const aboutReleases = new Set<string>(Object.values(documents).map(({ name }) => `fraud-dev-${name}`));

describe('the commands of the runbook', () => {
  for (const [file, page] of Object.entries(pages)) {
    const commands = [...page.matchAll(/```sh\n([^`]+)```/g)].map((match) => match[1] ?? '');
    for (const command of commands.filter((text) => text.includes('aws '))) {
      const title = command.slice(0, 60).replace(/\s+/g, ' ');
      it(`${file}: ${title} can be pasted as it stands`, () => {
        assert.doesNotMatch(command, /<[a-z-]+>/, 'holds nothing that must be filled in first');
        for (const call of callsOf(command)) {
          // A word that broke out of its quotes stands alone among the options.
          const after = call.indexOf('--parameters') + 2;
          if (call.includes('--parameters')) assert.match(call[after] ?? '--', /^--/);
          for (const shell of onHost(call)) execFileSync('sh', ['-n', '-c', shell]);
          const name = call[call.indexOf('--document-name') + 1] ?? '';
          if (call.includes('send-command'))
            assert.ok(name === 'AWS-RunShellScript' || aboutReleases.has(name), name);
        }
      });
    }
    const asked = [...page.matchAll(/`(\S*<[a-z-]+>\S*)`/g)].map((match) => match[1]);
    it(`${file} names paths and units as they are`, () => assert.deepEqual(asked, []));
  }
});

describe('a page whose alarm has one remedy that is not repeated', () => {
  it('promises one attempt and no next step', () => {
    const page = pages['diskFull.md'] ?? '';
    assert.doesNotMatch(page, /takes the next step/);
    assert.match(page, /looks at this alarm again after 420 s, and hands over to you if it has not cleared/);
  });
});
