/** Metric math: shapes checked before anything is computed, then computed on one grid. */
import { ExpressionError, type Node } from './ast';
import { type MathContext, mathFunctions, refusedFunctions } from './functions';
import { combine } from './operators';
import { mapSeries, type Shape, scalar, type TimeSeries, type Value } from './values';

/** Words that mean something as an argument. */
const fillWords = ['REPEAT', 'LINEAR'];

/** The shape of the expression's result. Throws ExpressionError for an unknown id, a function that is refused, or arguments that do not fit. */
export function shapeOf(node: Node, shapeOfId: (id: string) => Shape | undefined): Shape {
  switch (node.kind) {
    case 'number':
      return 'scalar';
    case 'text':
      return 'text';
    case 'word':
      if (!fillWords.includes(node.word)) throw new ExpressionError(`unknown word ${node.word}`, node.at);
      return 'word';
    case 'id': {
      const shape = shapeOfId(node.id);
      if (shape === undefined)
        throw new ExpressionError(`no metric or expression has the id ${node.id}`, node.at);
      return shape;
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
  if (called === undefined) {
    const problem = refusedFunctions.has(node.name) ? 'not evaluated locally' : 'no such function';
    throw new ExpressionError(`${problem}: ${node.name}`, node.at);
  }
  const shape = called.shape(node.args.map((arg) => shapeOf(arg, shapeOfId)));
  if (shape === undefined)
    throw new ExpressionError(`${node.name} takes ${called.usage}; wrong arguments`, node.at);
  return shape;
}

/** The value of an expression whose shapes have been checked. */
export function evaluateExpression(
  node: Node,
  lookup: (id: string) => Value | undefined,
  context: MathContext,
): Value {
  const evaluate = (inner: Node): Value => evaluateExpression(inner, lookup, context);
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
      return { kind: 'list', members: node.members.map(evaluate).flatMap(membersOf) };
    case 'negate':
      return negate(evaluate(node.operand));
    case 'binary': {
      const left = evaluate(node.left);
      const right = evaluate(node.right);
      return isOperand(left) && isOperand(right)
        ? combine(node.operator, left, right, context.settings)
        : scalar(undefined);
    }
    case 'call':
      return mathFunctions.get(node.name)?.run(node.args.map(evaluate), context) ?? scalar(undefined);
  }
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
