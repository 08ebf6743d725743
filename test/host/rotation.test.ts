/**
 * The rotation as it is shipped, with the real logrotate where there is one: a real writer, and a reader that follows the
 * file as the agent's published source does.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { hostScripts } from '../../lib/render/cloudformation/documents/apply-configuration';
import { eventually } from '../rehearsal/eventually';

const hasLogrotate =
  spawnSync('logrotate', ['--version'], { env: { PATH: `${process.env.PATH}:/usr/sbin` } }).status === 0;
const skipRun = hasLogrotate ? false : 'no logrotate here; its hooks are tested without it';

let root: string;
let log: string;
let record: string;
let children: ChildProcess[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vigia-rotation-'));
  children = [];
  log = join(root, 'var/log/vigia-demo/service.log');
  record = join(root, 'opt/aws/amazon-cloudwatch-agent/logs/state/_var_log_vigia-demo_service.log');
  for (const directory of [
    'bin',
    'var/log/vigia-demo',
    'opt/aws/amazon-cloudwatch-agent/logs/state',
    'host',
    'var/lib/vigia/demo',
  ])
    mkdirSync(join(root, directory), { recursive: true });
  chmodSync(join(root, 'var/log/vigia-demo'), 0o755);
  cpSync(hostScripts, join(root, 'host'), { recursive: true });
  writeFileSync(join(root, 'host/host.env'), `VIGIA_SERVICE=demo\nVIGIA_USER=${userInfo().username}\n`);
  program('systemctl', [
    'case "$*" in',
    `  'is-active --quiet amazon-cloudwatch-agent.service') test -e '${root}/agent' ;;`,
    `  'kill --kill-who=main --signal=SIGSTOP amazon-cloudwatch-agent.service') test -e '${root}/restless' || : >'${root}/held' ;;`,
    `  'kill --kill-who=main --signal=SIGCONT amazon-cloudwatch-agent.service') rm -f '${root}/held' ;;`,
    // Slow, as on a busy host: long enough for the agent to look at the file in between.
    `  'reload vigia-demo.service') sleep 0.4; kill -HUP "$(cat '${root}/writer')" ;;`,
    `  'show vigia-demo.service --property=MainPID') echo "MainPID=$(cat '${root}/writer')" ;;`,
    '  daemon-reload) ;;',
    '  *) echo "systemctl $*: unexpected" >&2; exit 1 ;;',
    'esac',
  ]);
  disk(40);
  put('agent');
  assert.equal(rotation('install').code, 0);
  const settings = join(root, 'etc/vigia/demo.logrotate');
  // Small enough for a test; and whoever runs it needs no group of their own name.
  const text = readFileSync(settings, 'utf8')
    .replace('size 100M', 'size 1k')
    .replace(/^ {2}su .*\n/m, '')
    .replace(/(create 0640) .*/, '$1');
  writeFileSync(settings, text);
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

function program(name: string, lines: readonly string[]): void {
  writeFileSync(join(root, 'bin', name), ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(join(root, 'bin', name), 0o755);
}
const put = (name: string): void => writeFileSync(join(root, name), '');
const disk = (percent: number): void => program('df', [`printf 'Use%%\\n ${percent}%%\\n'`]);

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

const environment = (): Record<string, string> => ({
  PATH: `${join(root, 'bin')}:${process.env.PATH}:/usr/sbin`,
  VIGIA_ROOT: root,
});
function rotation(...args: string[]): Ran {
  const { status, stdout, stderr } = spawnSync('sh', [join(root, 'host/rotation.sh'), ...args], {
    encoding: 'utf8',
    env: environment(),
  });
  return { code: status, output: stdout + stderr };
}
/** Beside this process, so that the reader goes on reading. */
function rotationAside(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn('sh', [join(root, 'host/rotation.sh'), ...args], { env: environment() });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.on('close', (code) => resolve({ code, output }));
  });
}

describe('the gate', () => {
  const size = 3_000_000;
  const cases: readonly [string, { record?: string; agent?: boolean; percent?: number }, boolean][] = [
    ['opens when the agent has shipped the whole file', { record: `${size}\nx\n0-${size}` }, true],
    ['opens for what is on its way', { record: `${size - 1000}\nx\n0-${size - 1000}` }, true],
    ['opens for a record of the older form, without ranges', { record: `${size}\nx` }, true],
    ['stays shut while the agent is behind', { record: '1000\nx\n0-1000' }, false],
    ['stays shut for a gap before the end', { record: `${size}\nx\n0-1000,2000-${size}` }, false],
    ['stays shut for a gap at the beginning', { record: `${size}\nx\n500-${size}` }, false],
    ['stays shut for the record of an earlier file', { record: `${size + 1}\nx\n0-${size + 1}` }, false],
    ['stays shut without a record', {}, false],
    ['stays shut for a dead agent', { record: `${size}\nx\n0-${size}`, agent: false }, false],
    ['opens for nobody at 94 percent of the volume', { percent: 94 }, false],
    ['opens without a record on a volume that is nearly full', { percent: 95 }, true],
  ];
  for (const [name, { record: text, agent = true, percent = 40 }, opens] of cases) {
    it(name, () => {
      writeFileSync(log, 'x'.repeat(size));
      if (text !== undefined) writeFileSync(record, text);
      if (!agent) rmSync(join(root, 'agent'));
      disk(percent);
      const { code, output } = rotation('gate', log);
      assert.equal(code, opens ? 0 : 1, output);
      if (!opens) assert.match(output, /service\.log stays, the agent has shipped \d+ of its 3000000 bytes/);
      assert.equal(existsSync(join(root, 'held')), opens);
    });
  }
});

/** Numbered lines, as fast as a busy service writes them; another file at SIGHUP. */
const writer = `
  const { openSync, writeSync, closeSync } = require('node:fs');
  let fd = openSync(process.argv[1], 'a');
  let line = 0;
  process.on('SIGHUP', () => { closeSync(fd); fd = openSync(process.argv[1], 'a'); });
  setInterval(() => { for (let n = 0; n < 5; n += 1) writeSync(fd, 'line ' + line++ + '\\n'); }, 2);
`;

/**
 * As the agent does: reads its descriptor, looks at the path a few times a second, and when another file lies there reads
 * the old one to the end it finds, stops, and begins the new one at its start.
 */
class Reader {
  readonly lines: string[] = [];
  private descriptor = openSync(log, 'r');
  private offset = 0;
  private rest = '';
  private stopped = false;
  private timer = setInterval(() => this.look(), 50);

  look(): void {
    if (existsSync(join(root, 'held'))) return;
    this.drain();
    const now = statSync(log, { throwIfNoEntry: false });
    if (now === undefined || now.ino === fstatSync(this.descriptor).ino) return;
    this.drain();
    closeSync(this.descriptor);
    this.descriptor = openSync(log, 'r');
    this.offset = 0;
    this.drain();
  }

  private drain(): void {
    const buffer = Buffer.alloc(65_536);
    for (let read = 1; read > 0; ) {
      read = readSync(this.descriptor, buffer, 0, buffer.length, this.offset);
      this.offset += read;
      this.rest += buffer.toString('latin1', 0, read);
    }
    const parts = this.rest.split('\n');
    this.rest = parts.pop() ?? '';
    this.lines.push(...parts);
    writeFileSync(record, `${this.offset}\n${log.slice(root.length)}\n0-${this.offset}`);
  }

  stop(): void {
    clearInterval(this.timer);
    if (!this.stopped) closeSync(this.descriptor);
    this.stopped = true;
  }

  /** How many numbers are missing between the first and the last line. */
  missing(): number {
    const numbers = this.lines
      .filter((line) => line.startsWith('line '))
      .map((line) => Number(line.slice(5)));
    return Math.max(...numbers) + 1 - new Set(numbers).size;
  }
}

describe('a link that the service has put in the place of a log', () => {
  const victim = (): string => join(root, 'shadow');
  beforeEach(() => writeFileSync(victim(), 'root:x\n'));

  it('is not written through: what writes is root', () => {
    symlinkSync(victim(), log);
    writeFileSync(join(root, 'writer'), '999999');
    writeFileSync(join(root, 'var/lib/vigia/demo/losing-service.log'), '4711\n');
    rotation('after', log);
    assert.equal(readFileSync(victim(), 'utf8'), 'root:x\n');
    assert.equal(readFileSync(join(root, 'var/lib/vigia/demo/lost-bytes'), 'utf8'), '4711\n');
  });

  it('is not emptied through when the volume is nearly full, and goes', { skip: skipRun }, () => {
    symlinkSync(victim(), `${log}.1`);
    disk(97);
    rotation('run');
    assert.equal(readFileSync(victim(), 'utf8'), 'root:x\n');
    assert.ok(!existsSync(`${log}.1`));
  });
});

describe('a rotation', { skip: skipRun }, () => {
  async function writing(body: (reader: Reader) => Promise<void>): Promise<void> {
    writeFileSync(log, '');
    const child = spawn(process.execPath, ['-e', writer, log], { stdio: 'ignore' });
    children.push(child);
    writeFileSync(join(root, 'writer'), String(child.pid));
    const reader = new Reader();
    try {
      await eventually('lines', () => reader.lines.length > 500);
      await body(reader);
    } finally {
      reader.stop();
    }
  }

  it('loses no line, twice in a row, while the service writes on', async () => {
    await writing(async (reader) => {
      for (const round of [1, 2]) {
        const { code, output } = await rotationAside('run');
        assert.equal(code, 0, output);
        assert.ok(existsSync(`${log}.${round}`));
        const seen = reader.lines.length;
        await eventually('lines of the new file', () => reader.lines.length > seen + 500);
      }
      assert.equal(reader.missing(), 0);
      assert.equal(existsSync(join(root, 'held')), false);
    });
  });

  it('would lose some if the agent were not held still', async () => {
    put('restless');
    await writing(async (reader) => {
      assert.equal((await rotationAside('run')).code, 0);
      const seen = reader.lines.length;
      await eventually('lines of the new file', () => reader.lines.length > seen + 500);
      assert.ok(reader.missing() > 0);
    });
  });

  it('does not happen while the agent is behind, and says so', async () => {
    rmSync(join(root, 'agent'));
    await writing(async () => {
      const { code, output } = await rotationAside('run');
      assert.notEqual(code, 0);
      assert.match(output, /service\.log stays/);
      assert.ok(!existsSync(`${log}.1`));
    });
  });

  it('gives way on a volume that is nearly full: the oldest goes, and what that may cost is told and counted', async () => {
    rmSync(join(root, 'agent'));
    await writing(async (reader) => {
      reader.stop();
      rmSync(record, { force: true });
      writeFileSync(`${log}.1`, 'shipped long ago\n');
      disk(97);
      const { output } = await rotationAside('run');
      assert.match(output, /service\.log\.1 removed, the volume is nearly full/);
      const told = readFileSync(log, 'utf8')
        .split('\n')
        .find((line) => line.startsWith('{'));
      const { level, lostBytes, lostBytesTotal } = JSON.parse(told ?? '{}');
      assert.equal(level, 'error');
      assert.ok(lostBytes > 1000);
      assert.equal(lostBytesTotal, lostBytes);
      assert.equal(
        readFileSync(join(root, 'var/lib/vigia/demo/lost-bytes'), 'utf8').trim(),
        String(lostBytes),
      );
    });
  });
});
