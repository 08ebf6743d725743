import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Node,
  type Operator,
  precedence,
  printExpression,
} from '../../../../rehearsal/cloudwatch/math/ast';
import { parseExpression } from '../../../../rehearsal/cloudwatch/math/parse';
import { seed } from '../../../seed';

/** Fully bracketed, so that the shape of the tree shows. */
function shape(text: string): string {
  const show = (node: Node): string => {
    switch (node.kind) {
      case 'binary':
        return `(${show(node.left)} ${node.operator} ${show(node.right)})`;
      case 'negate':
        return `(-${show(node.operand)})`;
      case 'call':
        return `${node.name}(${node.args.map(show).join(', ')})`;
      default:
        return printExpression(node);
    }
  };
  return show(parseExpression(text));
}

function withoutPositions(node: Node): unknown {
  return JSON.parse(JSON.stringify(node, (key, value: unknown) => (key === 'at' ? undefined : value)));
}

describe('metric math text', () => {
  it('binds as arithmetic does', () => {
    assert.equal(shape('a + b * c ^ d'), '(a + (b * (c ^ d)))');
    assert.equal(shape('a - b - c'), '((a - b) - c)');
    assert.equal(shape('a ^ b ^ c'), '(a ^ (b ^ c))');
    assert.equal(shape('-a ^ b'), '(-(a ^ b))');
    assert.equal(shape('a ^ -b'), '(a ^ (-b))');
    assert.equal(shape('a * -b'), '(a * (-b))');
    assert.equal(shape('a + b > c AND d < e OR f'), '((((a + b) > c) AND (d < e)) OR f)');
    assert.equal(shape('a && b || c'), '((a AND b) OR c)');
    assert.equal(shape('(a + b) * c'), '((a + b) * c)');
  });

  it('reads the expressions of the alarms', () => {
    assert.equal(
      shape('IF(total >= 20, 100 * errors / total)'),
      'IF((total >= 20), ((100 * errors) / total))',
    );
    assert.equal(shape('SUM([METRICS("4xx"), METRICS(\'5xx\')])'), 'SUM([METRICS("4xx"), METRICS("5xx")])');
    assert.equal(shape('FILL(m1, REPEAT)'), 'FILL(m1, REPEAT)');
    assert.equal(
      shape('IF(FIRST(SORT(METRICS(), AVG, DESC, 10)) > 100, 1, 0)'),
      'IF((FIRST(SORT(METRICS(), AVG, DESC, 10)) > 100), 1, 0)',
    );
    assert.equal(
      shape("DB_PERF_INSIGHTS('RDS', 'db-A', ['a', 'b'])"),
      'DB_PERF_INSIGHTS("RDS", "db-A", ["a", "b"])',
    );
    assert.equal(shape('m1\t||\n-1 == 1'), '(m1 OR ((-1) == 1))');
  });

  it('says what is wrong and where', () => {
    const problems: readonly [string, RegExp][] = [
      ['', /unexpected end, expected a value, at 1$/],
      ['1 +', /unexpected end, expected a value, at 4$/],
      ['m1 m2', /unexpected "m2", expected an operator or the end, at 4$/],
      ['SUM(m1', /unexpected end, expected "\)", at 7$/],
      ['SUM(m1,)', /unexpected "\)", expected a value, at 8$/],
      ['m1 & m2', /unexpected "&" at 4$/],
      ['METRICS("a)', /a text that does not end at 9$/],
      ['m1 = 3', /unexpected "=" at 4$/],
      ['1 + abs(m1)', /no such function: abs, functions are written in capitals, at 5$/],
      ['m1 * 1e999', /the number 1e999 is too large, at 6$/],
      ['[m1, m2', /unexpected end, expected "\]", at 8$/],
      ['m1 > AND m2', /unexpected "AND", expected a value, at 6$/],
      ['m1 &&', /unexpected end, expected a value, at 6$/],
      [`${'-'.repeat(300)}m1`, /nested too deeply at/],
      ['AND', /unexpected "AND", expected a value, at 1$/],
      ['('.repeat(5000), /nested too deeply at/],
    ];
    for (const [text, expected] of problems) assert.throws(() => parseExpression(text), expected);
  });

  it('prints a tree so that reading it again gives the same tree', () => {
    const { tree } = fc.letrec<{ tree: Node }>((tie) => {
      const child = tie('tree');
      const at = fc.constant(0);
      const list = (max: number) => fc.array(child, { maxLength: max });
      return {
        tree: fc.oneof(
          { maxDepth: 5, withCrossShrink: true },
          fc.record({
            kind: fc.constant('id' as const),
            id: fc.stringMatching(/^[a-z][a-zA-Z0-9_]{0,5}$/),
            at,
          }),
          fc.record({
            kind: fc.constant('number' as const),
            value: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
            at,
          }),
          fc.record({ kind: fc.constant('text' as const), text: fc.stringMatching(/^[a-z0-9 ']{0,5}$/), at }),
          fc.record({
            kind: fc.constant('word' as const),
            word: fc.constantFrom('REPEAT', 'DESC', 'Sum'),
            at,
          }),
          fc.record({ kind: fc.constant('negate' as const), operand: child, at }),
          fc.record({
            kind: fc.constant('binary' as const),
            operator: fc.constantFrom(...(Object.keys(precedence) as Operator[])),
            left: child,
            right: child,
            at,
          }),
          fc.record({
            kind: fc.constant('call' as const),
            name: fc.constantFrom('IF', 'SUM', 'LOG10', 'SORT', 'REMOVE_EMPTY', 'NOT_KNOWN'),
            args: list(3),
            at,
          }),
          fc.record({ kind: fc.constant('list' as const), members: list(3), at }),
        ),
      };
    });
    fc.assert(
      fc.property(tree, (node) => {
        assert.deepEqual(withoutPositions(parseExpression(printExpression(node))), withoutPositions(node));
      }),
      { numRuns: 3000, seed },
    );
  });
});
