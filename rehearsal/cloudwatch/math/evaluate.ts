/** Metric math: shapes checked before anything is computed, then computed on one grid. */
import { bandFunction, needsAws } from '../supplied';
import { ExpressionError, type Node } from './ast';
import type { MathContext } from './function';
import { argumentWords, mathFunctions } from './functions';
import { combine } from './operators';
import { mapSeries, type Shape, scalar, type TimeSeries, type Value } from './values';

/** The shape of the expression's result. Throws ExpressionError for an unknown id, a function that is refused, or arguments that do not fit. */
export function shapeOf(node: Node, shapeOfId: (id: string) => Shape | undefined): Shape {
  switch (node.kind) {
    case 'number':
      return 'scalar';
    case 'text':
      return 'text';
    case 'word':
      if (!argumentWords.has(node.word)) throw new ExpressionError(`unknown word ${node.word}`, node.at);
      return 'word';
    case 'id': {
      const shape = shapeOfId(node.id);
      if (shape === undefined)
        throw new ExpressionError(`no metric or expression has the id ${node.id}`, node.at);
      return shape === 'band' ? 'list' : shape;
    }
    case 'list':
      return shapeOfList(node, shapeOfId);
    case 'negate':
      return operandShape(node.operand, shapeOfId);
    case 'binary':
      return shapeOfBinary(node, shapeOfId);
    case 'call':
      return shapeOfCall(node, shapeOfId);
  }
}

type NodeOf<K extends Node['kind']> = Extract<Node, { kind: K }>;
type ShapeOfId = (id: string) => Shape | undefined;

function shapeOfList(node: NodeOf<'list'>, shapeOfId: ShapeOfId): Shape {
  for (const member of node.members) {
    const shape = shapeOf(member, shapeOfId);
    // AWS's own example has lists in a list: SUM([METRICS("4xx"), METRICS("5xx")]).
    if (shape !== 'series' && shape !== 'list')
      throw new ExpressionError('only time series can be in a list', member.at);
  }
  return 'list';
}

function operandShape(node: Node, shapeOfId: ShapeOfId): Shape {
  const shape = shapeOf(node, shapeOfId);
  if (shape === 'text' || shape === 'word')
    throw new ExpressionError(`a ${shape} cannot be computed with`, node.at);
  return shape;
}

function shapeOfBinary(node: NodeOf<'binary'>, shapeOfId: ShapeOfId): Shape {
  const shapes = [operandShape(node.left, shapeOfId), operandShape(node.right, shapeOfId)];
  if (shapes.every((shape) => shape === 'list')) {
    throw new ExpressionError(`${node.operator} does not work between two lists of time series`, node.at);
  }
  if (shapes.includes('list')) return 'list';
  return shapes.includes('series') ? 'series' : 'scalar';
}

function shapeOfCall(node: NodeOf<'call'>, shapeOfId: ShapeOfId): Shape {
  const called = mathFunctions.get(node.name);
  if (called === undefined) throw new ExpressionError(refusalOf(node), node.at);
  if (called.isOrdered === true && isBand(node.args[0], shapeOfId)) {
    throw new ExpressionError(
      `not evaluated locally: ${node.name} of an anomaly band, of which AWS's documentation names now the upper, now the lower side as the first,`,
      node.at,
    );
  }
  const shape = called.shape(
    node.args.map((arg) => shapeOf(arg, shapeOfId)),
    node.args,
  );
  if (shape === undefined)
    throw new ExpressionError(`${node.name} takes ${called.usage}; wrong arguments`, node.at);
  return shape;
}

/** Why a function is not computed. A query that is nothing but such a call can be fed with data instead. */
function refusalOf(node: NodeOf<'call'>): string {
  const need = needsAws(node);
  if (need !== undefined)
    return `not evaluated locally: ${need}; make it a query of its own and supply the series that it would give,`;
  if (node.name === 'SEARCH')
    return 'not evaluated locally: SEARCH, on which AWS allows no alarm, because it can give several time series,';
  const capitals = node.name.toUpperCase();
  const hint = node.name !== capitals && mathFunctions.has(capitals) ? `, write ${capitals},` : '';
  return `no such function: ${node.name}${hint}`;
}

function isBand(node: Node | undefined, shapeOfId: ShapeOfId): boolean {
  if (node?.kind === 'call') return node.name === bandFunction;
  return node?.kind === 'id' && shapeOfId(node.id) === 'band';
}

/** The value of an expression whose shapes have been checked. */
export function evaluateExpression(
  node: Node,
  lookup: (id: string) => Value | undefined,
  context: MathContext,
): Value {
  switch (node.kind) {
    case 'number':
      return scalar(node.value);
    case 'text':
      return { kind: 'text', text: node.text };
    case 'word':
      return { kind: 'word', word: node.word };
    case 'id':
      return lookup(node.id) ?? scalar(undefined);
    case 'list':
      return { kind: 'list', members: valuesOf(node.members, lookup, context).flatMap(membersOf) };
    case 'negate':
      return negate(evaluateExpression(node.operand, lookup, context));
    case 'binary': {
      const left = evaluateExpression(node.left, lookup, context);
      const right = evaluateExpression(node.right, lookup, context);
      return isOperand(left) && isOperand(right)
        ? combine(node.operator, left, right, context.settings)
        : scalar(undefined);
    }
    case 'call':
      return (
        mathFunctions.get(node.name)?.run(valuesOf(node.args, lookup, context), context) ?? scalar(undefined)
      );
  }
}

function valuesOf(
  nodes: readonly Node[],
  lookup: (id: string) => Value | undefined,
  context: MathContext,
): Value[] {
  return nodes.map((node) => evaluateExpression(node, lookup, context));
}

function membersOf(value: Value): readonly TimeSeries[] {
  if (value.kind === 'list') return value.members;
  return value.kind === 'series' ? [value] : [];
}

/** Subtracting from zero never makes the -0 that would print as such. */
function negate(value: Value): Value {
  if (value.kind === 'scalar') return scalar(value.value === undefined ? undefined : 0 - value.value);
  if (!isOperand(value)) return value;
  return mapSeries(value, (points) => points.map((point) => (point === undefined ? undefined : 0 - point)));
}

function isOperand(value: Value): value is Extract<Value, { kind: 'scalar' | 'series' | 'list' }> {
  return value.kind === 'scalar' || value.kind === 'series' || value.kind === 'list';
}
