/** The document that switches the degraded mode, as it is shipped, against the service as it is shipped under its own unit. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { serviceUnit } from '../../../lib/render/cloudformation/constructs/service-unit';
import type { CommandDocument } from '../../../lib/render/cloudformation/documents/command-document';
import { serveFromCacheDocument } from '../../../lib/render/cloudformation/documents/serve-from-cache';
import { healthFile } from '../../../lib/render/cloudformation/health-file';
import { serviceEnvironmentFile } from '../../../lib/render/cloudformation/host-files';
import { startControl } from '../../../rehearsal/host/control';
import { createSandbox } from '../../../rehearsal/host/sandbox';
import { parseUnit } from '../../../rehearsal/host/unit-file';
import { sampleConfig } from '../../lib/sample-config';
import expected from '../../service/inference/expected-predictions.json';
import { openWorkshop, type Workshop } from '../../service/service-process';
import { type Supervised, supervise } from '../host/unit';
import { unguarded } from './release-host';
import { type Ran, runner } from './run';

const service = 'demo';
const config = sampleConfig({ service });
const document = serveFromCacheDocument(service);
const sandbox = createSandbox();
const override = sandbox.path(`/etc/vigia/${service}.switches.override.json`);
const runners: Ran[] = [];
let workshop: Workshop;
let unit: Supervised;
let control: { stop(): Promise<void> };
let port: number;

before(async () => {
  workshop = await openWorkshop();
  port = await freePort();
  // As the host has it, but for the port, which must be free here, and the model, which lies beside the bundle.
  const environment = sandbox
    .mapText(serviceEnvironmentFile(config))
    .replace(/^VIGIA_PORT=.*$/m, `VIGIA_PORT=${port}`)
    .replace(/^VIGIA_BIND=.*$/m, 'VIGIA_BIND=127.0.0.1')
    .replace(/^VIGIA_MODEL_DIRECTORY=.*$/m, `VIGIA_MODEL_DIRECTORY=${join(workshop.directory, 'model')}`);
  sandbox.write(`/etc/vigia/${service}.env`, environment);
  sandbox.write(`/etc/vigia/${service}.health.json`, JSON.stringify(healthFile(config)));
  for (const directory of ['log', 'lib'])
    mkdirSync(sandbox.path(`/var/${directory}/vigia-${service}`), { recursive: true });
  const shipped = parseUnit(`vigia-${service}.service`, serviceUnit(config));
  unit = supervise({
    name: shipped.name,
    execStart: `set -a; . ${sandbox.path(`/etc/vigia/${service}.env`)}; exec ${process.execPath} ${join(workshop.directory, 'main.js')}`,
    execStartPost: [
      `until curl -sf -o /dev/null http://127.0.0.1:${port}/health/self; do kill -0 $MAINPID || exit 1; sleep 0.1; done`,
    ],
    execReload: shipped.execReload,
    timeoutStartSeconds: shipped.timeoutStartSeconds,
  });
  control = await startControl(sandbox, shipped.name, unit.supervisor);
});
after(async () => {
  for (const ran of runners) await ran.dispose();
  await control.stop();
  await unit.dispose();
  await workshop.close();
  sandbox.remove();
});
beforeEach(async () => {
  rmSync(override, { force: true });
  configured({});
  if (unit.supervisor.state().active === 'active') unit.supervisor.reload();
  else await unit.supervisor.start();
});

const configured = (switches: object): void =>
  sandbox.write(`/etc/vigia/${service}.switches.json`, JSON.stringify(switches));

const overridden = (): string | undefined =>
  existsSync(override) ? readFileSync(override, 'utf8') : undefined;

async function run(parameters: Readonly<Record<string, string>>, from: CommandDocument = document) {
  const ran = runner(from, { path: `${sandbox.bin}:${process.env.PATH}`, mapText: sandbox.mapText });
  runners.push(ran);
  const given = Object.entries(parameters).map(([name, value]) => [name, [value]]);
  const { command, plugins } = await ran.run(Object.fromEntries(given));
  const output = plugins.map((plugin) => `${plugin.output}${plugin.errorOutput}`).join('');
  return {
    status: command.status,
    code: plugins[0]?.responseCode,
    output,
    result: /^result: (.*)$/m.exec(output)?.[1] ?? '',
  };
}

/** The reason of the degraded answer, if it was one. */
async function answered(): Promise<string | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances: [expected[0]?.instance] }),
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { reason?: string }).reason;
}

describe('serve-from-cache', () => {
  it('switches on, off, and back to automatic, as the service says and as it answers', async () => {
    // Once by the model, so that the cache has it.
    assert.equal(await answered(), undefined);
    for (const [mode, reason] of [
      ['on', 'switched-on'],
      ['off', undefined],
    ] as const) {
      const { status, output, result } = await run({ Degraded: mode });
      assert.equal(status, 'Success', output);
      assert.equal(result, `degraded mode is ${mode}, as the service itself says`);
      assert.equal(overridden(), `{"degraded":"${mode}"}\n`);
      assert.equal(await answered(), reason);
    }
    const { status, output } = await run({ Degraded: 'auto' });
    assert.equal(status, 'Success', output);
    assert.equal(overridden(), undefined);
    assert.equal(await answered(), undefined);
  });

  it('gives the word back to the configuration, whatever that says', async () => {
    configured({ degraded: 'off' });
    assert.equal((await run({ Degraded: 'on' })).status, 'Success');
    const { status, output, result } = await run({ Degraded: 'auto' });
    assert.equal(status, 'Success', output);
    assert.equal(result, 'override removed; the configuration says off');
  });

  it('holds over a restart of the service', async () => {
    assert.equal((await run({ Degraded: 'on' })).status, 'Success');
    await unit.supervisor.restart();
    const { output } = await run({ Degraded: 'on', DryRun: 'yes' });
    assert.match(output, /the service says on$/m);
  });

  it('twice is as good as once', async () => {
    await run({ Degraded: 'on' });
    assert.equal((await run({ Degraded: 'on' })).status, 'Success');
  });

  it('fails for a service that is down, and says that the file is written', async () => {
    await unit.supervisor.stop();
    const { code, result } = await run({ Degraded: 'on' });
    assert.equal(code, 16);
    assert.match(result, /takes effect at its next start$/);
  });

  it('in a dry run writes nothing', async () => {
    const { status, result } = await run({ Degraded: 'on', DryRun: 'yes' });
    assert.equal(status, 'Success');
    assert.match(result, /^dry run: would write on to/);
    assert.equal(overridden(), undefined);
  });

  it('takes no other word, whoever asks', async () => {
    for (const value of ['$(touch owned)', 'on"}; id; {"', 'On', 'on\noff', '', 'é', 'x'.repeat(5000)]) {
      await assert.rejects(run({ Degraded: value }), { code: 'InvalidParameters' });
      assert.equal((await run({ DryRun: 'no', Degraded: value }, unguarded(document))).code, 10, value);
    }
    assert.equal(overridden(), undefined);
  });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port: found } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return found;
}
