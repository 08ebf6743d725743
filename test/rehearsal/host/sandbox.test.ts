/** The sandbox: no host path leads out of it, and nothing of it stays. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { createSandbox } from '../../../rehearsal/host/sandbox';

const sandbox = createSandbox();
after(() => sandbox.remove());

describe('a sandbox', () => {
  it('maps an absolute path of the host below its root', () => {
    assert.equal(sandbox.path('/etc/vigia/a.env'), `${sandbox.root}/etc/vigia/a.env`);
    assert.equal(sandbox.path('opt'), `${sandbox.root}/opt`);
    assert.equal(sandbox.path('/'), `${sandbox.root}/`);
  });

  it('lets no path climb out', () => {
    assert.equal(sandbox.path('/../../etc/passwd'), `${sandbox.root}/etc/passwd`);
    const part = fc.constantFrom('..', '.', '', 'etc', 'a b', '…', '...', '..\\..');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.boolean(), (parts, isAbsolute) => {
        const path = sandbox.path((isAbsolute ? '/' : '') + parts.join('/'));
        assert.ok(path === sandbox.root || path.startsWith(`${sandbox.root}/`), path);
        assert.ok(!path.split('/').includes('..'), path);
      }),
    );
  });

  it('maps in a text what lies below /opt, /etc and /var, and nothing else', () => {
    const { root } = sandbox;
    const cases: readonly [string, string][] = [
      ['/opt/vigia/a.js', `${root}/opt/vigia/a.js`],
      ['--file=/var/log/x --mode=on', `--file=${root}/var/log/x --mode=on`],
      ['PATHS=/etc/a:/opt/b', `PATHS=${root}/etc/a:${root}/opt/b`],
      [`'/etc/a' "/opt/b"`, `'${root}/etc/a' "${root}/opt/b"`],
      ['/opt/../../etc/passwd', `${root}/etc/passwd`],
      ['/usr/bin/node /tmp/x /bin/sh', '/usr/bin/node /tmp/x /bin/sh'],
      ['https://example.com/opt/x and a/var/log', 'https://example.com/opt/x and a/var/log'],
      ['/optional/x /etcetera', '/optional/x /etcetera'],
    ];
    for (const [text, mapped] of cases) assert.equal(sandbox.mapText(text), mapped);
  });

  it('writes a file with its mode, making the directories on the way', () => {
    sandbox.write('/opt/new/deep/tool', 'text', 0o755);
    const file = sandbox.path('/opt/new/deep/tool');
    assert.equal(readFileSync(file, 'utf8'), 'text');
    assert.equal(statSync(file).mode & 0o777, 0o755);
  });

  it('keeps the path of its socket short enough for a socket', () => {
    assert.ok(sandbox.run.length - sandbox.directory.length < 10);
  });

  it('is gone after its removal, which may be asked for twice', () => {
    const other = createSandbox();
    other.write('/var/log/a/b', 'x');
    other.remove();
    other.remove();
    assert.ok(!existsSync(other.directory));
  });
});
