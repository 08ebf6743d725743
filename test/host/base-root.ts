/** The directory tree of a small Debian with systemd, made once by debootstrap and kept; each test boots a copy-on-write view of it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** systemd 252, as on Amazon Linux 2023. */
const suite = 'bookworm';
const packages = ['systemd', 'systemd-sysv', 'logrotate', 'procps', 'curl'];
const cache = '/var/tmp/vigia-systemd';
/** Another list of packages is another root. */
const base = join(cache, `${suite}-${packages.join('-')}`);

/** Minutes that debootstrap may take: one or two are usual. */
const limitMinutes = 6;

/** The root, or why there is none. */
export function baseRoot(): { readonly root: string } | { readonly missing: string } {
  if (process.platform !== 'linux') return { missing: 'not Linux' };
  if (process.getuid?.() !== 0) return { missing: 'not root' };
  for (const program of ['systemd-nspawn', 'nsenter', 'debootstrap'])
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return { missing: `no ${program}` };
  if (!existsSync(base)) {
    const problem = makeBase();
    if (problem !== undefined) return { missing: problem };
  }
  // Root in a container may not be allowed to make another one.
  const { status, stderr } = spawnSync('systemd-nspawn', [...nspawnOptions(base), '/bin/true'], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (status === 0) return { root: base };
  return { missing: `systemd-nspawn cannot run: ${(stderr ?? '').trim().split('\n').at(-1)}` };
}

/** What makes a machine of the root that leaves no trace in it. */
export function nspawnOptions(root: string): string[] {
  return [
    `--directory=${root}`,
    '--register=no',
    '--keep-unit',
    '--private-network',
    // The root itself is never written to.
    '--volatile=overlay',
    '--console=pipe',
  ];
}

/** Why it could not be made; undefined when it was. */
function makeBase(): string | undefined {
  const partial = `${base}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  process.stderr.write(`host test: debootstrap ${suite} to ${base}, once; one or two minutes\n`);
  // The rehearsals beside it must keep their pace.
  const { status } = spawnSync(
    'nice',
    ['debootstrap', '--variant=minbase', `--include=${packages.join(',')}`, suite, partial],
    { stdio: ['ignore', 'ignore', 'ignore'], timeout: limitMinutes * 60_000 },
  );
  if (status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    return `debootstrap failed with ${status ?? 'a time-out'}; is there a network?`;
  }
  // Two tests may have made one at the same time: the first is kept.
  if (existsSync(base)) rmSync(partial, { recursive: true, force: true });
  else renameSync(partial, base);
  return undefined;
}
