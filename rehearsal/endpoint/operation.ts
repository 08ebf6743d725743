/** An operation of a service, free of the protocol that carries it: a parsed input goes in, a plain value comes out. */
import { z } from 'zod';
import { AwsError } from '../aws-error';
import type { EndpointServices } from './types';

export interface Context {
  readonly services: EndpointServices;
  /** Where the caller found this endpoint; URLs in answers begin with it. */
  readonly origin: string;
  /** When the rehearsal began: the age of everything that the template makes. */
  readonly startedAt: number;
}

/**
 * Answers in AWS's own member names. A `Date` is a timestamp and a `Map` a map: the protocols spell both differently.
 */
export type Operation = (input: unknown, context: Context) => unknown;
export type Operations = Readonly<Record<string, Operation>>;

/** One service and how it is spoken to. */
export interface Api {
  readonly name: string;
  /** Before the dot in X-Amz-Target; the service id of rpc-v2-cbor too. */
  readonly targetPrefix?: string;
  readonly jsonVersion?: '1.0' | '1.1';
  /** The Version parameter of the query protocol. */
  readonly queryVersion?: string;
  readonly namespace?: string;
  /** Lists are `<item>`, and the answer is not wrapped: EC2's dialect. */
  readonly isEc2?: boolean;
  /** Members that the query protocol writes without a wrapper, and the name of each entry. */
  readonly flattened?: Readonly<Record<string, string>>;
  /** JSON errors carry the query protocol's code in a header as well. */
  readonly isQueryCompatible?: boolean;
  readonly operations: Operations;
}

/** An operation whose input is checked first; the query protocol's texts are turned into what the schema wants. */
export function operation<S extends z.ZodType>(
  schema: S,
  run: (input: z.output<S>, context: Context) => unknown,
): Operation {
  return (input, context) => {
    const parsed = schema.safeParse(input ?? {});
    if (parsed.success) return run(parsed.data, context);
    throw new AwsError('ValidationException', z.prettifyError(parsed.error));
  };
}

export const number = z.coerce.number();
export const boolean = z.union([z.boolean(), z.stringbool()]);
export const text = z.coerce.string();

/** An empty list is sent as an empty text by the query protocol. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === '' ? [] : value), z.array(item));

/** Epoch seconds in JSON, ISO text in the query protocol, a tagged number in CBOR; milliseconds come out. */
export const timestamp = z.unknown().transform((value, issues): number => {
  const inner =
    typeof value === 'object' && value !== null && 'value' in value
      ? (value as { value: unknown }).value
      : value;
  const isSeconds = typeof inner === 'number' || /^\d+(\.\d+)?$/.test(String(inner));
  const milliseconds =
    inner instanceof Date
      ? inner.getTime()
      : isSeconds
        ? Number(inner) * 1000
        : new Date(String(inner)).getTime();
  if (Number.isNaN(milliseconds)) issues.addIssue('a timestamp is expected');
  return milliseconds;
});

/** One page of a list and the token of the next; a token is the index that the next page starts at. */
export function page<T>(
  items: readonly T[],
  limit: number,
  token: string | undefined,
): { items: T[]; nextToken?: string } {
  const start = token === undefined || token === '' ? 0 : Number(token);
  if (!Number.isInteger(start))
    throw new AwsError('InvalidNextToken', `the token ${token} is not of this service`);
  const end = start + limit;
  return { items: items.slice(start, end), ...(end < items.length ? { nextToken: String(end) } : {}) };
}
