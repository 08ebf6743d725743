/** Metric math text cut into tokens. */
import { ExpressionError } from './ast';

export interface Token {
  readonly kind: 'number' | 'id' | 'word' | 'text' | 'symbol' | 'end';
  readonly text: string;
  /** Counted from 1. */
  readonly at: number;
}

const patterns: readonly { readonly kind: Token['kind']; readonly pattern: RegExp }[] = [
  { kind: 'number', pattern: /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y },
  // AWS's rule for ids: a lower-case letter first. Functions and keywords are upper-case; that is for the reader to check.
  { kind: 'id', pattern: /[a-z][a-zA-Z0-9_]*/y },
  { kind: 'word', pattern: /[A-Z][a-zA-Z0-9_]*/y },
  { kind: 'text', pattern: /"[^"]*"|'[^']*'/y },
  { kind: 'symbol', pattern: /<=|>=|==|!=|&&|\|\||[-+*/^<>(),[\]]/y },
];

const blank = /\s*/y;

/** The tokens of an expression, an `end` token last. Throws ExpressionError at the first character that fits nowhere. */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  let position = skipBlank(expression, 0);
  while (position < expression.length) {
    const token = tokenAt(expression, position);
    tokens.push(token);
    const quotes = token.kind === 'text' ? 2 : 0;
    position = skipBlank(expression, position + token.text.length + quotes);
  }
  tokens.push({ kind: 'end', text: '', at: expression.length + 1 });
  return tokens;
}

function tokenAt(expression: string, position: number): Token {
  const at = position + 1;
  for (const { kind, pattern } of patterns) {
    pattern.lastIndex = position;
    const found = pattern.exec(expression)?.[0];
    if (found !== undefined) return { kind, text: kind === 'text' ? found.slice(1, -1) : found, at };
  }
  const character = expression[position] ?? '';
  if (character === '"' || character === "'") throw new ExpressionError('a text that does not end', at);
  throw new ExpressionError(`unexpected "${character}"`, at);
}

function skipBlank(expression: string, position: number): number {
  blank.lastIndex = position;
  return position + (blank.exec(expression)?.[0].length ?? 0);
}
