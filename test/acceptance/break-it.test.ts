/** Break the artefacts on purpose: the rehearsal must fail, with exit code 1, and say why. Real time, real processes. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../bin/load-config';
import { synthesise } from '../../bin/synthesise';
import { vigia } from './rehearsal-process';

interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

interface Break {
  readonly name: string;
  readonly change: (assembly: string) => void;
  /** What a person must be able to read. */
  readonly says: RegExp;
}

const breaks: readonly Break[] = [
  {
    name: 'a metric renamed in the service',
    change: (assembly) =>
      editAsset(assembly, 'server.js', (code) => code.replaceAll('PredictionErrors', 'PredictionFaults')),
    says: /PredictionErrors got no data with Service=fraud-scorer, Stage=dev; what did arrive there: .*PredictionFaults/,
  },
  {
    name: 'the topic taken out of the alarm',
    change: (assembly) =>
      editResources(assembly, ({ Type, Properties }) => {
        if (Type === 'AWS::CloudWatch::Alarm' && String(Properties.AlarmName).endsWith('errorRateHigh')) {
          Properties.AlarmActions = [];
        }
      }),
    says: /errorRateHigh went ALARM and told nobody: it has no AlarmActions/,
  },
  {
    name: "the document's command made to fail",
    change: (assembly) =>
      editText(assembly, (text) => text.replaceAll('systemctl restart', 'systemctl frobnicate')),
    says: /command fraud-scorer-dev-restart-service ended Failed with exit code 1: .*not rehearsed: systemctl frobnicate/,
  },
  {
    name: 'nobody subscribed to the mail',
    change: (assembly) =>
      editResources(assembly, (resource, remove) => {
        if (resource.Type === 'AWS::SNS::Subscription' && resource.Properties.Protocol === 'email') remove();
      }),
    says: /topic fraud-scorer-dev-page has no subscription/,
  },
  {
    name: 'a wrong table name given to the function',
    change: (assembly) =>
      editResources(assembly, ({ Type, Properties }) => {
        if (Type !== 'AWS::Lambda::Function') return;
        const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
        if ('VIGIA_TABLE_NAME' in Variables) Variables.VIGIA_TABLE_NAME = 'no-such-table';
      }),
    says: /function fraud-scorer-dev-remediation failed: .*(ResourceNotFound|resource not found)/i,
  },
];

describe('the rehearsal fails, with exit code 1 and the reason, on', { concurrency: true }, () => {
  let directory = '';
  let pristine = '';

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'vigia-break-'));
    pristine = await synthesise(loadConfig('dev'), join(directory, 'pristine'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  for (const [index, { name, change, says }] of breaks.entries()) {
    it(name, async () => {
      const assembly = join(directory, String(index));
      cpSync(pristine, assembly, { recursive: true });
      change(assembly);

      const out = join(directory, `out-${index}`);
      const { exitCode, stdout, stderr } = await vigia([
        'rehearse',
        'error-burst',
        '--json',
        '--assembly',
        assembly,
        '--out',
        out,
      ]);

      assert.equal(exitCode, 1, stderr);
      assert.ok(stdout.startsWith('{'), stderr);
      const { runs } = JSON.parse(stdout) as { runs: { expectationsMet: boolean; hints: string[] }[] };
      assert.equal(runs[0]?.expectationsMet, false);
      assert.match(runs[0]?.hints.join('\n') ?? '', says);
    });
  }
});

function editText(assembly: string, edit: (text: string) => string): void {
  let changed = false;
  for (const file of readdirSync(assembly).filter((name) => name.endsWith('.template.json'))) {
    const before = readFileSync(join(assembly, file), 'utf8');
    const edited = edit(before);
    changed ||= edited !== before;
    writeFileSync(join(assembly, file), edited);
  }
  assert.ok(changed, 'the break changed nothing');
}

function editResources(
  assembly: string,
  edit: (resource: Template['Resources'][string], remove: () => void) => void,
): void {
  editText(assembly, (text) => {
    const template = JSON.parse(text) as Template;
    for (const [id, resource] of Object.entries(template.Resources)) {
      edit(resource, () => {
        delete template.Resources[id];
      });
    }
    return JSON.stringify(template);
  });
}

function editAsset(assembly: string, name: string, edit: (text: string) => string): void {
  const [file] = readdirSync(assembly)
    .filter((entry) => entry.startsWith('asset.'))
    .map((entry) => join(assembly, entry, name))
    .filter((path) => {
      try {
        return readFileSync(path) !== undefined;
      } catch {
        return false;
      }
    });
  assert.ok(file, `no asset holds ${name}`);
  const before = readFileSync(file, 'utf8');
  const edited = edit(before);
  assert.notEqual(edited, before, 'the break changed nothing');
  writeFileSync(file, edited);
}
