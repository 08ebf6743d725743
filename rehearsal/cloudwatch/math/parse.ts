/**
 * Metric math text into a tree.
 *
 *     expression = or ;
 *     or         = and { ( "OR" | "||" ) and } ;
 *     and        = comparison { ( "AND" | "&&" ) comparison } ;
 *     comparison = sum { ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) sum } ;
 *     sum        = product { ( "+" | "-" ) product } ;
 *     product    = unary { ( "*" | "/" ) unary } ;
 *     unary      = "-" unary | power ;
 *     power      = primary [ "^" unary ] ;
 *     primary    = number | text | id | word | call | list | "(" expression ")" ;
 *     call       = word "(" [ members ] ")" ;
 *     list       = "[" [ members ] "]" ;
 *     members    = expression { "," expression } ;
 *     number     = ( digits [ "." [ digits ] ] | "." digits ) [ ( "e" | "E" ) [ "+" | "-" ] digits ] ;
 *     text       = '"' { any but '"' } '"' | "'" { any but "'" } "'" ;
 *     id         = lower-case letter { letter | digit | "_" } ;
 *     word       = upper-case letter { letter | digit | "_" } ;
 *
 * Blanks may stand between any two of these. A word that is no function's name is an argument such as REPEAT or DESC.
 */
import { ExpressionError, type Node, type Operator, precedence } from './ast';
import { type Token, tokenize } from './tokens';

const operators = new Map<string, Operator>([
  ...(Object.keys(precedence) as Operator[]).map((operator): [string, Operator] => [operator, operator]),
  ['&&', 'AND'],
  ['||', 'OR'],
]);

/** Comparisons, sums and products read from the left; `^` is read apart, because it binds before the unary minus. */
const tightestLeftOperator = precedence['*'];

/** Deeper nesting than any person writes; it keeps a hostile text from exhausting the stack. */
const maxDepth = 200;

/** The tree of an expression. Throws ExpressionError with the position of what is wrong. */
export function parseExpression(expression: string): Node {
  const tokens = tokenize(expression);
  const reader = new TokenReader(tokens);
  const node = parseBinary(reader, 1);
  const rest = reader.peek();
  if (rest.kind !== 'end') throw unexpected(rest, 'an operator or the end');
  return node;
}

class TokenReader {
  private position = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  peek(): Token {
    return this.tokens[this.position] ?? { kind: 'end', text: '', at: 1 };
  }

  next(): Token {
    const token = this.peek();
    this.position++;
    return token;
  }

  takeIf(symbol: string): boolean {
    const token = this.peek();
    if (token.kind !== 'symbol' || token.text !== symbol) return false;
    this.position++;
    return true;
  }

  expect(symbol: string): void {
    if (!this.takeIf(symbol)) throw unexpected(this.peek(), `"${symbol}"`);
  }

  nested<T>(read: () => T): T {
    if (++this.depth > maxDepth)
      throw new ExpressionError('the expression is nested too deeply', this.peek().at);
    const result = read();
    this.depth--;
    return result;
  }
}

function parseBinary(reader: TokenReader, weakest: number): Node {
  let left = parseUnary(reader);
  for (;;) {
    const token = reader.peek();
    const operator = token.kind === 'symbol' || token.kind === 'word' ? operators.get(token.text) : undefined;
    if (operator === undefined || precedence[operator] < weakest) return left;
    if (precedence[operator] > tightestLeftOperator) return left;
    reader.next();
    const right = parseBinary(reader, precedence[operator] + 1);
    left = { kind: 'binary', operator, left, right, at: token.at };
  }
}

function parseUnary(reader: TokenReader): Node {
  return reader.nested(() => {
    const { at } = reader.peek();
    if (reader.takeIf('-')) return { kind: 'negate', operand: parseUnary(reader), at };
    const base = parsePrimary(reader);
    const power = reader.peek();
    if (!reader.takeIf('^')) return base;
    return { kind: 'binary', operator: '^', left: base, right: parseUnary(reader), at: power.at };
  });
}

function parsePrimary(reader: TokenReader): Node {
  const token = reader.next();
  const { at } = token;
  switch (token.kind) {
    case 'number':
      return { kind: 'number', value: readNumber(token), at };
    case 'text':
      return { kind: 'text', text: token.text, at };
    case 'id':
      if (isOpening(reader.peek()))
        throw new ExpressionError(`no such function: ${token.text}, functions are written in capitals,`, at);
      return { kind: 'id', id: token.text, at };
    case 'word':
      if (operators.has(token.text)) throw unexpected(token, 'a value');
      if (reader.takeIf('(')) return { kind: 'call', name: token.text, args: parseMembers(reader, ')'), at };
      return { kind: 'word', word: token.text, at };
    case 'symbol':
      if (token.text === '[') return { kind: 'list', members: parseMembers(reader, ']'), at };
      if (token.text === '(') {
        const inner = parseBinary(reader, 1);
        reader.expect(')');
        return inner;
      }
      throw unexpected(token, 'a value');
    case 'end':
      throw unexpected(token, 'a value');
  }
}

function isOpening(token: Token): boolean {
  return token.kind === 'symbol' && token.text === '(';
}

function readNumber({ text, at }: Token): number {
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new ExpressionError(`the number ${text} is too large,`, at);
}

/** Values with commas between, up to the closing symbol. */
function parseMembers(reader: TokenReader, close: string): Node[] {
  const members: Node[] = [];
  if (reader.takeIf(close)) return members;
  do members.push(parseBinary(reader, 1));
  while (reader.takeIf(','));
  reader.expect(close);
  return members;
}

function unexpected(token: Token, expected: string): ExpressionError {
  const found = token.kind === 'end' ? 'unexpected end' : `unexpected "${token.text}"`;
  return new ExpressionError(`${found}, expected ${expected},`, token.at);
}
