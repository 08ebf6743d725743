/** The real assembly of this project, read as the rehearsal reads it, and what is refused of others. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../bin/load-config';
import { synthesise } from '../../bin/synthesise';
import { type Assembly, readAssembly } from '../../rehearsal/assembly';
import { capabilities, checkCapabilities, honouredTypes, ignoredTypes } from '../../rehearsal/capabilities';
import { controlUnits } from '../../rehearsal/host/control';
import { firstBoot } from '../../rehearsal/host/first-boot';
import { hostPath } from '../../rehearsal/host/host';
import { createSandbox } from '../../rehearsal/host/sandbox';
import { placeStandIns } from '../../rehearsal/host/stand-ins';
import { resolveResources } from '../../rehearsal/intrinsics';
import { type Resource, rehearsalPlace } from '../../rehearsal/resources';
import { resource } from './parts';

const work = mkdtempSync(join(tmpdir(), 'vigia-assembly-test-'));
after(() => rmSync(work, { recursive: true, force: true }));

describe('the assembly of this project', () => {
  let assembly: Assembly;
  let resources: Resource[];
  before(async () => {
    assembly = readAssembly(await synthesise(loadConfig(undefined), join(work, 'cdk.out')));
    resources = resolveResources(assembly, rehearsalPlace);
  });

  it('has its stacks after those they depend on', () => {
    const order = assembly.templates.map(({ stack }) => stack.split('-').at(-1));
    assert.deepEqual([...order].sort(), ['host', 'observation', 'remediation']);
    assert.ok(order.indexOf('observation') < order.indexOf('remediation'));
  });

  it('is resolved without an intrinsic left over', () => {
    assert.ok(resources.length > 50);
    assert.doesNotMatch(JSON.stringify(resources), /"(Ref|Fn::\w+)":|undefined|\[object Object\]/);
  });

  it('is honoured in full', () => {
    assert.doesNotThrow(() => checkCapabilities(resources));
  });

  it('has the code of each function, and of the host, among its assets', () => {
    const functions = resources.filter(({ type }) => type === 'AWS::Lambda::Function');
    assert.ok(functions.length > 0);
    for (const { properties } of functions) {
      const { S3Key } = properties.Code as { S3Key: string };
      const directory = assembly.assetDirectory(S3Key.replace(/\.zip$/, ''));
      assert.ok(directory !== undefined && existsSync(directory), S3Key);
    }
    assert.equal(assembly.assetDirectory('0'.repeat(64)), undefined);
  });

  it('boots by its own script: release, link, unit and environment are in place, nothing is left to the real host', async () => {
    const sandbox = createSandbox();
    const { service } = loadConfig(undefined);
    const asked: string[] = [];
    placeStandIns(sandbox, resources);
    const control = await controlUnits(sandbox, {
      find: () => undefined,
      // Every unit: the service itself has tests of its own.
      standsStill: (name) => {
        asked.push(name);
        return { active: !name.startsWith('vigia-') };
      },
      agentControl: () => ({ exitCode: 0, output: '', errorOutput: '' }),
    });
    try {
      const instance = resources.find(({ type }) => type === 'AWS::EC2::Instance');
      assert.ok(instance !== undefined);
      const place = {
        assembly,
        sandbox,
        environment: { PATH: hostPath(sandbox), VIGIA_ROOT: sandbox.root },
        onSpawn: () => {},
      };
      const { done, leftOut } = firstBoot(instance, place);
      // The last step asks the service, which never runs here.
      await assert.rejects(done, /'sh bootstrap\.sh verify': ended with 3: .*first boot, verify: failed/);
      assert.ok(asked.includes(`vigia-${service}.service`));
      for (const file of ['server.js', 'outgoing.js', 'ready.js', 'model/model.json']) {
        assert.ok(existsSync(sandbox.path(`/opt/vigia/${service}/current/${file}`)), file);
      }
      for (const file of [
        `/etc/vigia/${service}.env`,
        `/etc/vigia/${service}.switches.json`,
        `/etc/vigia/${service}.agent.json`,
        `/etc/systemd/system/vigia-${service}.service`,
        `/etc/systemd/system/vigia-${service}-rotate.timer`,
        `/etc/systemd/system/vigia-${service}-updates.timer`,
      ])
        assert.ok(existsSync(sandbox.path(file)), file);
      assert.deepEqual(leftOut, []);
    } finally {
      await control.stop();
      sandbox.remove();
    }
  });
});

describe('an assembly that cannot be read', () => {
  const given = (name: string, files: Readonly<Record<string, string>>): string => {
    const directory = join(work, name);
    mkdirSync(directory);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
    return directory;
  };
  const stack = (templateFile: string, dependencies: string[] = []) => ({
    type: 'aws:cloudformation:stack',
    properties: { templateFile },
    dependencies,
  });

  it('is told of in one line, with what to do', () => {
    const cases: readonly [string, RegExp][] = [
      [
        join(work, 'nowhere'),
        /^assembly: incomplete, got no .*manifest\.json, expected a cloud assembly; run npx cdk synth$/,
      ],
      [
        given('empty', { 'manifest.json': '{}' }),
        /^assembly: no stack in it, got .*empty, expected a cloud assembly; run/,
      ],
      [
        given('broken', { 'manifest.json': '{' }),
        /^assembly: .*manifest\.json is not JSON, got .*, expected JSON; synthesise again$/,
      ],
      [
        given('partial', { 'manifest.json': JSON.stringify({ artifacts: { a: stack('a.json') } }) }),
        /^assembly: incomplete, got no .*a\.json/,
      ],
    ];
    for (const [directory, message] of cases) {
      assert.throws(
        () => readAssembly(directory),
        (error: Error) => message.test(error.message) && !error.message.includes('\n'),
        String(message),
      );
    }
  });

  it('is ordered by its dependencies, whatever the order in the manifest, and a circle does no harm', () => {
    const artifacts = {
      late: stack('t.json', ['middle']),
      middle: stack('t.json', ['early']),
      early: stack('t.json'),
      a: stack('t.json', ['b']),
      b: stack('t.json', ['a']),
    };
    const directory = given('ordered', { 'manifest.json': JSON.stringify({ artifacts }), 't.json': '{}' });
    const order = readAssembly(directory).templates.map(({ stack: name }) => name);
    assert.deepEqual(order.slice(0, 3), ['early', 'middle', 'late']);
    assert.equal(order.length, 5);
  });
});

describe('capabilities', () => {
  it('refuse by name every type and property that would behave differently, all at once', () => {
    const strange = [
      resource('AWS::StepFunctions::StateMachine', 'machine'),
      resource('AWS::SNS::Topic', 'topic', { TopicName: 'x', FifoTopic: true, Colour: {} }),
      resource('AWS::SSM::Document', 'document', { Attachments: [], Content: {} }),
      resource('AWS::IAM::Role', 'role', { Whatever: 1 }),
    ];
    assert.throws(
      () => checkCapabilities(strange),
      (error: Error) => {
        const refused = (error.message.split(': cannot be honoured locally')[0] ?? '').split(', ');
        assert.ok(refused.includes('test/machine (AWS::StepFunctions::StateMachine)'));
        assert.ok(refused.includes('test/topic (AWS::SNS::Topic).Colour'));
        assert.ok(refused.includes('test/document (AWS::SSM::Document).Attachments'));
        assert.ok(!error.message.includes('AWS::IAM::Role'));
        return true;
      },
    );
  });

  it('give a reason for everything that is passed over, and honour nothing that they ignore', () => {
    for (const [type, reason] of Object.entries(ignoredTypes)) {
      assert.ok(reason.length > 5, type);
      assert.ok(!(type in honouredTypes), type);
    }
    for (const [type, { honoured, ignored }] of Object.entries(honouredTypes)) {
      for (const [property, reason] of Object.entries(ignored)) {
        assert.ok(reason.length > 3, `${type}.${property}`);
        assert.ok(!honoured.includes(property), `${type}.${property} is both`);
      }
    }
  });

  it('are data that can be printed', () => {
    const printed = JSON.parse(JSON.stringify(capabilities()));
    assert.ok(Object.keys(printed.resources).length >= 15);
    assert.ok(printed.unitFile.honoured.includes('ExecStartPost'));
    assert.ok(printed.assumptions.length > 0 && printed.simplifications.length > 0);
  });
});
