/** Every intrinsic on a hand-made template, and the refusal of what is not known. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Assembly, Template } from '../../rehearsal/assembly';
import { resolveResources } from '../../rehearsal/intrinsics';
import { rehearsalPlace } from '../../rehearsal/resources';

const queue = {
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: { 'Fn::Join': ['-', ['demo', { Ref: 'AWS::Region' }]] } },
};

function resolve(properties: Record<string, unknown>, more: Partial<Template> = {}) {
  const template: Template = {
    stack: 'demo',
    resources: {
      Queue: queue,
      Unnamed: { Type: 'AWS::SNS::Topic' },
      Other: { Type: 'AWS::Made::Up', Properties: properties },
    },
    parameters: { Size: { Type: 'Number', Default: 3 }, Blank: { Type: 'String' } },
    mappings: {},
    ...more,
  };
  const assembly: Assembly = { directory: '', templates: [template], assetDirectory: () => undefined };
  return resolveResources(assembly, rehearsalPlace);
}
const value = (of: unknown): unknown =>
  resolve({ P: of }).find(({ logicalId }) => logicalId === 'Other')?.properties.P;

describe('an intrinsic', () => {
  const cases: readonly [string, unknown, unknown][] = [
    ['Ref of a pseudo parameter', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['Ref of the stack', { Ref: 'AWS::StackName' }, 'demo'],
    [
      'Ref of the stack id',
      { Ref: 'AWS::StackId' },
      'arn:aws:cloudformation:us-east-1:000000000000:stack/demo/0',
    ],
    ['Ref of a parameter', { Ref: 'Size' }, 3],
    [
      'Ref of a resource',
      { Ref: 'Queue' },
      'https://sqs.us-east-1.amazonaws.com/000000000000/demo-us-east-1',
    ],
    [
      'Fn::GetAtt as a list',
      { 'Fn::GetAtt': ['Queue', 'Arn'] },
      'arn:aws:sqs:us-east-1:000000000000:demo-us-east-1',
    ],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Queue.QueueName' }, 'demo-us-east-1'],
    ['Fn::Join', { 'Fn::Join': ['', ['a', { Ref: 'Size' }, 'b']] }, 'a3b'],
    ['Fn::Split and Fn::Select', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Fn::GetAZs', { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] }, 'us-east-1a'],
    ['Fn::Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
    [
      'Fn::Sub of names',
      { 'Fn::Sub': '${AWS::Region}-${Queue.QueueName}-${Size}' },
      'us-east-1-demo-us-east-1-3',
    ],
    ['Fn::Sub with values of its own', { 'Fn::Sub': ['${A}/${!B}', { A: { Ref: 'Size' } }] }, '3/${B}'],
    ['deep inside', [{ a: { b: [{ Ref: 'Size' }] } }], [{ a: { b: [3] } }]],
    ['beside other keys is data', { Ref: 'Size', other: 1 }, { Ref: 'Size', other: 1 }],
  ];
  for (const [name, of, expected] of cases) it(name, () => assert.deepEqual(value(of), expected));

  it('AWS::NoValue takes its key or its element away', () => {
    assert.deepEqual(value({ a: 1, b: { Ref: 'AWS::NoValue' } }), { a: 1 });
    assert.deepEqual(value([1, { Ref: 'AWS::NoValue' }]), [1]);
    assert.deepEqual(resolve({ P: { Ref: 'AWS::NoValue' } }).at(-1)?.properties, {});
  });
});

describe('a resource without a name', () => {
  it('gets one that is the same in every run and different from any other', () => {
    const [one, two] = [resolve({}), resolve({})].map(
      (all) => all.find(({ logicalId }) => logicalId === 'Unnamed')?.id,
    );
    assert.equal(one, two);
    assert.match(one ?? '', /^arn:aws:sns:us-east-1:000000000000:demo-Unnamed-[0-9A-F]{12}$/);
    assert.notEqual(value({ 'Fn::GetAtt': ['Unnamed', 'TopicName'] }), value({ Ref: 'Unnamed' }));
  });
});

describe('what cannot be resolved', () => {
  it('is refused by name, all at once, across the stack', () => {
    const properties = {
      A: { 'Fn::ImportValue': 'x' },
      B: { 'Fn::If': ['c', 1, 2] },
      C: { Ref: 'Nowhere' },
      D: { 'Fn::GetAtt': ['Queue', 'Colour'] },
      E: { 'Fn::GetAtt': ['Nowhere', 'Arn'] },
      F: { Ref: 'Blank' },
      G: { 'Fn::Sub': '${Nobody} ${Queue.Colour}' },
    };
    assert.throws(
      () => resolve(properties),
      (error: Error) => {
        const where = 'demo/Other (AWS::Made::Up)';
        const named = [
          'Fn::ImportValue',
          'Fn::If',
          'Ref Nowhere',
          'Fn::GetAtt Queue.Colour',
          'Fn::GetAtt Nowhere.Arn',
          'Ref Blank (a parameter without default)',
          'Ref Nobody',
        ];
        assert.equal(error.name, 'NotRehearsable');
        assert.ok(
          error.message.startsWith(named.map((each) => `${where} ${each}`).join(', ')),
          error.message,
        );
        return true;
      },
    );
  });

  it('a conditional resource is refused, but for what counts library versions', () => {
    const only = (Type: string) => ({ resources: { Maybe: { Type, Condition: 'IsProd' } } });
    assert.throws(
      () => resolve({}, only('AWS::SNS::Topic')),
      /demo\/Maybe \(AWS::SNS::Topic\) Condition IsProd: cannot be resolved/,
    );
    assert.doesNotThrow(() => resolve({}, only('AWS::CDK::Metadata')));
  });
});
