/** What --template may name: files, a cloud assembly, and what is refused when it is neither. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openTemplates } from '../../../../rehearsal/alarms/template/open-templates';
import { readAlarmTemplates } from '../../../../rehearsal/alarms/template/read-alarm-templates';
import { AssemblyError } from '../../../../rehearsal/assembly';
import { alarm, find, fixturePath, refusalOf, template } from './fixture';

const work = mkdtempSync(join(tmpdir(), 'vigia-templates-test-'));
after(() => rmSync(work, { recursive: true, force: true }));

const none = { parameters: {}, resources: {} };

describe('opening templates', () => {
  it('reads several files as one set', () => {
    const sources = openTemplates([fixturePath('web-shop.yaml'), fixturePath('team-dump.json')]);
    const { resources, place } = readAlarmTemplates(sources, none);
    assert.equal(place.region, 'eu-west-1');
    assert.equal(resources.length, 14);
  });

  it('reads a directory as a cloud assembly, with imports between its stacks', () => {
    const stack = (templateFile: string, dependencies: string[]) => ({
      type: 'aws:cloudformation:stack',
      properties: { templateFile },
      dependencies,
    });
    const artifacts = { app: stack('app.json', ['base']), base: stack('base.json', []) };
    writeFileSync(join(work, 'manifest.json'), JSON.stringify({ version: '53.0.0', artifacts }));
    const outputs = { Out: { Value: { Ref: 'Topic' }, Export: { Name: 'base:Topic' } } };
    writeFileSync(
      join(work, 'base.json'),
      template({ Topic: { Type: 'AWS::SNS::Topic' } }, { Outputs: outputs }),
    );
    const up = alarm({
      AlarmName: { 'Fn::Sub': '${AWS::StackName}-up' },
      AlarmActions: [{ 'Fn::ImportValue': 'base:Topic' }],
    });
    writeFileSync(join(work, 'app.json'), template({ Up: up }));
    const { properties, stack: name } = find(readAlarmTemplates(openTemplates([work]), none), 'Up');
    assert.deepEqual([name, properties.AlarmName], ['app', 'app-up']);
    assert.deepEqual(properties.AlarmActions, ['arn:aws:sns:us-east-1:000000000000:Topic']);
  });

  it('refuses binary data, UTF-16 and other encodings', () => {
    const contents = [
      Buffer.from(template({ Up: alarm() }), 'utf16le'),
      Buffer.from([0xff, 0x18, 0x68, 0xe7]),
      Buffer.from('é', 'latin1'),
    ];
    for (const content of contents) {
      writeFileSync(join(work, 'odd.json'), content);
      assert.match(
        refusalOf(() => openTemplates([join(work, 'odd.json')])),
        /it is no text, got binary data or UTF-16/,
      );
    }
  });

  it('refuses what is not there, and a directory that is no assembly', () => {
    assert.equal(
      refusalOf(() => openTemplates(['/nowhere/a.json'])),
      'template /nowhere/a.json: it cannot be opened, got no such file or directory, expected a file or a cloud assembly directory; correct --template',
    );
    assert.throws(() => openTemplates([tmpdir()]), AssemblyError);
  });
});
