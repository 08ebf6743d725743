/** A host with releases in a sandbox: links, unit, S3 and a small real server as each release. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandDocument } from '../../../lib/render/cloudformation/documents/command-document';
import { startControl } from '../../../rehearsal/host/control';
import { writePrograms } from '../../../rehearsal/host/programs';
import { createSandbox } from '../../../rehearsal/host/sandbox';
import { signalReload } from '../../../rehearsal/host/unit-file';
import type { Command, PluginResult } from '../../../rehearsal/ssm/types';
import { supervise } from '../host/unit';
import { type Ran, runner } from './run';

/** How a release behaves; nothing means well. */
export interface Behaviour {
  readonly exitsAtOnce?: boolean;
  readonly neverReady?: boolean;
  /** Once it was ready. */
  readonly endsAfterMs?: number;
  readonly unreadyAfterMs?: number;
  readonly answered?: number;
  readonly failed?: number;
}

/** Twelve hexadecimal digits from any word. */
export const idOf = (word: string): string => createHash('sha256').update(word).digest('hex').slice(0, 12);

const server = `
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { release } = JSON.parse(readFileSync(join(__dirname, 'release.json'), 'utf8'));
const does = JSON.parse(readFileSync(join(__dirname, 'behaviour.json'), 'utf8'));
if (does.exitsAtOnce) { console.error('release ' + release + ' cannot start'); process.exit(3); }
const born = Date.now();
if (does.endsAfterMs) setTimeout(() => process.exit(0), does.endsAfterMs);
require('node:http').createServer((request, response) => {
  const ready = !does.neverReady && !(does.unreadyAfterMs && Date.now() - born > does.unreadyAfterMs);
  if (request.url === '/metrics') {
const counted = (outcome, value) => 'vigia_predictions_total{service="demo",outcome="' + outcome + '"} ' + value;
    const lines = [counted('answered', does.answered - (does.failed ?? 0)), counted('failed', does.failed ?? 0)];
    return response.end(does.answered === undefined ? '' : lines.join('\\n') + '\\n');
  }
  if (request.url === '/health') return response.end(JSON.stringify({ status: 'ready', release }));
  response.writeHead(ready ? 200 : 503).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

export interface Outcome {
  readonly command: Command;
  readonly plugins: readonly PluginResult[];
  /** Of the step that did the work. */
  readonly code: number | undefined;
  /** Everything that all steps printed. */
  readonly output: string;
  /** What stands behind `result:`. */
  readonly result: string | undefined;
}

export type ReleaseHost = Awaited<ReturnType<typeof startReleaseHost>>;

export const bucket = 'demo-releases';
const service = 'demo';

/** Waits in the document as it is shipped, but for the watch: a second shows what five do. */
export function quick(document: CommandDocument): CommandDocument {
  const shorter = (line: string): string =>
    line
      .replace(/^watch_seconds=.*/, "watch_seconds='1'")
      .replace(/^restart_seconds=.*/, "restart_seconds='3'");
  return {
    ...document,
    mainSteps: document.mainSteps.map((step) => ({
      ...step,
      inputs: { ...step.inputs, runCommand: step.inputs.runCommand.map(shorter) },
    })),
  };
}

/** The same document for a caller who gets round the patterns. */
export function unguarded(document: CommandDocument): CommandDocument {
  const parameters = Object.entries(document.parameters).map(
    ([name, { allowedPattern, allowedValues, ...rest }]) => [name, rest],
  );
  return { ...document, parameters: Object.fromEntries(parameters) };
}

export async function startReleaseHost() {
  const sandbox = createSandbox();
  const root = sandbox.path(`/opt/vigia/${service}`);
  const objects = new Map<string, Buffer>();
  const s3 = createServer((request, response) => {
    const body = objects.get(decodeURIComponent(request.url ?? ''));
    if (body === undefined) response.writeHead(404).end();
    else response.end(body);
  });
  await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
  writePrograms(sandbox, `http://127.0.0.1:${(s3.address() as AddressInfo).port}`);
  const port = await freePort();
  sandbox.write(`/etc/vigia/${service}.env`, `VIGIA_SERVICE=${service}\nVIGIA_PORT=${port}\n`);
  sandbox.write(`/var/log/vigia-${service}/service.log`, '');
  mkdirSync(join(root, 'releases'), { recursive: true });
  const unit = supervise({
    name: `vigia-${service}.service`,
    execStart: `cd ${root}/current && PORT=${port} exec ${process.execPath} server.js`,
    execStartPost: [
      `for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do curl -sf -o /dev/null http://127.0.0.1:${port}/health/ready && exit 0; kill -0 $MAINPID || exit 1; sleep 0.1; done; exit 1`,
    ],
    execReload: [signalReload],
    timeoutStopSeconds: 2,
  });
  const control = await startControl(sandbox, `vigia-${service}.service`, unit.supervisor);
  const runners: Ran[] = [];

  const write = (directory: string, id: string, behaviour: Behaviour): void => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'release.json'), JSON.stringify({ release: id }));
    writeFileSync(join(directory, 'server.js'), server);
    writeFileSync(join(directory, 'behaviour.json'), JSON.stringify(behaviour));
  };
  const pointTo = (link: string): string | undefined =>
    existsSync(join(root, link)) ? readlinkSync(join(root, link)).replace(/^releases\//, '') : undefined;

  const run = async (
    document: CommandDocument,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Outcome> => {
    const ran = runner(document, { path: `${sandbox.bin}:${process.env.PATH}`, mapText: sandbox.mapText });
    runners.push(ran);
    const given = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]]));
    const command = ran.send({ Parameters: given });
    while (command.status === 'Pending' || command.status === 'InProgress') await sleep(20);
    const plugins = command.invocations[0]?.plugins ?? [];
    const output = plugins.map((plugin) => `${plugin.output}${plugin.errorOutput}`).join('');
    return {
      command,
      plugins,
      code: plugins[0]?.responseCode,
      output,
      result: /^result: (.*)$/m.exec(output)?.[1],
    };
  };

  return {
    sandbox,
    root,
    unit,
    port,
    run,
    /** A release as the first boot would have placed it. */
    place: (id: string, behaviour: Behaviour = {}) => write(join(root, 'releases', id), id, behaviour),
    link: (name: string, id: string) => {
      rmSync(join(root, name), { force: true });
      symlinkSync(`releases/${id}`, join(root, name));
    },
    pointTo,
    /** A release in S3, and what deploys it. */
    upload: (id: string, behaviour: Behaviour = {}, says = id) => {
      const directory = mkdtempSync(join(tmpdir(), 'vigia-release-'));
      write(directory, says, behaviour);
      const archive = execFileSync('tar', ['-czf', '-', '-C', directory, '.']);
      rmSync(directory, { recursive: true });
      return put(objects, id, archive);
    },
    put: (id: string, archive: Buffer) => put(objects, id, archive),
    releases: () => readdirSync(join(root, 'releases')).sort(),
    /** The release that answers now. */
    serving: async () => {
      const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
      return response === undefined ? undefined : ((await response.json()) as { release: string }).release;
    },
    reset: async () => {
      await unit.supervisor.stop();
      unit.supervisor.resetFailed();
      rmSync(root, { recursive: true, force: true });
      mkdirSync(join(root, 'releases'), { recursive: true });
    },
    dispose: async () => {
      for (const ran of runners) await ran.dispose();
      await control.stop();
      await unit.dispose();
      s3.close();
      s3.closeAllConnections();
      sandbox.remove();
    },
  };
}

function put(objects: Map<string, Buffer>, id: string, archive: Buffer) {
  const key = `releases/${id}.tar.gz`;
  objects.set(`/${bucket}/${key}`, archive);
  return {
    Source: `s3://${bucket}/${key}`,
    Release: id,
    Sha256: createHash('sha256').update(archive).digest('hex'),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
