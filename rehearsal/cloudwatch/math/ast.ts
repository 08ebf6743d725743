/** Metric math as a tree, and the tree as text again. */

export type Operator = '+' | '-' | '*' | '/' | '^' | '<' | '<=' | '>' | '>=' | '==' | '!=' | 'AND' | 'OR';

/** `at` is the position in the text, counted from 1. */
export type Node = { readonly at: number } & (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly text: string }
  /** A bare upper-case word: an argument such as REPEAT. */
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'list'; readonly members: readonly Node[] }
  | { readonly kind: 'negate'; readonly operand: Node }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
);

/** What is wrong with an expression, and where. */
export class ExpressionError extends Error {
  constructor(
    readonly problem: string,
    readonly at: number,
  ) {
    super(`${problem} at ${at}`);
    this.name = 'ExpressionError';
  }
}

/** How tightly an operator binds. AWS publishes no order; this is the usual one of arithmetic. */
export const precedence: Readonly<Record<Operator, number>> = {
  OR: 1,
  AND: 2,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '==': 3,
  '!=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '^': 7,
};

const unaryPrecedence = 6;
const primaryPrecedence = 8;

/** The expression as text, with no more parentheses than it needs. */
export function printExpression(node: Node): string {
  switch (node.kind) {
    case 'number':
      return String(node.value);
    case 'text':
      return node.text.includes('"') ? `'${node.text}'` : `"${node.text}"`;
    case 'word':
      return node.word;
    case 'id':
      return node.id;
    case 'list':
      return `[${node.members.map(printExpression).join(', ')}]`;
    case 'call':
      return `${node.name}(${node.args.map(printExpression).join(', ')})`;
    case 'negate':
      return `-${printAtLeast(node.operand, unaryPrecedence)}`;
    case 'binary': {
      const own = precedence[node.operator];
      const power = node.operator === '^';
      const left = printAtLeast(node.left, power ? primaryPrecedence : own);
      const right = printAtLeast(node.right, power ? unaryPrecedence : own + 1);
      return `${left} ${node.operator} ${right}`;
    }
  }
}

function printAtLeast(node: Node, needed: number): string {
  const text = printExpression(node);
  return nodePrecedence(node) < needed ? `(${text})` : text;
}

function nodePrecedence(node: Node): number {
  if (node.kind === 'binary') return precedence[node.operator];
  return node.kind === 'negate' ? unaryPrecedence : primaryPrecedence;
}

/** Every node of the tree, parents first. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* nodesOf(child);
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'list':
      return node.members;
    case 'call':
      return node.args;
    case 'negate':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    default:
      return [];
  }
}
