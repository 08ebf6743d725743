/** What deploy-release refuses: archives that are not what they should be, and hostile parameters. Nothing changes then. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packed } from '../../../bin/release-archive';
import { deployReleaseDocument } from '../../../lib/render/cloudformation/documents/deploy-release';
import { idOf, quick, type ReleaseHost, startReleaseHost, unguarded } from './release-host';

const document = quick(deployReleaseDocument('demo'));
const [first, second, third] = [idOf('first'), idOf('second'), idOf('third')];
let host: ReleaseHost;
before(async () => {
  host = await startReleaseHost();
});
after(() => host.dispose());
beforeEach(async () => {
  await host.reset();
  host.place(first);
  host.link('current', first);
  await host.unit.supervisor.start();
});

const unchanged = async (): Promise<void> => {
  assert.equal(host.pointTo('current'), first);
  assert.equal(await host.serving(), first);
  assert.deepEqual(host.releases(), [first]);
};

describe('an archive', () => {
  const file = (name: string, content = '') => ({ name, content: Buffer.from(content) });
  const good = (id: string) => [file('release.json', `{"release":"${id}"}`), file('server.js')];
  const cases: readonly [string, number, RegExp, () => Record<string, string>][] = [
    [
      'that is not there',
      13,
      /could not be fetched/,
      () => ({ ...host.upload(second), Source: 's3://demo-releases/no.tar.gz' }),
    ],
    [
      'with other bytes',
      14,
      /expected [0-9a-f]{64}; nothing was changed$/,
      () => ({ ...host.upload(second), Sha256: 'a'.repeat(64) }),
    ],
    ['that is none', 15, /cannot be read as tar\.gz/, () => host.put(second, Buffer.from('no archive'))],
    [
      'cut short',
      15,
      /cannot be read as tar\.gz/,
      () => host.put(second, packed(good(second)).subarray(0, 60)),
    ],
    ['of another release', 15, /does not name release/, () => host.upload(second, {}, third)],
    [
      'without a release.json',
      15,
      /does not name release/,
      () => host.put(second, packed([file('server.js')])),
    ],
    [
      'that climbs out',
      15,
      /lead outside/,
      () => host.put(second, packed([...good(second), file('../../evil', 'x')])),
    ],
    [
      'with an absolute path',
      15,
      /lead outside/,
      () => host.put(second, packed([...good(second), file('/tmp/vigia-evil', 'x')])),
    ],
    ['with a link', 15, /lead outside/, () => host.put(second, withLink(second))],
  ];
  for (const [name, code, words, parameters] of cases) {
    it(`${name} ends with ${code} and changes nothing`, async () => {
      const outcome = await host.run(document, parameters());
      assert.deepEqual([outcome.command.status, outcome.code], ['Failed', code], outcome.output);
      assert.match(outcome.result ?? '', words);
      await unchanged();
      assert.ok(!existsSync(join(host.root, 'evil')) && !existsSync('/tmp/vigia-evil'));
    });
  }

  /** A tar made here knows no links, so one entry's type is rewritten. */
  function withLink(id: string): Buffer {
    const tar = gunzipSync(packed([...good(id), file('zlink')]));
    const at = tar.indexOf('zlink');
    tar.write('2', at + 156);
    tar.write('/etc/passwd', at + 157);
    tar.write(' '.repeat(8), at + 148);
    const sum = tar.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148);
    return gzipSync(tar);
  }
});

describe('hostile parameters', () => {
  const hostile = [
    '$(touch owned)',
    '`touch owned`',
    '; touch owned',
    '../../etc',
    "'; touch owned; '",
    '"; touch owned; "',
    `${idOf('x')}\ntouch owned`,
    'ÿ∞'.repeat(6),
    'a'.repeat(100_000),
    '-rf',
    '',
  ];
  const names = ['Source', 'Release', 'Sha256', 'AllowBad', 'DryRun'] as const;
  for (const name of names) {
    it(`${name}: are refused before anything runs`, async () => {
      const parameters = host.upload(second);
      for (const value of hostile)
        await assert.rejects(host.run(document, { ...parameters, [name]: value }), {
          code: 'InvalidParameters',
        });
    });

    it(`${name}: change nothing where the pattern was got round`, async () => {
      const parameters = host.upload(second);
      for (const value of hostile) {
        const { code, command } = await host.run(unguarded(document), { ...parameters, [name]: value });
        assert.notEqual(command.status, 'Success', `${name} ${value.slice(0, 20)}`);
        // A text beyond what one environment variable may hold cannot even be passed on.
        if (value.length < 100_000) assert.equal(code, 10, `${name} ${JSON.stringify(value)}`);
      }
      await unchanged();
      assert.ok(!existsSync(join(host.root, 'owned')));
    });
  }
});
