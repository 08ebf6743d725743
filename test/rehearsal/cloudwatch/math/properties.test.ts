import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Grid, Points } from '../../../../rehearsal/cloudwatch/buckets';
import { bucketAt } from '../../../../rehearsal/cloudwatch/buckets';
import { ExpressionError, type Node, printExpression } from '../../../../rehearsal/cloudwatch/math/ast';
import { evaluateExpression, shapeOf } from '../../../../rehearsal/cloudwatch/math/evaluate';
import { parseExpression } from '../../../../rehearsal/cloudwatch/math/parse';
import { isPointwise } from '../../../../rehearsal/cloudwatch/math/pointwise';
import { type Shape, series, type Value } from '../../../../rehearsal/cloudwatch/math/values';
import { defaultSettings, type EvaluationSettings } from '../../../../rehearsal/cloudwatch/settings';
import { expressions, inputs, metricIds, runs, seed } from './well-shaped';

type Inputs = Readonly<Record<string, Points>>;

const start = Date.UTC(2026, 10, 14, 18, 58);
const gridOf = (length: number): Grid => ({ start, periodMs: 60_000, length });
const shapeOfId = (id: string): Shape | undefined =>
  (metricIds as readonly string[]).includes(id) ? 'series' : undefined;

function evaluate(node: Node, given: Inputs, grid: Grid, settings: EvaluationSettings): Value {
  const metrics = Object.entries(given).map(([id, points]) => ({ id, value: series(points, id) }));
  const lookup = (id: string): Value | undefined => metrics.find((metric) => metric.id === id)?.value;
  return evaluateExpression(node, lookup, { grid, metrics, settings });
}

const settings: fc.Arbitrary<EvaluationSettings> = fc
  .record({
    bothSidesMissing: fc.constantFrom('missing' as const, 'zero' as const),
    missingFalseBranch: fc.constantFrom('missing' as const, 'zero' as const),
    standardDeviation: fc.constantFrom('population' as const, 'sample' as const),
  })
  .map((chosen) => ({ ...defaultSettings, ...chosen }));

const anyShape = fc.oneof(
  fc.record({ shape: fc.constant('scalar' as const), node: expressions.scalar }),
  fc.record({ shape: fc.constant('series' as const), node: expressions.series }),
  fc.record({ shape: fc.constant('list' as const), node: expressions.list }),
);

function pointsOf(value: Value): Points[] {
  if (value.kind === 'series') return [value.points];
  return value.kind === 'list' ? value.members.map((member) => member.points) : [];
}

function withoutPositions(node: Node): unknown {
  return JSON.parse(JSON.stringify(node, (key, value: unknown) => (key === 'at' ? undefined : value)));
}

describe('any text', () => {
  const fragments = fc.constantFrom(
    ...['m1', 'e_2', 'SUM', 'IF', 'Sum', 'abs', 'REPEAT', 'AND', 'OR', '&&', '||', '<=', '!=', '=', '&', '^'],
    ...['-', '+', '*', '/', '(', ')', '[', ']', ',', '"a"', "'", '"', '1', '.5', '1.', '1e9', '1e999', 'e'],
    ...[' ', '\n', '\u00a0', '\u{1f600}', '#', '\\', 'É', '\0'],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fragments, { maxLength: 25 }).map((parts) => parts.join('')),
  );

  it('is an expression or an ExpressionError with a place in the text, nothing else', () => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseExpression(text);
        } catch (error) {
          assert.ok(error instanceof ExpressionError, String(error));
          assert.ok(error.at >= 1 && error.at <= text.length + 1, `${error.at} of ${text.length}`);
        }
      }),
      { numRuns: runs, seed },
    );
  });

  it('that is an expression has a shape or an ExpressionError', () => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          shapeOf(parseExpression(text), shapeOfId);
        } catch (error) {
          assert.ok(error instanceof ExpressionError, String(error));
        }
      }),
      { numRuns: runs, seed },
    );
  });
});

describe('any expression whose shapes fit', () => {
  it('reads as it prints', () => {
    fc.assert(
      fc.property(anyShape, ({ node }) => {
        assert.deepEqual(withoutPositions(parseExpression(printExpression(node))), withoutPositions(node));
      }),
      { numRuns: runs, seed },
    );
  });

  it('gives its shape, on the whole grid, in finite numbers', () => {
    fc.assert(
      fc.property(anyShape, inputs, settings, ({ shape, node }, given, chosen) => {
        assert.equal(shapeOf(node, shapeOfId), shape);
        const value = evaluate(node, given, gridOf(given.m1.length), chosen);
        assert.equal(value.kind, shape);
        for (const points of pointsOf(value)) {
          assert.equal(points.length, given.m1.length);
          assert.ok(points.every((point) => point === undefined || Number.isFinite(point)));
        }
        if (value.kind === 'scalar') assert.ok(value.value === undefined || Number.isFinite(value.value));
      }),
      { numRuns: runs, seed },
    );
  });

  it('gives the same one timestamp at a time when it is pointwise', () => {
    let pointwise = 0;
    fc.assert(
      fc.property(expressions.series, inputs, settings, (node, given, chosen) => {
        if (!isPointwise(node, shapeOfId)) return;
        pointwise++;
        const grid = gridOf(given.m1.length);
        const [whole] = pointsOf(evaluate(node, given, grid, chosen));
        const piecemeal = given.m1.map((_, index) => {
          const alone = Object.entries(given).map(([id, points]) => [id, [points[index]]] as const);
          const value = evaluate(node, Object.fromEntries(alone), bucketAt(grid, index), chosen);
          return pointsOf(value)[0]?.[0];
        });
        assert.deepEqual(piecemeal, whole);
      }),
      { numRuns: runs, seed },
    );
    assert.ok(pointwise > runs / 10, `${pointwise} of ${runs} were pointwise`);
  });
});
