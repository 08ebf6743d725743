/** The host's scripts that wait for a service and start a container, as real shell; programs of the host stand in the PATH. */
import assert from 'node:assert/strict';
import { type ExecFileException, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const scripts = join(__dirname, '../../../../../lib/render/cloudformation/host');
const work = mkdtempSync(join(tmpdir(), 'vigia-scripts-'));
const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
  rmSync(work, { recursive: true });
});

interface Ended {
  readonly status: number;
  readonly output: string;
}

function sh(words: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((done) => {
    const options = { env: { PATH: process.env.PATH ?? '', ...env } };
    execFile('/bin/sh', [...words], options, (error: ExecFileException | null, stdout, stderr) =>
      done({ status: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

/** A server that answers one path with 200, and says on which port. */
async function serving(path: string): Promise<string> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === path ? 200 : 503;
    response.end();
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

const ready = (seconds: number, env: Readonly<Record<string, string>>): Promise<Ended> =>
  sh([join(scripts, 'ready.sh'), String(seconds)], env);

describe('ready.sh', () => {
  it('ends well as soon as the health path answers 200', async () => {
    assert.deepEqual(await ready(5, { VIGIA_PORT: await serving('/health/ready') }), {
      status: 0,
      output: '',
    });
    const own = { VIGIA_PORT: await serving('/ping'), VIGIA_READY_PATH: '/ping' };
    assert.equal((await ready(5, own)).status, 0);
  });

  it('waits for no longer than it may, and says where it asked', async () => {
    const port = await serving('/ping');
    const { status, output } = await ready(1, { VIGIA_PORT: port });
    assert.equal(status, 1);
    assert.match(
      output,
      new RegExp(`^http://127\\.0\\.0\\.1:${port}/health/ready: not ready, expected status 200`),
    );
  });

  it('does not wait for a process that has ended', async () => {
    const child = spawn('true');
    const pid = String(child.pid);
    await once(child, 'exit');
    const { status, output } = await ready(60, { VIGIA_PORT: await serving('/ping'), MAINPID: pid });
    assert.equal(status, 1);
    assert.match(output, /never ready, got the end of process \d+, expected it to live/);
  });
});

describe('container.sh', () => {
  const root = join(work, 'root');
  const log = join(work, 'calls');
  /** Programs that the host has and this machine need not: each notes what it was asked. */
  function program(name: string, shell: string): void {
    mkdirSync(join(work, 'bin'), { recursive: true });
    const file = join(work, 'bin', name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>'${log}'\n${shell}\n`);
    chmodSync(file, 0o755);
  }
  async function container(
    verb: string,
    image: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ ended: Ended; calls: string[] }> {
    const home = join(root, 'opt/vigia/churn');
    mkdirSync(join(home, 'current'), { recursive: true });
    cpSync(join(scripts, 'container.sh'), join(home, 'host', 'container.sh'));
    writeFileSync(join(home, 'host', 'host.env'), 'VIGIA_SERVICE=churn\n');
    const settings = `VIGIA_IMAGE=${image}\nVIGIA_CONTAINER_PORT=9000\nVIGIA_CONTAINER_MEMORY=256\n`;
    writeFileSync(join(home, 'current', 'container.env'), settings);
    program('docker', 'case $1 in login) cat >/dev/null ;; image) [ -n "${IMAGE_IS_HERE:-}" ] ;; esac');
    program('aws', 'echo secret');
    writeFileSync(log, '');
    const ended = await sh([join(home, 'host', 'container.sh'), verb], {
      PATH: `${join(work, 'bin')}:${process.env.PATH ?? ''}`,
      VIGIA_ROOT: root,
      VIGIA_PORT: '8080',
      ...more,
    });
    return {
      ended,
      calls: readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    };
  }

  it('asks for a password only at a registry of AWS, in its own region', async () => {
    const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
    const { ended, calls } = await container('pull', `${registry}/churn:1`);
    assert.equal(ended.status, 0, ended.output);
    assert.doesNotMatch(ended.output, /secret/);
    assert.deepEqual(calls.toSorted(), [
      'aws ecr get-login-password --region eu-west-1',
      `docker image inspect ${registry}/churn:1`,
      `docker login --username AWS --password-stdin ${registry}`,
      `docker pull --quiet ${registry}/churn:1`,
    ]);
    assert.deepEqual((await container('pull', 'docker.io/library/nginx:1.27')).calls, [
      'docker image inspect docker.io/library/nginx:1.27',
      'docker pull --quiet docker.io/library/nginx:1.27',
    ]);
  });

  it('starts without the registry when the image is here', async () => {
    const { ended, calls } = await container('pull', 'a/b:1', { IMAGE_IS_HERE: 'yes' });
    assert.equal(ended.status, 0, ended.output);
    assert.deepEqual(calls, ['docker image inspect a/b:1']);
  });

  it('fetches the image of a release that is not current yet', async () => {
    const next = join(root, 'opt/vigia/churn/releases/next');
    mkdirSync(next, { recursive: true });
    writeFileSync(join(next, 'container.env'), 'VIGIA_IMAGE=a/b:2\n');
    const { calls } = await container('pull', 'a/b:1', { VIGIA_RELEASE_DIRECTORY: next });
    assert.deepEqual(calls, ['docker image inspect a/b:2', 'docker pull --quiet a/b:2']);
  });

  it('starts the container confined, on its own port, with its logs and its state and nothing else to write to', async () => {
    const { ended, calls } = await container('run', 'a/b:1');
    assert.equal(ended.status, 0, ended.output);
    const [remove, run, ...others] = calls;
    assert.deepEqual(others, []);
    assert.equal(remove, 'docker rm --force vigia-churn');
    const logs = `${root}/var/log/vigia-churn`;
    const state = `${root}/var/lib/vigia-churn`;
    for (const part of [
      '--publish 8080:9000',
      '--env VIGIA_PORT=9000',
      `--volume ${logs}:${logs}`,
      `--volume ${state}:${state}`,
      '--read-only',
      '--memory 256m',
      '--cap-drop ALL',
      '--security-opt no-new-privileges',
      `--user ${process.getuid?.()}:${process.getgid?.()}`,
    ]) {
      assert.ok(run?.includes(part), `${part} in ${run}`);
    }
    assert.ok(run?.endsWith(' a/b:1'), run);
    assert.doesNotMatch(run ?? '', /--privileged|docker\.sock|--network host/);
  });

  it('refuses what it does not know', async () => {
    const { ended, calls } = await container('exec', 'a/b:1');
    assert.equal(ended.status, 2);
    assert.match(ended.output, /no such call, got 'exec', expected pull, run or remove/);
    assert.deepEqual(calls, []);
  });
});
