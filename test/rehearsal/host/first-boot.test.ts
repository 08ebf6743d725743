/** First boot from init metadata, with real files, a real asset directory and a real shell. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Assembly } from '../../../rehearsal/assembly';
import { firstBoot } from '../../../rehearsal/host/first-boot';
import { createSandbox, type Sandbox } from '../../../rehearsal/host/sandbox';

const hash = 'ab'.repeat(32);
let sandbox: Sandbox;
let asset: string;
beforeEach(() => {
  sandbox = createSandbox();
  asset = mkdtempSync(join(tmpdir(), 'vigia-asset-'));
  writeFileSync(join(asset, 'server.js'), 'the service');
});
afterEach(() => {
  sandbox.remove();
  rmSync(asset, { recursive: true, force: true });
});

const usual = { config: { files: { '/etc/demo': { content: 'it', mode: '000644' } } } };

/** Runs the metadata to its end; resolves with what only a real host can run. */
async function boot(init: unknown): Promise<readonly string[]> {
  const assembly: Assembly = {
    directory: '',
    templates: [],
    assetDirectory: (each) => (each === hash ? asset : undefined),
  };
  const metadata = init === undefined ? {} : { 'AWS::CloudFormation::Init': init };
  const instance = {
    stack: 'host',
    logicalId: 'Instance',
    type: 'AWS::EC2::Instance',
    id: 'i-1',
    properties: {},
    metadata,
  };
  const environment = { PATH: process.env.PATH ?? '', GREETING: 'hello' };
  const { done, leftOut } = firstBoot(instance, { assembly, sandbox, environment, onSpawn: () => {} });
  await done;
  return leftOut;
}

const source = (directory: string) => ({
  [directory]: `https://s3.us-east-1.amazonaws.com/assets/${hash}.zip`,
});

describe('first boot', () => {
  it('places files with their modes', async () => {
    await boot({ config: { files: { '/opt/tool': { content: '#!/bin/sh\n', mode: '000755' } } } });
    assert.equal(statSync(sandbox.path('/opt/tool')).mode & 0o777, 0o755);
  });

  it('unpacks a source from the asset of the assembly, then runs commands inside, by name', async () => {
    const leftOut = await boot({
      configSets: { default: ['place', 'start'] },
      place: {
        sources: source('/opt/demo/releases/r1'),
        commands: {
          '02-note': { command: 'cat current/server.js > note', cwd: '/opt/demo' },
          '01-link': { command: 'ln -sfn releases/r1 current', cwd: '/opt/demo' },
          '03-say': { command: 'printenv GREETING > said', cwd: '/opt/demo' },
        },
      },
      start: {},
      unused: { files: { '/etc/never': { content: '' } } },
    });
    assert.equal(readlinkSync(sandbox.path('/opt/demo/current')), 'releases/r1');
    assert.equal(readFileSync(sandbox.path('/opt/demo/note'), 'utf8'), 'the service');
    assert.equal(readFileSync(sandbox.path('/opt/demo/said'), 'utf8'), 'hello\n');
    assert.ok(!existsSync(sandbox.path('/etc/never')));
    assert.deepEqual(leftOut, []);
  });

  it('leaves to the real host every command that could reach outside, and lists it', async () => {
    const outside = [
      { command: 'dnf install -y nodejs24' },
      { command: ['useradd', 'vigia'] },
      { command: 'touch /etc/outside', cwd: '/opt/demo' },
      { command: 'cp a ../../b', cwd: '/opt/demo' },
      { command: 'rm -rf ~', cwd: '/opt/demo' },
      { command: 'rm -rf $HOME', cwd: '/opt/demo' },
      { command: 'echo x>/tmp/vigia-outside', cwd: '/opt/demo' },
      { command: 'echo `pwd`', cwd: '/opt/demo' },
    ];
    const commands = Object.fromEntries(outside.map((each, index) => [`0${index}`, each]));
    const leftOut = await boot({ config: { ...usual.config, commands } });
    assert.deepEqual(
      leftOut,
      outside.map(({ command }) => (typeof command === 'string' ? command : command.join(' '))),
    );
    assert.ok(!existsSync('/tmp/vigia-outside'));
  });
});

describe('first boot is refused by name', () => {
  const refusals: readonly [string, unknown, RegExp][] = [
    ['without init metadata', undefined, /host\/Instance: no init metadata/],
    [
      'for services of its own, which a command starts as well',
      { config: { ...usual.config, services: { sysvinit: { demo: {} } } } },
      /init config: services is not honoured/,
    ],
    [
      'for a source that is no asset',
      { config: { ...usual.config, sources: { '/opt/x': 'https://example.com/x.zip' } } },
      /sources: https:\/\/example\.com\/x\.zip is not an asset of this assembly/,
    ],
    [
      'for a section it does not know',
      { config: { ...usual.config, packages: { yum: { git: [] } }, users: {} } },
      /init config: packages, users is not honoured/,
    ],
    [
      'for a file that comes from elsewhere',
      { config: { ...usual.config, files: { '/etc/x': { source: 'https://example.com/x' } } } },
      /file \/etc\/x: source is not honoured/,
    ],
    [
      'for a file that is a link',
      { config: { ...usual.config, files: { '/etc/x': { content: '/etc/passwd', mode: '120644' } } } },
      /file \/etc\/x: is more than plain text/,
    ],
    [
      'for a condition on a command that it would run',
      { config: { ...usual.config, commands: { a: { command: 'true', cwd: '/opt', test: 'false' } } } },
      /command a: test is not honoured/,
    ],
    [
      'for a command that fails',
      { config: { ...usual.config, commands: { a: { command: 'echo why >&2; exit 3', cwd: '/opt' } } } },
      /init command 'echo why >&2; exit 3': ended with 3: why/,
    ],
  ];
  for (const [name, init, message] of refusals) {
    it(name, async () => {
      await assert.rejects(boot(init), message);
    });
  }
});

describe('the native runtime', () => {
  const binaries = (platform: string, arch: string) =>
    join('node_modules', 'onnxruntime-node', 'bin', 'napi-v6', platform, arch);
  const bootWith = async (platform: string, arch: string): Promise<string> => {
    mkdirSync(join(asset, binaries(platform, arch)), { recursive: true });
    writeFileSync(join(asset, binaries(platform, arch), 'shipped'), 'x');
    await boot({ config: { ...usual.config, sources: source('/opt/demo') } });
    return sandbox.path(`/opt/demo/${binaries(process.platform, process.arch)}`);
  };

  it('of the asset is left alone when it is for this machine', async () => {
    const directory = await bootWith(process.platform, process.arch);
    assert.ok(existsSync(join(directory, 'shipped')));
    assert.ok(!existsSync(join(directory, 'onnxruntime_binding.node')));
  });

  it('is lent by the project when the asset has none for this machine', async () => {
    const directory = await bootWith('linux', 'another-processor');
    assert.ok(existsSync(join(directory, 'onnxruntime_binding.node')));
    assert.ok(existsSync(sandbox.path(`/opt/demo/${binaries('linux', 'another-processor')}/shipped`)));
  });

  it('is not lent to an asset that does not use it', async () => {
    await boot({ config: { ...usual.config, sources: source('/opt/demo') } });
    assert.ok(!existsSync(sandbox.path('/opt/demo/node_modules')));
  });
});
