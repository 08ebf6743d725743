/** Alarms that depend on what nobody but AWS can resolve: refused by name, and the others are read all the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TemplateError } from '../../../../rehearsal/alarms/template/template-error';
import { alarm, composite, readTexts, template } from './fixture';
import { parts, read } from './shop';

describe('an alarm that depends on what cannot be resolved', () => {
  const cases: readonly [string, unknown, string][] = [
    ['a macro', { 'Fn::Transform': { Name: 'M' } }, 'Fn::Transform'],
    ['a macro beside other keys', { a: 1, 'Fn::Transform': { Name: 'M' } }, 'Fn::Transform'],
    ['a loop', { 'Fn::ForEach::Each': ['x', ['a'], {}] }, 'Fn::ForEach::Each'],
    ['an unknown function', { 'Fn::Wish': 1 }, 'Fn::Wish'],
    [
      'a function that only networks need',
      { 'Fn::Select': [0, { 'Fn::Cidr': ['10.0.0.0/8', 1] }] },
      'Fn::Cidr',
    ],
    ['a name that is not there', { Ref: 'Nobody' }, 'Ref Nobody (the template has no Nobody)'],
    [
      'a name that every object inherits',
      { Ref: 'constructor' },
      'Ref constructor (the template has no constructor)',
    ],
    ['a resource that is not deployed', { Ref: 'Absent' }, 'Ref Absent (the condition of Absent is false)'],
    ['a resource whose name depends on such', { Ref: 'Odd' }, 'Ref Nowhere (the template has no Nowhere)'],
    ['an unknown mapping', { 'Fn::FindInMap': ['Map', 'top', 'third'] }, 'Fn::FindInMap Map.top.third'],
    [
      'an unknown condition',
      { 'Fn::If': ['Maybe', 1, 2] },
      'condition Maybe (the template has none of this name)',
    ],
    [
      'a condition that goes in a circle',
      { 'Fn::If': ['Circle', 1, 2] },
      'condition Circle (condition Circle (it refers to itself))',
    ],
    ['an element that is not there', { 'Fn::Select': [3, ['a']] }, 'Fn::Select (element 3 of ["a"])'],
    [
      'a dynamic reference',
      '{{resolve:ssm:/x}}',
      '{{resolve:ssm:/x}} (give it with --parameter resolve:ssm:/x=VALUE)',
    ],
    ['arguments that are none', { 'Fn::Join': 'x' }, 'Fn::Join (not a list)'],
  ];
  for (const [name, written, problem] of cases) {
    it(`is refused by name: ${name}`, () => {
      const { refused, resources } = read(written);
      assert.deepEqual(refused, [
        {
          name: 'Up',
          logicalId: 'Up',
          reason: `AWS::CloudWatch::Alarm Up: it depends on ${problem}, which cannot be resolved here; correct the template, say what it is with --parameter or --resource, or leave the alarm out with --skip Up`,
        },
      ]);
      assert.ok(!resources.some(({ logicalId }) => logicalId === 'Up'));
    });
  }

  it('does not keep the others from being read', () => {
    const { resources, refused } = readTexts({
      'a.json': template({
        Bad: alarm({ Unit: { Ref: 'X' } }),
        Good: alarm(),
        Both: composite('ALARM(Good)'),
      }),
    });
    assert.deepEqual(
      resources.map(({ logicalId }) => logicalId),
      ['Good', 'Both'],
    );
    assert.deepEqual(
      refused.map(({ name }) => name),
      ['Bad'],
    );
  });

  it('is refused when alarms are made in a loop; other loops do not matter', () => {
    const loop = (of: unknown) => ['Id', ['a', 'b'], { 'X${Id}': of }];
    const { refused } = readTexts({
      'a.json': template({
        Up: alarm(),
        'Fn::ForEach::Queues': loop({ Type: 'AWS::SQS::Queue' }),
        'Fn::ForEach::Alarms': loop(alarm()),
      }),
    });
    assert.deepEqual(
      refused.map(({ name }) => name),
      ['Fn::ForEach::Alarms'],
    );
    assert.match(refused[0]?.reason ?? '', /in a loop, which is not run; give the processed template/);
  });

  it('is refused when two names need each other', () => {
    const { refused } = readTexts({
      'a.json': template({
        A: alarm({ AlarmName: { 'Fn::Sub': '${B}x' } }),
        B: alarm({ AlarmName: { 'Fn::Sub': '${A}x' } }),
      }),
    });
    assert.deepEqual(
      refused.map(({ name }) => name),
      ['A', 'B'],
    );
    assert.match(refused[0]?.reason ?? '', /it refers to itself/);
  });
});

describe('what is passed over in a foreign template', () => {
  it('is told: nested stacks, macros, a topic that cannot be resolved', () => {
    const { notes } = readTexts({
      'a.json': template(
        { Up: alarm(), Nested: { Type: 'AWS::CloudFormation::Stack' }, T: parts.Odd },
        { Transform: ['AWS::Serverless-2016-10-31', 'Ours'] },
      ),
    });
    assert.deepEqual(notes, [
      'a: the macro Ours is not run; alarms that it adds or changes are read as they are written',
      'a/Nested: a nested stack is not read; give its template as a file of its own',
      'AWS::SNS::Topic T: left out, for it depends on Ref Nowhere (the template has no Nowhere)',
    ]);
  });
});

describe('any nonsense', () => {
  it('in a template is refused by a message, never by a crash', () => {
    const names = [
      'Ref',
      'Condition',
      ...'GetAtt Sub Join Select Split If Equals And Or Not FindInMap ImportValue Base64 GetAZs ToJsonString Length Cidr'
        .split(' ')
        .map((name) => `Fn::${name}`),
    ];
    const leaf = fc.oneof(
      fc.constantFrom('Up', 'Queue.Arn', 'C', 'P', '${P}${Up.Arn}', '', 'AWS::NoValue', '__proto__'),
      fc.integer({ min: -2, max: 3 }),
      fc.boolean(),
      fc.constant(null),
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.tuple(fc.constantFrom(...names), tie('tree')).map(([name, argument]) => ({ [name]: argument })),
      ),
    }));
    fc.assert(
      fc.property(tree, tree, tree, tree, (one, two, three, four) => {
        const body = {
          Parameters: { P: { Type: 'CommaDelimitedList', Default: one } },
          Conditions: { C: two },
          Mappings: { M: one },
          Outputs: { O: { Export: { Name: three }, Value: four }, N: four },
          Resources: {
            Up: { ...alarm({ AlarmName: three, Dimensions: four }), Condition: 'C' },
            Queue: { Type: 'AWS::SQS::Queue', Properties: two },
            Topic: { Type: 'AWS::SNS::Topic', Properties: four },
            Junk: one,
            Plain: alarm(),
          },
        };
        try {
          assert.ok(readTexts({ 'a.json': JSON.stringify(body) }).resources.length > 0);
        } catch (error) {
          assert.ok(error instanceof TemplateError, String(error instanceof Error ? error.stack : error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
