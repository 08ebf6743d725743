import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documents as catalogued } from '../../../../lib/catalog/documents';
import { remedies } from '../../../../lib/catalog/remedies';
import { resourcesOf, synthesised, templateOf } from './template';

describe('the documents', () => {
  const documents = resourcesOf(templateOf(synthesised('nat'), 'host'), 'AWS::SSM::Document');

  const named = documents.map(({ Properties }) => Properties.Name);

  it('are those of the catalog, and every remedy runs one of them', () => {
    assert.deepEqual(
      // Not for people or the remediation: the host's configuration brings its own.
      named.filter((name) => name !== 'fraud-dev-apply-configuration'),
      Object.values(catalogued).map(({ name }) => `fraud-dev-${name}`),
    );
    for (const { document } of Object.values(remedies))
      assert.ok(named.includes(`fraud-dev-${document}`), document);
  });

  it('are there without the remediation too, for a person', () => {
    assert.equal(
      resourcesOf(templateOf(synthesised('off'), 'host'), 'AWS::SSM::Document').length,
      named.length,
    );
  });

  for (const { id, Properties } of documents) {
    it(`${id} changes by a new version, for a named document cannot be replaced`, () => {
      assert.equal(Properties.UpdateMethod, 'NewVersion');
      assert.match(String(Properties.Name), /^(?!aws|amazon|amzn)[a-zA-Z0-9_.-]{3,128}$/i);
    });

    it(`${id} takes no parameter without a pattern, and none as pasted text`, () => {
      const { schemaVersion, parameters } = Properties.Content as {
        schemaVersion: string;
        parameters: Record<string, Record<string, string>>;
      };
      assert.equal(schemaVersion, '2.2');
      for (const parameter of Object.values(parameters)) {
        assert.match(parameter.allowedPattern ?? '', /^\^.+\$$/);
        assert.equal(parameter.interpolationType, 'ENV_VAR');
      }
    });
  }
});
