/** First boot as the template's init metadata describes it, in the sandbox: files, assets, links, and the unit. */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Assembly } from '../assembly';
import { NotRehearsable } from '../not-rehearsable';
import type { Resource } from '../resources';
import type { Sandbox } from './sandbox';

interface InitFile {
  readonly content?: unknown;
  readonly mode?: string;
}

interface InitCommand {
  readonly command: string | readonly string[];
  readonly cwd?: string;
}

interface InitConfig {
  readonly files?: Readonly<Record<string, InitFile>>;
  readonly sources?: Readonly<Record<string, string>>;
  readonly commands?: Readonly<Record<string, InitCommand>>;
  readonly services?: Readonly<
    Record<string, Readonly<Record<string, { readonly ensureRunning?: boolean }>>>
  >;
}

const sections: readonly (keyof InitConfig)[] = ['files', 'sources', 'commands', 'services'];

/** An absolute path, the parent directory, a home directory or a variable: what could reach outside the sandbox. */
const leavesItsDirectory = /(^|[\s=:'"(<>|&;])\/|\.\.|[~$`]/;

export interface BootedHost {
  readonly unitName: string;
  readonly unitText: string;
  /** Commands that only a real host can run, as they stand in the template. */
  readonly leftOut: readonly string[];
}

/**
 * Runs the init metadata of the instance in the sandbox. Commands run for real when they act inside a directory of
 * their own (`cwd`) with relative paths; the others install packages and are left to the real host.
 * @throws NotRehearsable when there is no unit to run
 */
export function firstBoot(instance: Resource, assembly: Assembly, sandbox: Sandbox): BootedHost {
  const init = instance.metadata?.['AWS::CloudFormation::Init'] as
    | (Record<string, InitConfig> & { configSets?: { default?: string[] } })
    | undefined;
  const where = `${instance.stack}/${instance.logicalId}`;
  if (init === undefined)
    throw new NotRehearsable(where, 'no init metadata', 'give the instance a CloudFormationInit');
  const leftOut: string[] = [];
  let unitName: string | undefined;
  for (const name of init.configSets?.default ?? ['config']) {
    const config = init[name] ?? {};
    refuseUnknown(config, sections, `${where} init ${name}`);
    // The order inside one config is cfn-init's own: sources, files, commands, services.
    for (const [target, url] of Object.entries(config.sources ?? {})) {
      unpack(url, target, { assembly, sandbox, where });
    }
    for (const [path, file] of Object.entries(config.files ?? {})) place(path, file, sandbox, where);
    // By name, whatever the order in the template.
    for (const [key, entry] of Object.entries(config.commands ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const command = typeof entry.command === 'string' ? entry.command : entry.command.join(' ');
      if (entry.cwd === undefined || leavesItsDirectory.test(command)) leftOut.push(command);
      else {
        refuseUnknown(entry, ['command', 'cwd'], `${where} init ${name} command ${key}`);
        runInside(command, entry.cwd, sandbox);
      }
    }
    const services = config.services ?? {};
    for (const manager of Object.keys(services)) {
      if (manager !== 'systemd') {
        throw new NotRehearsable(
          `${where} services`,
          `manager ${manager}`,
          'Amazon Linux 2023 has systemd only',
        );
      }
      unitName = Object.keys(services[manager] ?? {})[0] ?? unitName;
    }
  }
  if (unitName === undefined)
    throw new NotRehearsable(where, 'init enables no service', 'add one under systemd');
  const unitFile = sandbox.path(`/etc/systemd/system/${unitName}`);
  if (!existsSync(unitFile))
    throw new NotRehearsable(where, `init writes no ${unitName}`, 'write the unit as a file');
  return { unitName, unitText: readFileSync(unitFile, 'utf8'), leftOut };
}

function refuseUnknown(value: object, known: readonly string[], where: string): void {
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  if (unknown.length > 0)
    throw new NotRehearsable(where, `${unknown.join(', ')} is not honoured`, 'say it in another way');
}

function place(path: string, file: InitFile, sandbox: Sandbox, where: string): void {
  refuseUnknown(file, ['content', 'mode', 'owner', 'group', 'encoding'], `${where} file ${path}`);
  const { content, mode = '000644' } = file;
  const encoding = (file as { encoding?: string }).encoding ?? 'plain';
  // A mode that begins with 12 asks for a link.
  if (typeof content !== 'string' || encoding !== 'plain' || mode.startsWith('12')) {
    throw new NotRehearsable(
      `${where} file ${path}`,
      'is more than plain text',
      'give it its text as content',
    );
  }
  sandbox.write(path, content, Number.parseInt(mode.slice(-3), 8));
}

function unpack(
  url: string,
  target: string,
  on: { assembly: Assembly; sandbox: Sandbox; where: string },
): void {
  const hash = /\/([0-9a-f]{64})\.zip$/.exec(url)?.[1];
  const source = hash === undefined ? undefined : on.assembly.assetDirectory(hash);
  if (source === undefined) {
    throw new NotRehearsable(
      `${on.where} sources`,
      `${url} is not an asset of this assembly`,
      'ship it as an asset',
    );
  }
  cpSync(source, on.sandbox.path(target), { recursive: true, verbatimSymlinks: true });
  borrowRuntime(on.sandbox.path(target));
}

/**
 * The asset holds native code for the host's processor. Where this machine is another one, the same version from
 * this project's own node_modules stands in; nothing else of the asset changes.
 */
function borrowRuntime(release: string): void {
  const shipped = join(release, 'node_modules', 'onnxruntime-node');
  const binaries = join('bin', 'napi-v6', process.platform, process.arch);
  if (!existsSync(shipped) || existsSync(join(shipped, binaries))) return;
  const own = join(dirname(require.resolve('onnxruntime-node/package.json')), binaries);
  if (existsSync(own)) cpSync(own, join(shipped, binaries), { recursive: true });
}

function runInside(command: string, cwd: string, sandbox: Sandbox): void {
  const directory = sandbox.path(cwd);
  mkdirSync(directory, { recursive: true });
  const { status, stderr } = spawnSync('/bin/sh', ['-c', command], {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '' },
  });
  if (status !== 0)
    throw new NotRehearsable(
      `init command '${command}'`,
      `ended with ${status}: ${stderr.trim()}`,
      'correct it',
    );
}
