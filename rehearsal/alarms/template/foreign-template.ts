/** One foreign template: what its alarms are made of, resolved as far as they need it, and not a word about the rest. */
import type { Template, TemplateResource } from '../../assembly';
import { Intrinsics, pseudoParameter, type Scope, Unresolved } from '../../intrinsic-functions';
import type { Identity } from '../../physical-ids';
import type { Place } from '../../resources';
import { parameterValue } from './parameters';
import { predictableIdentity } from './predictable-ids';

/** What the templates of one set share. */
export interface Surroundings {
  readonly place: Place;
  readonly parameters: Readonly<Record<string, string>>;
  readonly resources: Readonly<Record<string, string>>;
  /** What another template of the set exports under this name, or else a name to go by. */
  imported(name: string): unknown;
  /** What a dynamic reference, `{{resolve:...}}`, stands for. */
  dynamic(reference: string): unknown;
  /** Told of each parameter that a resource needs and nobody gave. */
  missing(parameter: string): void;
}

/** A value, and everything that kept it from being whole. */
export interface Resolved {
  readonly value: unknown;
  readonly problems: readonly string[];
}

export class ForeignTemplate {
  private readonly truths = new Map<string, boolean | Unresolved>();
  private readonly identities = new Map<string, Identity | Unresolved>();

  constructor(
    readonly template: Template,
    private readonly surroundings: Surroundings,
  ) {}

  /** Resolves a value of this template. */
  resolve(value: unknown): Resolved {
    const problems = new Set<string>();
    const resolved = new Intrinsics(this.scope, (problem) => problems.add(problem)).resolve(value);
    return { value: resolved, problems: [...problems] };
  }

  /** What Ref gives for one of the template's own resources. */
  id(logicalId: string): string {
    const identity = this.identity(logicalId);
    return identity instanceof Unresolved ? logicalId : identity.ref;
  }

  /** Whether the resource is deployed at all. */
  isDeployed(logicalId: string): boolean | Unresolved {
    const condition: unknown = this.resource(logicalId)?.Condition;
    return condition === undefined ? true : this.condition(String(condition));
  }

  /** The names that other templates can import, each with its value as it is written. */
  *exports(): Generator<{ readonly name: unknown; readonly value: unknown }> {
    for (const output of Object.values(this.template.outputs ?? {})) {
      const { Export, Value } = (output ?? {}) as { Export?: { Name?: unknown }; Value?: unknown };
      if (Export?.Name !== undefined) yield { name: this.resolve(Export.Name).value, value: Value };
    }
  }

  private readonly scope: Scope = {
    region: () => this.surroundings.place.region,
    ref: (name) => this.ref(name),
    attribute: (logicalId, attribute) => {
      const identity = this.reachable(logicalId, `Fn::GetAtt ${logicalId}.${attribute}`);
      return identity instanceof Unresolved ? identity : identity.attribute(attribute);
    },
    condition: (name) => this.condition(name),
    mapping: (keys) => this.mapping(keys),
    imported: (name) => this.surroundings.imported(name),
    dynamic: (reference) => this.surroundings.dynamic(reference),
  };

  private ref(name: string): unknown {
    const { parameters, place } = this.surroundings;
    const stack = own(parameters, 'AWS::StackName') ?? this.template.stack;
    const pseudo = pseudoParameter(name, String(stack), place);
    if (pseudo !== undefined) return pseudo;
    if (Object.hasOwn(this.template.parameters, name)) {
      const value = parameterValue(this.template, name, parameters);
      if (value === undefined) this.surroundings.missing(name);
      return value;
    }
    const identity = this.reachable(name, `Ref ${name}`);
    return identity instanceof Unresolved ? identity : identity.ref;
  }

  private resource(logicalId: string): TemplateResource | undefined {
    const resource: unknown = own(this.template.resources, logicalId);
    return typeof resource === 'object' && resource !== null ? (resource as TemplateResource) : undefined;
  }

  /** The identity of a resource that others may refer to. */
  private reachable(logicalId: string, reference: string): Identity | Unresolved {
    if (this.resource(logicalId) === undefined)
      return new Unresolved(`${reference} (the template has no ${logicalId})`);
    if (this.isDeployed(logicalId) === false)
      return new Unresolved(`${reference} (the condition of ${logicalId} is false)`);
    return this.identity(logicalId);
  }

  private identity(logicalId: string): Identity | Unresolved {
    const known = this.identities.get(logicalId);
    if (known !== undefined) return known;
    // Whoever comes here again while the name is being made goes round in a circle.
    this.identities.set(logicalId, new Unresolved(`${logicalId} (it refers to itself)`));
    const resource = this.resource(logicalId);
    const problems: string[] = [];
    const property = (name: string): unknown => {
      const resolved = this.resolve(resource?.Properties?.[name]);
      problems.push(...resolved.problems);
      return typeof resolved.value === 'number' ? String(resolved.value) : resolved.value;
    };
    const where = { stack: this.template.stack, logicalId, place: this.surroundings.place };
    const made = predictableIdentity(String(resource?.Type), where, property, this.surroundings.resources);
    const [problem] = problems;
    const identity = problem === undefined ? made : new Unresolved(problem);
    this.identities.set(logicalId, identity);
    return identity;
  }

  private condition(name: string): boolean | Unresolved {
    const known = this.truths.get(name);
    if (known !== undefined) return known;
    const written = own(this.template.conditions ?? {}, name);
    if (written === undefined)
      return new Unresolved(`condition ${name} (the template has none of this name)`);
    this.truths.set(name, new Unresolved(`condition ${name} (it refers to itself)`));
    const problems = new Set<string>();
    const truth = new Intrinsics(this.scope, (problem) => problems.add(problem)).truth(written);
    const answer =
      problems.size === 0 ? truth : new Unresolved(`condition ${name} (${[...problems].join(', ')})`);
    this.truths.set(name, answer);
    return answer;
  }

  private mapping(keys: readonly string[]): unknown {
    const found = keys.reduce<unknown>(
      (level, key) => (typeof level === 'object' && level !== null ? own(level, key) : undefined),
      this.template.mappings,
    );
    return found ?? new Unresolved(`Fn::FindInMap ${keys.join('.')}`);
  }
}

/** What an object itself holds: a template may use any name, also one that every object inherits. */
function own(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? Reflect.get(object, key) : undefined;
}
