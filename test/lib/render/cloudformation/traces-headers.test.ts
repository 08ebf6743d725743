/** The key of a backend for traces on its way to the host: the shipped script as real shell, with what it calls standing in. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { hostFiles } from '../../../../lib/render/cloudformation/host-files';
import { sampleConfig } from '../../sample-config';

const scripts = join(__dirname, '../../../../lib/render/cloudformation/host');
const secret = '/vigia/traces-headers';
const work = mkdtempSync(join(tmpdir(), 'vigia-headers-'));
after(() => rmSync(work, { recursive: true, force: true }));

/** A host's root with the scripts and a store of parameters, one file a name. */
function hostWith(traces: Parameters<typeof sampleConfig>[0] & object) {
  const root = mkdtempSync(join(work, 'host-'));
  const place = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), mode);
  };
  const { revision, contents } = hostFiles(sampleConfig(traces), {});
  const put = (name: string, value: string): void => place(`store${name}`, value);
  put('/p/revision', revision);
  for (const [name, content] of Object.entries(contents)) put(`/p/${revision}/${name}`, content);
  cpSync(scripts, join(root, 'scripts'), { recursive: true });
  place(
    'scripts/host.env',
    `VIGIA_SERVICE=fraud\nVIGIA_USER=vigia\nVIGIA_REGION=eu-west-1\nVIGIA_PARAMETERS=/p\nVIGIA_NODE='${process.execPath}'\n`,
  );
  const program = (name: string, shell: string): void => place(`bin/${name}`, `#!/bin/sh\n${shell}\n`, 0o755);
  // Plain text is all that a call without --with-decryption would be given of a secret.
  program(
    'aws',
    `all="$*"; while [ $# -gt 0 ]; do if [ "$1" = --name ]; then name=$2; fi; shift; done
case "$name $all" in ${secret}*--with-decryption*) ;; ${secret}*) echo sealed; exit 0 ;; esac
cat "${root}/store$name" 2>/dev/null && echo && exit 0
echo "ParameterNotFound: $name" >&2; exit 254`,
  );
  // Nothing runs yet, as during a first boot.
  program('systemctl', 'case $1 in is-*) exit 3 ;; esac');
  for (const name of ['chown', 'systemd-analyze']) program(name, 'exit 0');
  const configure = (more: Record<string, string> = {}) => {
    const { status, stdout, stderr } = spawnSync('/bin/sh', [join(root, 'scripts/configure.sh')], {
      encoding: 'utf8',
      env: { PATH: `${join(root, 'bin')}:${process.env.PATH}`, VIGIA_ROOT: root, ...more },
    });
    return { status, said: stdout + stderr };
  };
  const file = join(root, 'etc/vigia/fraud.traces-headers');
  return { put, configure, file };
}

const elsewhere = { endpoint: 'https://otlp.example.com/v1/traces', headersParameter: secret };

describe('the key of a backend for traces', () => {
  it('comes from its parameter, readable by the service alone, and a new one needs one run', () => {
    const { put, configure, file } = hostWith({ traces: elsewhere });
    put(secret, 'authorization: Bearer first');
    const { status, said } = configure();
    assert.equal(status, 0, said);
    assert.equal(readFileSync(file, 'utf8').trim(), 'authorization: Bearer first');
    assert.equal(statSync(file).mode & 0o777, 0o640);
    assert.doesNotMatch(said, /Bearer/);
    put(secret, 'authorization: Bearer second');
    const again = configure();
    assert.match(again.said, /nothing to change/);
    assert.equal(readFileSync(file, 'utf8').trim(), 'authorization: Bearer second');
  });

  it('that cannot be read is told of, and stops nothing', () => {
    const { configure, file } = hostWith({ traces: elsewhere });
    const { status, said } = configure();
    assert.equal(status, 0, said);
    assert.match(said, /configuration: \/vigia\/traces-headers cannot be read; traces are sent with/);
    assert.equal(existsSync(file) || existsSync(`${file}.new`), false);
  });

  it('is not fetched in a dry run, nor where there is none', () => {
    const dry = hostWith({ traces: elsewhere });
    dry.put(secret, 'authorization: Bearer first');
    assert.equal(dry.configure({ VIGIA_DRY_RUN: 'yes' }).status, 0);
    assert.equal(existsSync(dry.file), false);
    const none = hostWith({});
    assert.equal(none.configure().status, 0);
    assert.equal(existsSync(none.file), false);
  });
});
