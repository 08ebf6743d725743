/** The documents that look after the host, as they are shipped: diagnostics and disk; and what all have in common. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type DocumentKey, documents } from '../../../lib/catalog/documents';
import { collectDiagnosticsDocument } from '../../../lib/render/cloudformation/documents/collect-diagnostics';
import { freeDiskDocument } from '../../../lib/render/cloudformation/documents/free-disk';
import { hostDocuments } from '../../../lib/render/cloudformation/documents/host-documents';
import { readDocument } from '../../../rehearsal/ssm/document';
import { idOf, type ReleaseHost, startReleaseHost } from './release-host';

const [first, second, third] = [idOf('first'), idOf('second'), idOf('third')];
let host: ReleaseHost;
before(async () => {
  host = await startReleaseHost();
});
after(() => host.dispose());
beforeEach(async () => {
  await host.reset();
  for (const id of [first, second, third]) host.place(id);
  host.link('current', second);
  host.link('previous', first);
  await host.unit.supervisor.start();
});

const logs = (): string => host.sandbox.path('/var/log/vigia-demo');

describe('every document', () => {
  for (const [key, document] of Object.entries(hostDocuments('demo')) as [
    DocumentKey,
    ReturnType<typeof freeDiskDocument>,
  ][]) {
    const { name } = documents[key];
    it(`${name} is small enough, and readable`, () => {
      assert.ok(JSON.stringify(document).length < 60_000);
      readDocument(name, document);
    });

    it(`${name} is shell that every sh reads, and begins each step by stopping at errors`, () => {
      for (const { inputs } of document.mainSteps) {
        assert.equal(inputs.runCommand[0], 'set -eu');
        execFileSync('sh', ['-n'], { input: inputs.runCommand.join('\n') });
        assert.ok(Number(inputs.timeoutSeconds) >= 5);
      }
    });

    it(`${name} takes each parameter as a variable with a pattern, and a dry run that is off by itself`, () => {
      for (const parameter of Object.values(document.parameters)) {
        assert.match(parameter.allowedPattern, /^\^.+\$$/);
        assert.equal(parameter.interpolationType, 'ENV_VAR');
      }
      assert.deepEqual(document.parameters.DryRun?.allowedValues, ['no', 'yes']);
      assert.equal(document.parameters.DryRun?.default, 'no');
    });
  }
});

describe('collect-diagnostics', () => {
  const document = collectDiagnosticsDocument('demo');

  it('shows what a person looks at first, and changes nothing', async () => {
    const before = execFileSync('ls', ['-lR', host.root], { encoding: 'utf8' });
    const { command, output } = await host.run(document, {});
    assert.equal(command.status, 'Success', output);
    for (const part of [
      'unit',
      'releases',
      'disk',
      'memory',
      'processes',
      'sockets',
      'health',
      'journal of vigia-demo.service',
    ])
      assert.match(output, new RegExp(`^== ${part}`, 'm'));
    assert.match(output, /ActiveState=active/);
    assert.match(output, new RegExp(`"release":"${second}"`));
    assert.match(output, /^result: collected; nothing was changed$/m);
    assert.equal(execFileSync('ls', ['-lR', host.root], { encoding: 'utf8' }), before);
  });

  it('keeps features, addresses and keys to itself, and each step within what is kept of it', async () => {
    const secret = 's3cret-value-9';
    const lines = Array.from({ length: 500 }, (_, index) =>
      JSON.stringify({
        msg: `prediction ${index}`,
        instances: [{ amount: 41.5, note: secret }],
        features: { amount: secret },
        password: secret,
        mail: 'jane.doe@example.com',
        key: 'AKIAABCDEFGHIJKLMNOP',
        detail: `token=${secret} ${'x'.repeat(600)}`,
      }),
    );
    writeFileSync(join(logs(), 'service.log'), `${lines.join('\n')}\n`);
    const { plugins, output } = await host.run(document, {});
    assert.match(output, /prediction 499/);
    for (const word of [secret, 'jane.doe', 'AKIAABCDEFGHIJKLMNOP', '41.5'])
      assert.ok(!output.includes(word), word);
    for (const plugin of plugins) assert.ok(plugin.output.length < 24_000, plugin.name);
  });

  it('goes on where something is missing', async () => {
    await host.unit.supervisor.stop();
    const { command, output } = await host.run(document, {});
    assert.equal(command.status, 'Success', output);
    assert.match(output, /ActiveState=inactive/);
  });

  it('in a dry run only says what it would read', async () => {
    const { command, output } = await host.run(document, { DryRun: 'yes' });
    assert.equal(command.status, 'Success');
    assert.match(output, /^result: dry run: would read/);
    assert.ok(!output.includes('=='));
  });
});

describe('free-disk', () => {
  const document = freeDiskDocument('demo');
  const old = (name: string, content = 'x'.repeat(5000)): void => {
    writeFileSync(join(logs(), name), content);
    const past = Date.now() / 1000 - 2 * 3600;
    utimesSync(join(logs(), name), past, past);
  };

  it('removes what nobody needs and never what is in use, and says how much that was', async () => {
    mkdirSync(join(host.root, 'releases', '.incoming.x'));
    const { command, result, output } = await host.run(document, {});
    assert.equal(command.status, 'Success', output);
    assert.deepEqual(host.releases(), [first, second].sort());
    assert.match(output, /^before: \d+ KiB used/m);
    assert.match(output, /^after: \d+ KiB used/m);
    assert.match(result ?? '', /^freed \d+ KiB: before \d+, after \d+$/);
    assert.equal(await host.serving(), second);
    assert.equal((await host.run(document, {})).command.status, 'Success', 'a second time');
  });

  it('keeps rotated logs while the agent that ships them does not run', async () => {
    old('service.log.1');
    const { output } = await host.run(document, {});
    assert.match(output, /kept: rotated logs, because the agent does not run/);
    assert.ok(existsSync(join(logs(), 'service.log.1')));
  });

  it('removes rotated logs that the running agent has had an hour for, and no other', async () => {
    // The sandbox has one unit; this stands before it in the path and answers for the agent.
    const real = readFileSync(join(host.sandbox.bin, 'systemctl'), 'utf8');
    writeFileSync(
      join(host.sandbox.bin, 'systemctl'),
      real.replace(
        '#!/bin/sh\n',
        '#!/bin/sh\ncase "$*" in *amazon-cloudwatch-agent*) echo active; exit 0 ;; esac\n',
      ),
    );
    const bystanders = mkdtempSync(join(tmpdir(), 'vigia-bystanders-'));
    writeFileSync(join(bystanders, 'bystander'), 'not a log');
    old('service.log.1');
    old('service.log');
    writeFileSync(join(logs(), 'service.log.2'), 'rotated a moment ago');
    // The service's user may name a file as it likes; the document runs as root, in a directory with files of its own.
    old('gone.log bystander');
    old('gone.log *');
    const aside = {
      ...document,
      mainSteps: document.mainSteps.map((one) => ({
        ...one,
        inputs: {
          ...one.inputs,
          runCommand: one.inputs.runCommand.flatMap((line) =>
            line === 'set -eu' ? [line, `cd "${bystanders}"`] : [line],
          ),
        },
      })),
    };
    const { output } = await host.run(aside, {});
    assert.deepEqual(readdirSync(bystanders), ['bystander'], output);
    writeFileSync(join(host.sandbox.bin, 'systemctl'), real);
    assert.match(output, /^removed: .*service\.log\.1, \d+ KiB$/m);
    assert.deepEqual(
      readdirSync(logs()).filter((name) => name.startsWith('service')),
      ['service.log', 'service.log.2'],
    );
    assert.deepEqual(
      readdirSync(logs()).filter((name) => name.startsWith('gone')),
      [],
    );
    rmSync(bystanders, { recursive: true });
  });

  it('in a dry run says what it would remove and removes nothing', async () => {
    const { command, output, result } = await host.run(document, { DryRun: 'yes' });
    assert.equal(command.status, 'Success');
    assert.match(output, new RegExp(`^would remove: .*${third}, \\d+ KiB$`, 'm'));
    assert.match(result ?? '', /^dry run: \d+ KiB would be freed/);
    assert.deepEqual(host.releases(), [first, second, third].sort());
    assert.ok(!existsSync(join(host.root, '.lock')));
  });
});
