/** Judges resource policies (topic, queue, key, function) for the services that deliver on the account's behalf. */
import { NotRehearsable } from '../not-rehearsable';
import type { Place } from '../resources';
import type { Principal } from './types';

export type Verdict = 'allowed' | 'explicit-deny' | 'no-allow';

export interface AccessRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  /** False where the service passes no source: EventBridge calling KMS. */
  readonly passesSource?: boolean;
}

export interface ResourcePolicy {
  judge(request: AccessRequest): Verdict;
}

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly principals: { readonly anyone: boolean; readonly aws: string[]; readonly services: string[] };
  readonly actions: string[];
  readonly resources: string[];
  readonly conditions: { readonly operator: string; readonly key: string; readonly values: string[] }[];
}

const listOf = (value: unknown): string[] =>
  value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);

/** IAM's wildcards: `*` for any run of characters, `?` for one. */
function matchesWildcard(pattern: string, text: string, caseless = false): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, caseless ? 'is' : 's').test(text);
}

type Test = (expected: string, actual: string) => boolean;
const like: Test = (expected, actual) => matchesWildcard(expected, actual);
const same: Test = (expected, actual) => expected === actual;
const operators: Readonly<Record<string, { readonly test: Test; readonly negated: boolean }>> = {
  StringEquals: { test: same, negated: false },
  StringNotEquals: { test: same, negated: true },
  StringLike: { test: like, negated: false },
  StringNotLike: { test: like, negated: true },
  ArnEquals: { test: like, negated: false },
  ArnLike: { test: like, negated: false },
  ArnNotEquals: { test: like, negated: true },
  ArnNotLike: { test: like, negated: true },
  Bool: { test: (expected, actual) => expected.toLowerCase() === actual, negated: false },
};

function parsePrincipals(subject: string, value: unknown): Statement['principals'] {
  if (value === '*') return { anyone: true, aws: [], services: [] };
  if (typeof value !== 'object' || value === null) {
    throw new NotRehearsable(subject, 'a policy statement has no Principal', 'name the principal it is for');
  }
  const { AWS, Service, ...others } = value as Record<string, unknown>;
  const unknownKind = Object.keys(others)[0];
  if (unknownKind !== undefined) {
    throw new NotRehearsable(
      subject,
      `principals of kind ${unknownKind} are not judged`,
      'use AWS or Service principals',
    );
  }
  const aws = listOf(AWS);
  return { anyone: aws.includes('*'), aws, services: listOf(Service) };
}

function parseConditions(subject: string, value: unknown): Statement['conditions'] {
  return Object.entries((value ?? {}) as Record<string, Record<string, unknown>>).flatMap(
    ([operator, keys]) => {
      if (!(operator in operators)) {
        throw new NotRehearsable(
          subject,
          `the policy condition ${operator} is not judged`,
          `use one of ${Object.keys(operators).join(', ')}`,
        );
      }
      return Object.entries(keys).map(([key, expected]) => ({
        operator,
        key: key.toLowerCase(),
        values: listOf(expected),
      }));
    },
  );
}

function parseStatement(subject: string, raw: Record<string, unknown>): Statement {
  for (const inverse of ['NotPrincipal', 'NotAction', 'NotResource']) {
    if (inverse in raw) {
      throw new NotRehearsable(
        subject,
        `${inverse} in its policy is not judged`,
        'say what is allowed instead',
      );
    }
  }
  return {
    effect: raw.Effect === 'Deny' ? 'Deny' : 'Allow',
    principals: parsePrincipals(subject, raw.Principal),
    actions: listOf(raw.Action),
    resources: listOf(raw.Resource),
    conditions: parseConditions(subject, raw.Condition),
  };
}

/** What the request carries for conditions; a key that is absent fails every positive test, as in IAM. */
function contextOf(request: AccessRequest, place: Place): Readonly<Record<string, string | undefined>> {
  const passes = request.passesSource !== false;
  return {
    'aws:securetransport': 'true',
    'aws:sourceowner': place.accountId,
    'aws:principalaccount': 'role' in request.principal ? place.accountId : undefined,
    'aws:sourceaccount': 'service' in request.principal && passes ? place.accountId : undefined,
    'aws:sourcearn':
      'service' in request.principal && passes ? (request.principal.sourceArn ?? undefined) : undefined,
  };
}

function isNamed(statement: Statement, principal: Principal, place: Place): boolean {
  if (statement.principals.anyone) return true;
  if ('service' in principal) return statement.principals.services.includes(principal.service);
  const root = `arn:${place.partition}:iam::${place.accountId}:root`;
  return statement.principals.aws.some(
    (arn) => arn === root || arn === place.accountId || arn.endsWith(`/${principal.role}`),
  );
}

function applies(statement: Statement, request: AccessRequest, place: Place): boolean {
  const context = contextOf(request, place);
  return (
    isNamed(statement, request.principal, place) &&
    statement.actions.some((action) => matchesWildcard(action, request.action, true)) &&
    (statement.resources.length === 0 ||
      statement.resources.some((resource) => matchesWildcard(resource, request.resource))) &&
    statement.conditions.every(({ operator, key, values }) => {
      const rule = operators[operator];
      const actual = context[key];
      if (rule === undefined) return false;
      if (actual === undefined) return rule.negated;
      return values.some((expected) => rule.test(expected, actual)) !== rule.negated;
    })
  );
}

/** Reads a policy document; what cannot be judged is refused in the name of `subject`. */
export function parsePolicy(subject: string, document: unknown, place: Place): ResourcePolicy {
  const parsed = typeof document === 'string' ? (JSON.parse(document) as unknown) : document;
  const raw = (parsed as { Statement?: unknown } | null)?.Statement ?? [];
  const statements = (Array.isArray(raw) ? raw : [raw]).map((one) =>
    parseStatement(subject, one as Record<string, unknown>),
  );
  return {
    judge: (request) => {
      const applying = statements.filter((statement) => applies(statement, request, place));
      if (applying.some((statement) => statement.effect === 'Deny')) return 'explicit-deny';
      return applying.some((statement) => statement.effect === 'Allow') ? 'allowed' : 'no-allow';
    },
  };
}
