/** What references give in a template of somebody else, and what the user must say. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TemplateOptions } from '../../../../rehearsal/alarms/template/read-alarm-templates';
import { alarm, find, readTexts, refusalOf, template } from './fixture';
import { read } from './shop';

const value = (description: unknown, options: Partial<TemplateOptions> = {}): unknown =>
  find(read(description, options), 'Up').properties.AlarmDescription;

describe('in a foreign template', () => {
  const cases: readonly [string, unknown, unknown][] = [
    ['an instance is its logical id', { Ref: 'Instance' }, 'Instance'],
    ['a resource of any type is its logical id', { Ref: 'Balancer' }, 'Balancer'],
    ['a function of SAM is its logical id', { Ref: 'Function' }, 'Function'],
    ['a name in the template counts', { Ref: 'Database' }, 'orders'],
    [
      'a topic is an ARN that ends in its logical id',
      { Ref: 'Topic' },
      'arn:aws:sns:us-east-1:000000000000:Topic',
    ],
    ['a queue without name is called by its logical id', { 'Fn::GetAtt': ['Queue', 'QueueName'] }, 'Queue'],
    ['the stack is called after the file', { 'Fn::GetAtt': 'Named.QueueName' }, 'shop-q'],
    [
      'an attribute is LogicalId.Attribute',
      { 'Fn::GetAtt': 'Balancer.LoadBalancerFullName' },
      'Balancer.LoadBalancerFullName',
    ],
    ['an unknown attribute of a known type too', { 'Fn::GetAtt': 'Queue.Colour' }, 'Queue.Colour'],
    ['an import is its own name', { 'Fn::ImportValue': { 'Fn::Sub': 'net-${Size}' } }, 'net-3'],
    ['a list parameter is a list', { 'Fn::Select': ['1', { Ref: 'Zones' }] }, 'b'],
    ['a list within a text has commas', { 'Fn::Sub': '<${Zones}>' }, '<a,b>'],
    ['a mapping is looked up', { 'Fn::FindInMap': ['Map', 'top', 'second'] }, '7'],
    ['a mapping may fall back', { 'Fn::FindInMap': ['Map', 'nil', 'second', { DefaultValue: 'd' }] }, 'd'],
    ['a condition chooses', { 'Fn::If': ['Either', 'yes', { Ref: 'Nowhere' }] }, 'yes'],
    ['the branch not taken does not matter', { 'Fn::If': ['Never', { 'Fn::Transform': {} }, 'no'] }, 'no'],
    [
      'language extensions count and print',
      { 'Fn::ToJsonString': { a: { 'Fn::Length': { Ref: 'Zones' } } } },
      '{"a":2}',
    ],
  ];
  for (const [name, written, expected] of cases) it(name, () => assert.equal(value(written), expected));

  const answers: readonly [string, unknown, Partial<TemplateOptions>, string][] = [
    ['Ref by logical id', { Ref: 'Instance' }, { resources: { Instance: 'i-1' } }, 'i-1'],
    [
      'Fn::GetAtt by logical id and attribute',
      { 'Fn::GetAtt': 'Balancer.LoadBalancerFullName' },
      { resources: { 'Balancer.LoadBalancerFullName': 'app/x/1' } },
      'app/x/1',
    ],
    [
      'the name of a queue by its URL',
      { 'Fn::GetAtt': 'Named.QueueName' },
      { resources: { Named: 'https://sqs.eu-west-1.amazonaws.com/1/orders' } },
      'orders',
    ],
    ['the stack name', { Ref: 'AWS::StackName' }, { parameters: { 'AWS::StackName': 'live' } }, 'live'],
    ['an import', { 'Fn::ImportValue': 'net-vpc' }, { parameters: { 'net-vpc': 'vpc-1' } }, 'vpc-1'],
    [
      'a dynamic reference',
      'a {{resolve:ssm:/x:1}} b',
      { parameters: { 'resolve:ssm:/x:1': 'five' } },
      'a five b',
    ],
    ['a parameter of Systems Manager', { Ref: 'Stored' }, { parameters: { Stored: 'p,q' } }, 'p,q'],
  ];
  for (const [name, written, options, expected] of answers) {
    it(`the user says: ${name}`, () => assert.equal(String(value(written, options)), expected));
  }
});

describe('what the user must say', () => {
  it('is every parameter without a value that an alarm needs, told at once', () => {
    const text = template(
      {
        Up: alarm({ AlarmName: { 'Fn::Sub': '${Needed}-up' }, Threshold: { Ref: 'Limit' } }),
        Down: alarm({ AlarmName: { 'Fn::Sub': '${Needed}-down' } }),
        Mail: { Type: 'AWS::SNS::Subscription', Properties: { Endpoint: { Ref: 'Email' } } },
        Other: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'Unneeded' } } },
      },
      {
        Parameters: {
          Needed: { Type: 'String' },
          Limit: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/limit' },
          Email: { Type: 'String' },
          Unneeded: { Type: 'String' },
        },
      },
    );
    assert.equal(
      refusalOf(() => readTexts({ 'a.json': text })),
      'parameters: the template has no default for them, got no value for Limit (for Up), Needed (for Up and 1 more), Email (for Mail), expected one each; add --parameter Limit=VALUE --parameter Needed=VALUE --parameter Email=VALUE',
    );
    const parameters = { Needed: 'x', Limit: '5', Email: 'a@example.com' };
    assert.equal(find(readTexts({ 'a.json': text }, { parameters }), 'Up').properties.Threshold, 5);
  });

  it('must be something that a template asks for', () => {
    assert.equal(
      refusalOf(() => read('x', { parameters: { Sise: '1' } })),
      '--parameter: no template has it, got Sise, expected a parameter or import: AWS::StackName, Size, Zones, Stored, Needed; correct the name',
    );
    assert.match(
      refusalOf(() => read('x', { resources: { 'Instans.Id': 'i' } })),
      /^--resource: no template has it, got Instans, expected a logical id: Instance, Queue, /,
    );
  });
});

describe('types of values', () => {
  it('are those that the property has, whatever the template writes', () => {
    const yaml = `Resources:
  Up:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: 0042
      ActionsEnabled: yes
      Dimensions: [{ Name: Shard, Value: 7 }, { Name: Flag, Value: true }, { Name: Version, Value: 1.10 }]
      Threshold: '5e-1'
      EvaluationPeriods: 3.0
      Period: not-a-number
  Mail:
    Type: AWS::SNS::Subscription
    Properties:
      RawMessageDelivery: 'false'
      FilterPolicy: { price: [{ numeric: ['>', 5] }], live: [true] }
`;
    const all = readTexts({ 'a.yaml': yaml });
    assert.deepEqual(find(all, 'Up').properties, {
      AlarmName: '0042',
      ActionsEnabled: true,
      Dimensions: [
        { Name: 'Shard', Value: '7' },
        { Name: 'Flag', Value: 'true' },
        { Name: 'Version', Value: '1.10' },
      ],
      Threshold: 0.5,
      EvaluationPeriods: 3,
      Period: 'not-a-number',
    });
    assert.deepEqual(find(all, 'Mail').properties, {
      RawMessageDelivery: false,
      FilterPolicy: { price: [{ numeric: ['>', 5] }], live: [true] },
    });
  });
});
