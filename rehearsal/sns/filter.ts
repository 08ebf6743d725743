/** Subscription filter policies: exact strings in message attributes or in the message body. */
import { NotRehearsable } from '../not-rehearsable';
import type { MessageAttribute, Subscription } from './types';

type Filter = NonNullable<Subscription['filter']>;
type Tree = { readonly [key: string]: readonly string[] | Tree };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Refuses by name what is no list of exact strings. */
export function checkFilter(subject: string, filter: Filter): void {
  const check = (policy: unknown, path: string): void => {
    if (!isObject(policy)) {
      throw new NotRehearsable(
        subject,
        `FilterPolicy${path} is no object`,
        'give it keys with lists of strings',
      );
    }
    for (const [key, value] of Object.entries(policy)) {
      const here = `${path}.${key}`;
      if (isObject(value) && filter.scope === 'MessageBody') check(value, here);
      else if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
        throw new NotRehearsable(
          subject,
          `FilterPolicy${here} holds ${JSON.stringify(value)}, and only exact strings are rehearsed`,
          'list the exact strings to accept',
        );
      }
    }
  };
  check(filter.policy, '');
}

function bodyMatches(tree: Tree, value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(tree).every(([key, accepted]) => {
    const found = value[key];
    if (!Array.isArray(accepted)) return bodyMatches(accepted as Tree, found);
    const candidates = Array.isArray(found) ? found : [found];
    return candidates.some((one) => typeof one === 'string' && accepted.includes(one));
  });
}

function attributesMatch(tree: Tree, attributes: Readonly<Record<string, MessageAttribute>>): boolean {
  return Object.entries(tree).every(([key, accepted]) => {
    const attribute = attributes[key];
    if (attribute === undefined || !Array.isArray(accepted)) return false;
    const values: unknown =
      attribute.Type === 'String.Array' ? (JSON.parse(attribute.Value) as unknown) : [attribute.Value];
    return Array.isArray(values) && values.some((one) => typeof one === 'string' && accepted.includes(one));
  });
}

/** Whether the subscription wants this message; a body that is no JSON matches no body filter. */
export function accepts(
  filter: Filter | undefined,
  message: string,
  attributes: Readonly<Record<string, MessageAttribute>>,
): boolean {
  if (filter === undefined) return true;
  const tree = filter.policy as Tree;
  if (filter.scope === 'MessageAttributes') return attributesMatch(tree, attributes);
  try {
    return bodyMatches(tree, JSON.parse(message));
  } catch {
    return false;
  }
}
