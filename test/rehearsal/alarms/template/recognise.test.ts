/** What a file is taken for, and the refusals of files that hold no alarms. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evaluable } from '../../../../rehearsal/alarms/template/skip-alarms';
import { alarm, find, readTexts, refusalOf, template } from './fixture';

const described = { AlarmName: 'up', ...(alarm().Properties as object) };
const names = (files: Record<string, string>): string[] =>
  readTexts(files).resources.map(({ logicalId }) => logicalId);

describe('a file', () => {
  it('is judged by its content: a template in a file of any name', () => {
    const text = template({ Up: alarm() });
    for (const path of ['a.json', 'a.template', 'a.yaml', 'a', '/dev/stdin'])
      assert.deepEqual(names({ [path]: text }), ['Up']);
  });

  it('may be the answer of get-template, for a template in JSON or YAML', () => {
    const body = { Resources: { Up: alarm() } };
    assert.deepEqual(names({ 'a.json': JSON.stringify({ TemplateBody: body }) }), ['Up']);
    const yaml =
      'Resources:\n  Up:\n    Type: AWS::CloudWatch::Alarm\n    Properties: { AlarmName: !Sub "${AWS::Region}-up" }\n';
    const read = readTexts({ 'a.json': JSON.stringify({ TemplateBody: yaml, StagesAvailable: [] }) });
    assert.equal(find(read, 'Up').properties.AlarmName, 'us-east-1-up');
  });

  it('may hold the pages of a dump, as a list, one after another, or as YAML', () => {
    const page = (name: string) => ({
      MetricAlarms: [{ ...described, AlarmName: name }],
      CompositeAlarms: [],
    });
    assert.deepEqual(names({ 'a.json': JSON.stringify([page('a'), page('b')]) }), ['a', 'b']);
    assert.deepEqual(
      names({ 'a.json': `${JSON.stringify(page('a'))}\n${JSON.stringify(page('b'), null, 2)}\n` }),
      ['a', 'b'],
    );
    assert.deepEqual(names({ 'a.yaml': 'MetricAlarms:\n- AlarmName: a\n- AlarmName: b\n' }), ['a', 'b']);
  });

  it('may hold the bare list of alarms that a query cuts out', () => {
    const list = [
      described,
      { AlarmName: 'both', AlarmRule: 'ALARM(up)' },
      { AlarmName: 'logs', ScheduledQueryConfiguration: {} },
    ];
    const { resources } = readTexts({ 'a.json': JSON.stringify(list) });
    assert.deepEqual(
      resources.map(({ type }) => type.split('::')[2]),
      ['Alarm', 'CompositeAlarm', 'LogAlarm'],
    );
  });

  it('may repeat an alarm on overlapping pages, and then has it once', () => {
    const page = { MetricAlarms: [described] };
    assert.deepEqual(names({ 'a.json': JSON.stringify([page, page]) }), ['up']);
  });

  it('may write what is not set as null or as an empty list of metrics', () => {
    const read = readTexts({
      'a.json': JSON.stringify({ MetricAlarms: [{ ...described, Unit: null, Metrics: [] }] }),
    });
    assert.ok(!('Unit' in find(read, 'up').properties) && !('Metrics' in find(read, 'up').properties));
  });
});

describe('a file that cannot be used', () => {
  const wanted =
    'a CloudFormation template in JSON or YAML, a cloud assembly directory, or the output of aws cloudwatch describe-alarms';
  const dump =
    'read the deployed alarms with aws cloudwatch describe-alarms > alarms.json, and give that file';
  const cases: readonly [name: string, path: string, text: string, message: string][] = [
    [
      'broken JSON, with its place',
      'a.json',
      '{\n  "Resources": {},\n}',
      "template a.json: broken JSON at line 3, column 1, got '}', expected a name in quotes; correct the file",
    ],
    [
      'broken YAML, with its place',
      'a.yaml',
      'Resources:\n  Up: [1, 2\n  Down: 3\n',
      "template a.yaml: broken YAML at line 3, column 3, got 'Flow sequence in block collection must be sufficiently indented and end with a ]', expected YAML; correct the file",
    ],
    [
      'a logical id given twice',
      'a.yaml',
      'Resources:\n  Up: 1\n  Up: 2\n',
      "template a.yaml: broken YAML at line 3, column 3, got 'Map keys must be unique', expected YAML; correct the file",
    ],
    [
      'an empty file',
      'a.yaml',
      ' \n',
      `template a.yaml: it is empty, got nothing, expected ${wanted}; give a full file`,
    ],
    [
      'a Terraform plan',
      'plan.json',
      '{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{},"resource_changes":[]}',
      `template plan.json: it is not usable, got a Terraform plan, expected ${wanted}; ${dump}`,
    ],
    [
      'a Terraform state',
      'terraform.tfstate',
      '{"version":4,"terraform_version":"1.9.0","resources":[]}',
      `template terraform.tfstate: it is not usable, got a Terraform state, expected ${wanted}; ${dump}`,
    ],
    [
      'Terraform source',
      'alarms.txt',
      '# ours\nresource "aws_cloudwatch_metric_alarm" "up" {\n}\n',
      `template alarms.txt: it is not usable, got Terraform source, expected ${wanted}; ${dump}`,
    ],
    [
      'the manifest of an assembly',
      'manifest.json',
      '{"version":"53.0.0","artifacts":{}}',
      `template manifest.json: it is not usable, got the manifest of a cloud assembly, expected ${wanted}; give its directory instead`,
    ],
    [
      'anything else',
      'a.json',
      '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}',
      `template a.json: it is not usable, got an object with a, b, c, d, e, ..., expected ${wanted}; give such a file`,
    ],
    [
      'plain text',
      'a.txt',
      'hello',
      `template a.txt: it is not usable, got "hello", expected ${wanted}; give such a file`,
    ],
    [
      'a section that is no object',
      'a.json',
      '{"Resources":{},"Parameters":[]}',
      'template a.json: Parameters cannot be read, got a list, expected an object; correct the file',
    ],
    [
      'a dump whose alarms are no list',
      'a.json',
      '{"MetricAlarms":{"a":1}}',
      'template a.json: MetricAlarms cannot be read, got an object with a, expected a list of alarms; write the file with aws cloudwatch describe-alarms again',
    ],
    [
      'a dump without names',
      'a.json',
      '{"MetricAlarms":[{"Period":60}]}',
      'template a.json: an alarm has no AlarmName, got Period, expected all fields; write the file with aws cloudwatch describe-alarms again',
    ],
  ];
  for (const [name, path, text, message] of cases) {
    it(`is refused: ${name}`, () =>
      assert.equal(
        refusalOf(() => readTexts({ [path]: text })),
        message,
      ));
  }

  it('nests without end, or holds itself', () => {
    const yaml = (description: string): string =>
      `Resources:\n  Up:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      AlarmDescription: ${description}\n`;
    const refused = (path: string, text: string, message: RegExp): void =>
      assert.match(
        refusalOf(() => readTexts({ [path]: text })),
        message,
      );
    refused('a.yaml', yaml('&d [*d]'), /got an alias that stands within its own anchor/);
    refused('a.yaml', yaml('&d {a: {b: *d}}'), /got an alias that stands within its own anchor/);
    refused('a.yaml', yaml('['.repeat(300) + ']'.repeat(300)), /got more than 200 levels of nesting/);
    refused('a.yaml', yaml('['.repeat(50_000)), /nested too deeply/);
    refused('a.json', `{"Resources":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, /more than 200 levels/);
  });

  it('holds two resources of one name, however alike they are', () => {
    const text = template({ a: alarm({ AlarmName: 'hi' }), b: alarm({ AlarmName: 'hi' }) });
    assert.match(
      refusalOf(() => readTexts({ 'a.json': text })),
      /two alarms have one name, got hi \(a\/a and a\/b\)/,
    );
  });

  it('is to be in a region or an account that cannot be', () => {
    const text = { 'a.json': template({ a: alarm() }) };
    assert.match(
      refusalOf(() => readTexts(text, { region: 'x y' })),
      /^--region: no region is called so, got 'x y'/,
    );
    assert.match(
      refusalOf(() => readTexts(text, { accountId: 'abc' })),
      /^--account: .*expected 12 digits/,
    );
    assert.equal(readTexts(text, { region: 'us-gov-west-1', accountId: '123456789012' }).resources.length, 1);
  });

  it('has a number for an action, or one that is no decimal', () => {
    const refusal = (properties: Record<string, unknown>): string =>
      refusalOf(() => evaluable(readTexts({ 'a.json': template({ a: alarm(properties) }) })));
    assert.match(refusal({ AlarmActions: [5] }), /AlarmActions\.0: .*got 5, expected text/);
    assert.match(refusal({ Threshold: '0x10' }), /Threshold: .*got "0x10", expected a number/);
    assert.match(refusal({ Dimensions: { A: '1' } }), /Dimensions: .*expected a list/);
  });

  it('is no template that merely quotes Terraform', () => {
    const yaml = `Resources:\n  Up:\n    Type: AWS::CloudWatch::Alarm\n  Note:\n    Type: A::B::C\n    Properties:\n      Text: |\n${'resource "aws_instance" "x" {}'.padStart(40)}\n`;
    assert.deepEqual(names({ 'a.yaml': yaml }), ['Up']);
  });
});
