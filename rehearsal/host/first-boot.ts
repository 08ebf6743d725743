/** First boot as the template's init metadata describes it, in the sandbox: assets, files, and commands as real shell. */
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Assembly } from '../assembly';
import { NotRehearsable } from '../not-rehearsable';
import type { Resource } from '../resources';
import { exitOf, spawnGroup } from './process-group';
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
}

const sections: readonly (keyof InitConfig)[] = ['files', 'sources', 'commands'];

/** An absolute path, the parent directory, a home directory or a variable: what could reach outside the sandbox. */
const leavesItsDirectory = /(^|[\s=:'"(<>|&;])\/|\.\.|[~$`]/;

/** As many lines as tell why a command failed. */
const lastLines = 12;

export interface BootPlace {
  readonly assembly: Assembly;
  readonly sandbox: Sandbox;
  readonly environment: Readonly<Record<string, string>>;
  /** Each process it starts; every one leads a group of its own. */
  readonly onSpawn: (pid: number) => void;
}

export interface Boot {
  /** Settles when the last command has ended. */
  readonly done: Promise<void>;
  /** Commands that only a real host can run, as they stand in the template. */
  readonly leftOut: readonly string[];
}

/**
 * Runs the init metadata of the instance in the sandbox, in the background. Commands run for real when they act inside
 * a directory of their own (`cwd`) with relative paths; the others are left to the real host.
 * @throws NotRehearsable, through `done` too, for what cannot be honoured and for a command that fails
 */
export function firstBoot(instance: Resource, on: BootPlace): Boot {
  const init = instance.metadata?.['AWS::CloudFormation::Init'] as
    | (Record<string, InitConfig> & { configSets?: { default?: string[] } })
    | undefined;
  const where = `${instance.stack}/${instance.logicalId}`;
  if (init === undefined)
    throw new NotRehearsable(where, 'no init metadata', 'give the instance a CloudFormationInit');
  const configs = (init.configSets?.default ?? ['config']).map((name) => ({
    where: `${where} init ${name}`,
    config: init[name] ?? {},
  }));
  const leftOut: string[] = [];
  const run = async (): Promise<void> => {
    for (const each of configs) {
      refuseUnknown(each.config, sections, each.where);
      // The order inside one config is cfn-init's own: sources, files, commands.
      for (const [target, url] of Object.entries(each.config.sources ?? {})) unpack(url, target, where, on);
      for (const [path, file] of Object.entries(each.config.files ?? {}))
        place(path, file, on.sandbox, where);
      await runCommands(each.config, each.where, leftOut, on);
    }
  };
  return { done: run(), leftOut };
}

async function runCommands(
  config: InitConfig,
  where: string,
  leftOut: string[],
  on: BootPlace,
): Promise<void> {
  // By name, whatever the order in the template.
  for (const [key, entry] of Object.entries(config.commands ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const command = typeof entry.command === 'string' ? entry.command : entry.command.join(' ');
    if (entry.cwd === undefined || leavesItsDirectory.test(command)) {
      leftOut.push(command);
      continue;
    }
    refuseUnknown(entry, ['command', 'cwd'], `${where} command ${key}`);
    await runInside(command, entry.cwd, on);
  }
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

function unpack(url: string, target: string, where: string, { assembly, sandbox }: BootPlace): void {
  const hash = /\/([0-9a-f]{64})\.zip$/.exec(url)?.[1];
  const source = hash === undefined ? undefined : assembly.assetDirectory(hash);
  if (source === undefined) {
    throw new NotRehearsable(
      `${where} sources`,
      `${url} is not an asset of this assembly`,
      'ship it as an asset',
    );
  }
  cpSync(source, sandbox.path(target), { recursive: true, verbatimSymlinks: true });
  borrowRuntime(sandbox.path(target));
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

async function runInside(command: string, cwd: string, on: BootPlace): Promise<void> {
  const workingDirectory = on.sandbox.path(cwd);
  mkdirSync(workingDirectory, { recursive: true });
  const lines: string[] = [];
  const child = spawnGroup(
    { file: '/bin/sh', args: ['-c', command], workingDirectory, environment: on.environment },
    (line) => lines.push(line),
  );
  if (child.pid !== undefined) on.onSpawn(child.pid);
  const code = await exitOf(child);
  if (code === 0) return;
  throw new NotRehearsable(
    `init command '${command}'`,
    `ended with ${code ?? 'a signal'}: ${lines.slice(-lastLines).join(' / ')}`,
    'correct it',
  );
}
