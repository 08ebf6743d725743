import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { documents as catalogued, type DocumentKey } from '../../../../lib/catalog/documents';
import { remedies } from '../../../../lib/catalog/remedies';
import { limitSeconds } from '../../../../lib/render/cloudformation/documents/command-document';
import { hostDocuments } from '../../../../lib/render/cloudformation/documents/host-documents';
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

  // The remediation waits as long as the catalog says, and people as long as the page says.
  for (const [key, document] of Object.entries(hostDocuments('fraud')) as [
    DocumentKey,
    ReturnType<typeof hostDocuments>[DocumentKey],
  ][]) {
    const { name, limitSeconds: catalogSeconds } = catalogued[key];
    it(`${name} takes as long at most as the catalog and the page say`, () => {
      const page = readFileSync(join(__dirname, '../../../../docs/releases.md'), 'utf8');
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
      assert.deepEqual(
        [catalogSeconds, Number(row.split('|').at(-2))],
        [limitSeconds(document), limitSeconds(document)],
      );
    });
  }
});
