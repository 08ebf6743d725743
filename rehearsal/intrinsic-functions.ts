/** CloudFormation's intrinsic functions: a value of a template with every function replaced by what it gives. */

import type { Place } from './resources';

/** What vanishes together with its key or its place in a list, as CloudFormation lets it vanish. */
export const noValue = Symbol('AWS::NoValue');

/** The answer of a scope that does not know: how the thing is called when it is complained of. */
export class Unresolved {
  constructor(readonly problem: string) {}
}

/** What the functions look up. Every answer may be Unresolved. */
export interface Scope {
  region(): string;
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean | Unresolved;
  mapping(keys: readonly string[]): unknown;
  imported(name: string): unknown;
  /** What `{{resolve:...}}` stands for; without this such text stays as it is. */
  dynamic?(reference: string): unknown;
}

/** What CloudFormation itself knows; undefined for any other name. */
export function pseudoParameter(name: string, stack: string, place: Place): unknown {
  const { partition, region, accountId } = place;
  switch (name) {
    case 'AWS::AccountId':
      return accountId;
    case 'AWS::Region':
      return region;
    case 'AWS::Partition':
      return partition;
    case 'AWS::URLSuffix':
      return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    case 'AWS::StackName':
      return stack;
    case 'AWS::StackId':
      return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stack}/0`;
    case 'AWS::NoValue':
      return noValue;
    default:
      return undefined;
  }
}

type Intrinsic = (argument: unknown) => unknown;

/** Resolves values within one scope. What cannot be resolved is complained of and gives undefined. */
export class Intrinsics {
  constructor(
    private readonly scope: Scope,
    private readonly complain: (problem: string) => void,
  ) {}

  /** The value without functions; `noValue` only when it is AWS::NoValue itself. */
  resolve(value: unknown): unknown {
    if (Array.isArray(value)) {
      return value.map((item) => this.resolve(item)).filter((item) => item !== noValue);
    }
    if (typeof value === 'string') return this.dynamic(value);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (entries.length === 1 && first !== undefined && isFunctionName(first[0])) {
      return this.call(first[0], first[1]);
    }
    for (const [key] of entries) if (/^Fn::(ForEach|Transform)/.test(key)) this.complain(key);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, this.resolve(item)] as const).filter(([, item]) => item !== noValue),
    );
  }

  /** Whether an entry of the template's Conditions holds. */
  truth(value: unknown): boolean {
    const [name, argument] = single(value) ?? ['', undefined];
    switch (name) {
      case 'Condition':
        return this.known(this.scope.condition(String(argument))) === true;
      case 'Fn::Equals': {
        const [left, right] = this.arguments(name, argument, 2);
        return asText(left) === asText(right);
      }
      case 'Fn::And':
        return this.listOf(name, argument).every((operand) => this.truth(operand));
      case 'Fn::Or':
        return this.listOf(name, argument).some((operand) => this.truth(operand));
      case 'Fn::Not':
        return !this.listOf(name, argument).some((operand) => this.truth(operand));
    }
    const resolved = this.resolve(value);
    if (String(resolved) !== 'true' && String(resolved) !== 'false' && resolved !== undefined) {
      this.complain(`condition ${JSON.stringify(value)}`);
    }
    return String(resolved) === 'true';
  }

  private call(name: string, argument: unknown): unknown {
    const intrinsic = this.functions[name];
    if (intrinsic !== undefined && Object.hasOwn(this.functions, name)) return intrinsic(argument);
    this.complain(name);
    return undefined;
  }

  private readonly functions: Readonly<Record<string, Intrinsic>> = {
    Ref: (argument) => this.known(this.scope.ref(String(argument))),
    'Fn::GetAtt': (argument) => this.attribute(argument),
    'Fn::Sub': (argument) => this.substitute(argument),
    'Fn::Join': (argument) => {
      const [separator, parts] = this.arguments('Fn::Join', argument, 2);
      return this.listOf('Fn::Join', parts).map(asText).join(asText(separator));
    },
    'Fn::Split': (argument) => {
      const [separator, text] = this.arguments('Fn::Split', argument, 2);
      return asText(text).split(asText(separator));
    },
    'Fn::Select': (argument) => {
      const [index, items] = this.arguments('Fn::Select', argument, 2);
      const list = this.listOf('Fn::Select', items);
      const item = list[Number(index)];
      if (item === undefined && items !== undefined)
        this.complain(`Fn::Select (element ${asText(index)} of ${JSON.stringify(list)})`);
      return item;
    },
    'Fn::GetAZs': (argument) => {
      const region = asText(this.resolve(argument)) || this.scope.region();
      return ['a', 'b', 'c'].map((zone) => `${region}${zone}`);
    },
    'Fn::Base64': (argument) => Buffer.from(asText(this.resolve(argument))).toString('base64'),
    'Fn::If': (argument) => {
      const [condition, yes, no] = this.listOf('Fn::If', argument);
      const holds = this.known(this.scope.condition(String(condition)));
      return holds === undefined ? undefined : this.resolve(holds === true ? yes : no);
    },
    'Fn::FindInMap': (argument) => this.findInMap(argument),
    'Fn::ImportValue': (argument) => {
      const name = this.resolve(argument);
      return name === undefined ? undefined : this.known(this.scope.imported(asText(name)));
    },
    'Fn::ToJsonString': (argument) => JSON.stringify(this.resolve(argument)),
    'Fn::Length': (argument) => this.listOf('Fn::Length', this.resolve(argument)).length,
  };

  private findInMap(argument: unknown): unknown {
    const [map, top, second, options] = this.listOf('Fn::FindInMap', argument);
    const keys = [map, top, second].map((key) => this.resolve(key));
    if (keys.includes(undefined)) return undefined;
    const found = this.scope.mapping(keys.map(asText));
    const fallback = single(options);
    if (found instanceof Unresolved && fallback?.[0] === 'DefaultValue') return this.resolve(fallback[1]);
    return this.known(found);
  }

  private attribute(argument: unknown): unknown {
    const [logicalId = '', ...rest] = Array.isArray(argument)
      ? argument.map((part) => asText(this.resolve(part)))
      : String(argument).split('.');
    return this.known(this.scope.attribute(logicalId, rest.join('.')));
  }

  private substitute(argument: unknown): string {
    const [text, values] = Array.isArray(argument) ? argument : [argument, {}];
    const own = new Map(Object.entries(this.resolve(values) ?? {}));
    const substituted = String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, written: string) => {
      if (literal === '!') return `\${${written}}`;
      const name = written.trim();
      if (own.has(name)) return asText(own.get(name));
      return asText(name.includes('.') ? this.attribute(name) : this.known(this.scope.ref(name)));
    });
    return this.dynamic(substituted);
  }

  private dynamic(text: string): string {
    if (this.scope.dynamic === undefined || !text.includes('{{resolve:')) return text;
    return text.replace(/\{\{(resolve:[^}]+)\}\}/g, (_, reference: string) =>
      asText(this.known(this.scope.dynamic?.(reference))),
    );
  }

  private known(answer: unknown): unknown {
    if (!(answer instanceof Unresolved)) return answer;
    this.complain(answer.problem);
    return undefined;
  }

  private arguments(name: string, argument: unknown, count: number): unknown[] {
    const resolved = this.listOf(name, this.resolve(argument));
    if (resolved.length < count && Array.isArray(argument) && argument.length < count)
      this.complain(`${name} (${argument.length} arguments)`);
    return resolved;
  }

  private listOf(name: string, value: unknown): unknown[] {
    if (Array.isArray(value)) return value;
    if (value !== undefined) this.complain(`${name} (not a list)`);
    return [];
  }
}

function isFunctionName(key: string): boolean {
  return key === 'Ref' || key.startsWith('Fn::');
}

/** The only entry of an object that has one. */
function single(value: unknown): readonly [string, unknown] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  return entries.length === 1 ? entries[0] : undefined;
}

/** A value as it stands within a text: lists as CloudFormation passes them, with commas. */
function asText(value: unknown): string {
  if (value === undefined || value === null || value === noValue) return '';
  if (Array.isArray(value)) return value.map(asText).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
