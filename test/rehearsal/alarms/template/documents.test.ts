/** JSON and YAML to values: short forms, what YAML would change, and where a text is broken. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JsonProblem, parseJsonDocuments } from '../../../../rehearsal/alarms/template/json-documents';
import { parseYamlDocuments, YamlProblem } from '../../../../rehearsal/alarms/template/yaml-documents';

const yaml = (text: string): unknown => parseYamlDocuments(text)[0];

describe('YAML', () => {
  const forms: readonly [string, unknown][] = [
    ['!Ref Up', { Ref: 'Up' }],
    ['!Condition IsProd', { Condition: 'IsProd' }],
    ['!GetAtt Queue.Arn', { 'Fn::GetAtt': 'Queue.Arn' }],
    ['!GetAtt [Queue, Arn]', { 'Fn::GetAtt': ['Queue', 'Arn'] }],
    ['!Sub "${A}-b"', { 'Fn::Sub': '${A}-b' }],
    ['!Sub ["${A}", { A: !Ref B }]', { 'Fn::Sub': ['${A}', { A: { Ref: 'B' } }] }],
    ['!Join ["-", [a, !Ref B]]', { 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }],
    ['!If [C, !Ref A, !Ref "AWS::NoValue"]', { 'Fn::If': ['C', { Ref: 'A' }, { Ref: 'AWS::NoValue' }] }],
    ['!FindInMap [M, !Ref A, b]', { 'Fn::FindInMap': ['M', { Ref: 'A' }, 'b'] }],
    ['!Select [0, !Split ["/", !Ref A]]', { 'Fn::Select': [0, { 'Fn::Split': ['/', { Ref: 'A' }] }] }],
    ['!Not [!Equals [a, b]]', { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }],
    [
      '!And [!Condition A, !Or [!Condition B]]',
      { 'Fn::And': [{ Condition: 'A' }, { 'Fn::Or': [{ Condition: 'B' }] }] },
    ],
    ['!Base64 { "Fn::Sub": x }', { 'Fn::Base64': { 'Fn::Sub': 'x' } }],
    ['!Cidr [a, 1, 8]', { 'Fn::Cidr': ['a', 1, 8] }],
    ['!ImportValue x', { 'Fn::ImportValue': 'x' }],
    ['!Transform { Name: M }', { 'Fn::Transform': { Name: 'M' } }],
    ['!Ref "AWS::Region"', { Ref: 'AWS::Region' }],
  ];
  for (const [text, expected] of forms) {
    it(`reads ${text}`, () => assert.deepEqual(yaml(`value: ${text}`), { value: expected }));
  }

  it('lets an alias mean the whole function', () => {
    assert.deepEqual(yaml('a: &x !Ref Up\nb: *x\nc:\n  <<: { d: 1 }\n'), {
      a: { Ref: 'Up' },
      b: { Ref: 'Up' },
      c: { d: 1 },
    });
  });

  it('keeps as text what a number would lose, in values and in keys', () => {
    assert.deepEqual(yaml('a: 012345678901\nb: 1.10\nc: 5\nd: 1.5\n0123: x\n210987654321: y\ne: "7"'), {
      a: '012345678901',
      b: '1.10',
      c: 5,
      d: 1.5,
      '0123': 'x',
      '210987654321': 'y',
      e: '7',
    });
  });

  it('tells where it is broken, and does not follow aliases without end', () => {
    const thrown = (text: string): YamlProblem => {
      try {
        yaml(text);
      } catch (error) {
        if (error instanceof YamlProblem) return error;
      }
      throw new Error('it was not refused');
    };
    const { line, column } = thrown('a: 1\nb: "x\n');
    assert.deepEqual([line, column], [3, 1]);
    const levels = Array.from({ length: 12 }, (_, level) => {
      const below = `*l${level}`;
      return `l${level + 1}: &l${level + 1} [${Array(9).fill(below).join(', ')}]`;
    });
    assert.match(thrown(`l0: &l0 [x]\n${levels.join('\n')}\n`).message, /alias/i);
  });
});

describe('JSON', () => {
  const broken: readonly [string, string][] = [
    ['{"a":1,}', "line 1, column 8, got '}', expected a name in quotes"],
    ['{"a" 1}', "line 1, column 6, got '1', expected a colon"],
    ['{\n  "a": tru\n}', "line 2, column 8, got 'tru', expected a value"],
    ['[1\n 2]', "line 2, column 2, got '2', expected a comma or ]"],
    ['{"a":{"b":[]}', 'line 1, column 14, got the end of the file, expected a comma or }'],
    ['{a:1}', "line 1, column 2, got 'a', expected a name in quotes or }"],
    ['[', 'line 1, column 2, got the end of the file, expected a value or ]'],
    ['{"a":1} x', "line 1, column 9, got 'x', expected a value"],
    ["{'a':1}", "line 1, column 2, got ''', expected a name in quotes or }"],
  ];
  for (const [text, problem] of broken) {
    it(`tells where ${JSON.stringify(text)} is broken`, () =>
      assert.throws(
        () => parseJsonDocuments(text),
        new RegExp(problem.replace(/[[\]{}().*+?^$|\\]/g, '\\$&')),
      ));
  }

  it('reads several documents, and a depth that would overflow a stack', () => {
    assert.deepEqual(parseJsonDocuments('{"a":1}\n[2]\n"x"'), [{ a: 1 }, [2], 'x']);
    const deep = '['.repeat(200_000);
    assert.throws(() => parseJsonDocuments(deep), /column 200001, got the end of the file/);
  });

  it('agrees with JSON.parse on what is JSON, whatever one character is changed to', () => {
    const json = fc.json({ maxDepth: 4 });
    const change = fc.tuple(
      fc.nat(),
      fc.constantFrom(
        '',
        '"',
        ',',
        ':',
        '{',
        '}',
        '[',
        ']',
        '\\',
        '0',
        '-',
        'e',
        '.',
        ' ',
        '\n',
        '\u0001',
        'u',
        't',
      ),
    );
    fc.assert(
      fc.property(json, change, (text, [where, character]) => {
        const at = where % (text.length + 1);
        const changed = `[${text.slice(0, at)}${character}${text.slice(at + 1)}]`;
        const builtIn = attempt(() => [JSON.parse(changed)]);
        // The scanner is reached only by what JSON.parse refuses: there it must refuse too, unless documents follow one another.
        const own = attempt(() => parseJsonDocuments(changed));
        if (builtIn !== undefined) assert.deepEqual(own, builtIn);
        else if (own !== undefined) assert.ok(own.length > 1);
        assert.deepEqual(
          attempt(() => parseJsonDocuments(`${text}\n${text}`)),
          [JSON.parse(text), JSON.parse(text)],
        );
      }),
      { numRuns: 1000 },
    );
  });

  function attempt<T>(parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      assert.ok(error instanceof SyntaxError || error instanceof JsonProblem, String(error));
      return undefined;
    }
  }
});
