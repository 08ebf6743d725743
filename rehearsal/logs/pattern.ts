/** Filter patterns of CloudWatch Logs: terms, quoted phrases, and equality of JSON fields. */
import { AwsError } from '../aws-error';

export type Matches = (message: string) => boolean;

const refuse = (pattern: string, what: string): AwsError =>
  new AwsError(
    'InvalidParameterException',
    `not rehearsed: ${what} in the filter pattern ${pattern}; use terms, quoted phrases or { $.field = "value" && ... }`,
  );

function termPattern(pattern: string): Matches {
  const tokens = pattern.match(/[-?]?"(?:\\.|[^"\\])*"|\S+/g) ?? [];
  const required: string[] = [];
  const optional: string[] = [];
  const excluded: string[] = [];
  for (const token of tokens) {
    const sign = token.startsWith('-') || token.startsWith('?') ? token.charAt(0) : '';
    const rest = token.slice(sign.length);
    const quoted = rest.startsWith('"') && rest.endsWith('"') && rest.length > 1;
    if (!quoted && !/^\w+$/.test(rest)) throw refuse(pattern, `the unquoted term ${rest}`);
    const text = quoted ? rest.slice(1, -1).replace(/\\(.)/g, '$1') : rest;
    (sign === '-' ? excluded : sign === '?' ? optional : required).push(text);
  }
  return (message) =>
    required.every((term) => message.includes(term)) &&
    (optional.length === 0 || optional.some((term) => message.includes(term))) &&
    !excluded.some((term) => message.includes(term));
}

interface Comparison {
  readonly path: readonly string[];
  readonly equal: boolean;
  readonly test: (value: unknown) => boolean;
}

function valueTest(raw: string): (value: unknown) => boolean {
  if (raw === 'true' || raw === 'false') return (value) => value === (raw === 'true');
  const quoted = raw.startsWith('"');
  const number = Number(raw);
  if (!quoted && !Number.isNaN(number)) return (value) => value === number;
  const text = quoted ? raw.slice(1, -1).replace(/\\(.)/g, '$1') : raw;
  // An asterisk stands for anything, as in CloudWatch.
  const source = text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
  const expression = new RegExp(`^${source}$`, 's');
  return (value) =>
    (typeof value === 'string' || typeof value === 'number') && expression.test(String(value));
}

function comparison(pattern: string, text: string): Comparison {
  const parts = /^\s*\$((?:\.[\w-]+|\['[^']+'\])+)\s*(=|!=)\s*("(?:\\.|[^"\\])*"|[\w.*:/-]+)\s*$/.exec(text);
  if (parts === null) throw refuse(pattern, `the condition ${text.trim()}`);
  const [, path = '', operator, value = ''] = parts;
  return {
    path: [...path.matchAll(/\.([\w-]+)|\['([^']+)'\]/g)].map((step) => step[1] ?? step[2] ?? ''),
    equal: operator === '=',
    test: valueTest(value),
  };
}

function fieldAt(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    root,
  );
}

function jsonPattern(pattern: string): Matches {
  const inside = pattern.trim().slice(1, -1);
  const outsideQuotes = inside.replace(/"(?:\\.|[^"\\])*"/g, '');
  if (outsideQuotes.includes('||')) throw refuse(pattern, 'the operator ||');
  const pieces = inside.match(/(?:"(?:\\.|[^"\\])*"|[^&"]|(?<!&)&(?!&))+/g) ?? [];
  const comparisons = pieces.map((piece) => comparison(pattern, piece));
  return (message) => {
    let root: unknown;
    try {
      root = JSON.parse(message);
    } catch {
      return false;
    }
    return comparisons.every(({ path, equal, test }) => {
      const value = fieldAt(root, path);
      return value !== undefined && test(value) === equal;
    });
  };
}

/** Compiles a filter pattern; throws InvalidParameterException, naming what is not honoured. */
export function compilePattern(pattern: string): Matches {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{') && text.endsWith('}')) return jsonPattern(text);
  if (text.startsWith('[')) throw refuse(pattern, 'space-delimited fields');
  if (text.startsWith('%')) throw refuse(pattern, 'a regular expression');
  return termPattern(text);
}
