/** Event patterns: lists of exact values, nested, with prefix and exists; anything else is refused by name. */
import { NotRehearsable } from '../not-rehearsable';

type Condition =
  | { readonly kind: 'equals'; readonly value: unknown }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'exists'; readonly exists: boolean };

interface Leaf {
  readonly path: readonly string[];
  readonly conditions: readonly Condition[];
}

export type Pattern = readonly Leaf[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function conditionOf(subject: string, where: string, raw: unknown): Condition {
  if (!isObject(raw)) return { kind: 'equals', value: raw };
  const [name = '', operand] = Object.entries(raw)[0] ?? [];
  if (name === 'prefix' && typeof operand === 'string') return { kind: 'prefix', prefix: operand };
  if (name === 'exists' && typeof operand === 'boolean') return { kind: 'exists', exists: operand };
  throw new NotRehearsable(
    subject,
    `EventPattern ${where} uses ${JSON.stringify(raw)}, which is not rehearsed`,
    'use exact values, prefix with a string, or exists',
  );
}

/** Reads a rule's EventPattern. */
export function parsePattern(subject: string, raw: unknown): Pattern {
  const walk = (value: unknown, path: readonly string[]): Leaf[] => {
    const where = path.join('.');
    if (Array.isArray(value)) {
      return [{ path, conditions: value.map((one: unknown) => conditionOf(subject, where, one)) }];
    }
    if (!isObject(value)) {
      throw new NotRehearsable(
        subject,
        `EventPattern ${where} is no list of values`,
        'put the value into a list',
      );
    }
    return Object.entries(value).flatMap(([key, inner]) => {
      if (key.startsWith('$')) {
        throw new NotRehearsable(subject, `EventPattern ${key} is not rehearsed`, 'write one rule a choice');
      }
      return walk(inner, [...path, key]);
    });
  };
  return walk(typeof raw === 'string' ? (JSON.parse(raw) as unknown) : raw, []);
}

function holds(condition: Condition, found: unknown): boolean {
  if (condition.kind === 'exists') return condition.exists === (found !== undefined);
  // A list in the event matches when one of its elements does.
  const candidates: unknown[] = Array.isArray(found) ? found : [found];
  if (condition.kind === 'prefix') {
    return candidates.some((one) => typeof one === 'string' && one.startsWith(condition.prefix));
  }
  return candidates.some((one) => one === condition.value);
}

/** Whether the event has, at every place of the pattern, one of the values listed there. */
export function matches(pattern: Pattern, event: unknown): boolean {
  return pattern.every(({ path, conditions }) => {
    const found = path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), event);
    return conditions.some((condition) => holds(condition, found));
  });
}
