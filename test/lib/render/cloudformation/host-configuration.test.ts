/** What follows the configuration reaches a running host, and never replaces it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StageInput } from '../../../../lib/config/schema';
import { parseUnit } from '../../../../rehearsal/host/unit-file';
import { leastStage, sampleConfig } from '../../sample-config';
import {
  allowedBy,
  type Named,
  onlyOne,
  plain,
  resourcesOf,
  synthesiseConfig,
  synthesised,
  type Template,
  templateOf,
  variantNames,
} from './template';

function hostOf(settings: Partial<StageInput>): Template {
  return templateOf(synthesiseConfig(sampleConfig({ ...leastStage, ...settings })), 'host');
}

const parametersOf = (host: Template): Record<string, string> =>
  Object.fromEntries(
    resourcesOf(host, 'AWS::SSM::Parameter').map(({ Properties }) => [
      String(Properties.Name),
      String(Properties.Value),
    ]),
  );
const revisionOf = (host: Template): string =>
  Object.entries(parametersOf(host)).find(([name]) => name.endsWith('/host/revision'))?.[1] ?? '';
const associationOf = (host: Template): Named => onlyOne(host, 'AWS::SSM::Association');

for (const variant of variantNames) {
  describe(`the configuration of the host, ${variant}`, () => {
    const { config } = synthesised(variant);
    const host = templateOf(synthesised(variant), 'host');
    const path = `/vigia/${config.service}-${config.stage}/host`;
    const revision = revisionOf(host);

    it('lies in standard parameters, one folder a revision, and each fits', () => {
      assert.match(revision, /^[0-9a-f]{12}$/);
      assert.deepEqual(
        Object.keys(parametersOf(host)).sort(),
        [
          `${path}/revision`,
          ...['agent', 'environment', 'health', 'switches', 'unit', 'upkeep'].map(
            (name) => `${path}/${revision}/${name}`,
          ),
        ].sort(),
      );
      for (const { Properties } of resourcesOf(host, 'AWS::SSM::Parameter')) {
        assert.equal(Properties.Tier, 'Standard');
        assert.ok(Buffer.byteLength(String(Properties.Value)) < 4096, String(Properties.Name));
      }
    });

    it('is there before the host boots, and its pointer after all that it names', () => {
      const parameters = resourcesOf(host, 'AWS::SSM::Parameter');
      const instance = onlyOne(host, 'AWS::EC2::Instance');
      const pointer = parameters.find(({ Properties }) => String(Properties.Name).endsWith('/revision'));
      for (const { id } of parameters) {
        assert.ok(instance.DependsOn?.includes(id), id);
        if (id !== pointer?.id) assert.ok(pointer?.DependsOn?.includes(id), id);
      }
    });

    it('is applied by its own document to the hosts with its tag, after the host and by a role of its own', () => {
      const association = associationOf(host);
      const documents = resourcesOf(host, 'AWS::SSM::Document');
      const name = `${config.service}-${config.stage}-apply-configuration`;
      const document = documents.find(({ Properties }) => Properties.Name === name);
      assert.equal(plain(association.Properties.Name), `<${document?.id}>`);
      assert.deepEqual(association.Properties.Targets, [
        { Key: 'tag:VigiaHost', Values: [`${config.service}-${config.stage}`] },
      ]);
      assert.deepEqual(association.Properties.Parameters, { Revision: [revision] });
      assert.ok(association.DependsOn?.includes(onlyOne(host, 'AWS::EC2::Instance').id));
      // A role without its policy is refused, and a first run is not tried again.
      assert.ok(association.DependsOn?.some((id) => id.startsWith('AppliedRoleDefaultPolicy')));
      const role = /^<(.+)\.Arn>$/.exec(plain(association.Properties.AssociationDispatchAssumeRole))?.[1];
      const statements = allowedBy(host).filter(({ policy }) => policy.startsWith('AppliedRole'));
      assert.ok(role?.startsWith('AppliedRole'));
      assert.deepEqual(
        statements.map(({ Action }) => Action.join()),
        ['ssm:SendCommand', 'ssm:SendCommand'],
      );
      assert.deepEqual(statements[0]?.Condition, {
        StringEquals: { 'ssm:resourceTag/VigiaHost': `${config.service}-${config.stage}` },
      });
      assert.match(statements[1]?.Resource.join() ?? '', /:document\/[a-z-]+-apply-configuration$/);
    });

    it('has a unit that the supervisor can read and that lets V8 ask for protection keys', () => {
      const unit = parametersOf(host)[`${path}/${revision}/unit`] ?? '';
      assert.doesNotThrow(() => parseUnit(`vigia-${config.service}.service`, unit));
      assert.match(unit, /^SystemCallFilter=@system-service @pkey$/m);
      assert.match(unit, /^RestartPreventExitStatus=78$/m);
    });
  });
}

describe('a change of the configuration', () => {
  const before = hostOf({});
  const changes: Readonly<Record<string, Partial<StageInput>>> = {
    'of the log level': { switches: { logLevel: 'debug' } },
    'of the share of traces': { switches: { traceShare: 0.5 } },
    'of degraded mode': { switches: { degraded: 'on' } },
    'of the confidence floor': { model: { lowConfidenceBelow: 0.7 } },
    'of the port': { host: { port: 9090 } },
    'of unattended updates': { host: { updates: 'off' } },
  };
  for (const [name, settings] of Object.entries(changes)) {
    it(`${name} makes another revision and association, and keeps the instance`, () => {
      const after = hostOf(settings);
      assert.notEqual(revisionOf(after), revisionOf(before));
      assert.notDeepEqual(associationOf(after).Properties, associationOf(before).Properties);
      const instances = [before, after].map((host) => onlyOne(host, 'AWS::EC2::Instance'));
      assert.deepEqual(instances[1], instances[0]);
    });
  }

  it('that says the same makes the same revision', () => {
    assert.equal(revisionOf(hostOf({})), revisionOf(before));
  });

  it('of what the first boot installs makes another instance: packages are put on once', () => {
    const after = hostOf({ host: { packageRelease: '2023.12.20260930' } });
    assert.notEqual(onlyOne(after, 'AWS::EC2::Instance').id, onlyOne(before, 'AWS::EC2::Instance').id);
  });
});
