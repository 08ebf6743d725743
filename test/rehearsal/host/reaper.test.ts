/** The reaper with a parent that really dies: what it watched dies too, and the directory goes. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { eventually, isAlive } from '../eventually';

const root = join(__dirname, '..', '..', '..');
const work = mkdtempSync(join(tmpdir(), 'vigia-reaper-'));
const leftovers: number[] = [];
after(() => {
  for (const pid of leftovers) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  rmSync(work, { recursive: true, force: true });
});

/** Starts a reaper, gives it a process that leads a group, and then does as it is told. */
const program = `
import { spawn } from 'node:child_process';
import { startReaper } from '${root}/rehearsal/host/reaper';
const [directory, what] = process.argv.slice(2);
const reaper = startReaper(directory === '' ? [] : [directory]);
const child = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; wait'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
reaper.watch(child.pid ?? 0);
child.stdout.once('data', (grandchild) => {
  process.stdout.write(child.pid + ' ' + String(grandchild));
  if (what === 'dismiss') { reaper.dismiss(); setTimeout(() => process.exit(0), 50); }
  else setInterval(() => {}, 1000);
});
`;
const script = join(work, 'parent.mts');
writeFileSync(script, program);

interface Parent {
  readonly process: ChildProcess;
  readonly pids: readonly number[];
}

async function startParent(directory: string, what: string): Promise<Parent> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory, what], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await eventually('the process ids', () => text.includes('\n'));
  const pids = text.trim().split(/\s+/).map(Number);
  leftovers.push(...pids);
  return { process: child, pids };
}

function directoryOf(name: string): string {
  const directory = join(work, name);
  mkdirSync(join(directory, 'deep'), { recursive: true });
  return directory;
}

const ended = (child: ChildProcess): Promise<void> =>
  eventually('the end of the parent', () => child.exitCode !== null || child.signalCode !== null);

describe('when the rehearsal is killed without a word', () => {
  it('its processes die with their children, and its directory goes', async () => {
    // A name that a careless shell would take for two words or a command.
    const directory = directoryOf("a 'b; $(c)");
    const parent = await startParent(directory, 'stay');
    assert.ok(parent.pids.length === 2 && parent.pids.every(isAlive));
    parent.process.kill('SIGKILL');
    await ended(parent.process);
    await eventually('the end of the directory', () => !existsSync(directory));
    await eventually('the end of the processes', () => !parent.pids.some(isAlive));
  });

  it('a directory that is to be kept stays', async () => {
    const parent = await startParent('', 'stay');
    parent.process.kill('SIGKILL');
    await eventually('the end of the processes', () => !parent.pids.some(isAlive));
    assert.ok(existsSync(work));
  });
});

describe('a reaper that was dismissed', () => {
  it('touches nothing', async () => {
    const directory = directoryOf('kept');
    const parent = await startParent(directory, 'dismiss');
    await ended(parent.process);
    // As long as the reaper above needed in any of its runs.
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(parent.pids.every(isAlive));
    assert.ok(existsSync(directory));
    process.kill(-(parent.pids[0] ?? 0), 'SIGKILL');
  });
});
