/** Resolves CloudFormation intrinsics: every resource of the assembly with plain values, as AWS would see it. */
import type { Assembly, Template, TemplateResource } from './assembly';
import { Intrinsics, pseudoParameter, type Scope, Unresolved } from './intrinsic-functions';
import { NotRehearsable } from './not-rehearsable';
import { type Identity, identify } from './physical-ids';
import type { Place, Resource } from './resources';

/**
 * All resources of all stacks, in deployment order.
 * @throws NotRehearsable naming every intrinsic, attribute or condition that the rehearsal does not know
 */
export function resolveResources(assembly: Assembly, place: Place): Resource[] {
  const problems = new Set<string>();
  const resources = assembly.templates.flatMap((template) =>
    new Resolver(template, place, (problem) => problems.add(problem)).resources(),
  );
  if (problems.size === 0) return resources;
  throw new NotRehearsable(
    [...problems].join(', '),
    'cannot be resolved locally',
    'write the value in another way, or take the resource out of the assembly',
  );
}

/** A template in which every name must be known. */
class Resolver {
  private readonly identities = new Map<string, Identity>();

  constructor(
    private readonly template: Template,
    private readonly place: Place,
    private readonly complain: (problem: string) => void,
  ) {}

  resources(): Resource[] {
    return Object.entries(this.template.resources).map(([logicalId, resource]) => {
      const where = `${this.template.stack}/${logicalId} (${resource.Type})`;
      // The library's own usage metadata is the one conditional resource from which nothing is built.
      if (resource.Condition !== undefined && resource.Type !== 'AWS::CDK::Metadata')
        this.complain(`${where} Condition ${resource.Condition}`);
      return {
        stack: this.template.stack,
        logicalId,
        type: resource.Type,
        id: this.identity(logicalId).ref,
        properties: this.resolve(resource.Properties ?? {}, where) as Record<string, unknown>,
        metadata: this.resolve(resource.Metadata ?? {}, where) as Record<string, unknown>,
      };
    });
  }

  private resolve(value: unknown, where: string): unknown {
    return new Intrinsics(this.scope, (problem) => this.complain(`${where} ${problem}`)).resolve(value);
  }

  private identity(logicalId: string): Identity {
    const known = this.identities.get(logicalId);
    if (known !== undefined) return known;
    const resource: TemplateResource | undefined = this.template.resources[logicalId];
    const type = resource?.Type ?? '';
    const where = { stack: this.template.stack, logicalId, place: this.place };
    const identity = identify(type, where, (name) => {
      const value = resource?.Properties?.[name];
      return value === undefined ? undefined : this.resolve(value, `${where.stack}/${logicalId} (${type})`);
    });
    this.identities.set(logicalId, identity);
    return identity;
  }

  private get scope(): Scope {
    return {
      region: () => this.place.region,
      ref: (name) => this.ref(name),
      attribute: (logicalId, attribute) => {
        const isThere = logicalId in this.template.resources;
        const value = isThere ? this.identity(logicalId).attribute(attribute) : undefined;
        return value ?? new Unresolved(`Fn::GetAtt ${logicalId}.${attribute}`);
      },
      // What is deployed must not hang on a choice that the rehearsal does not make.
      condition: () => new Unresolved('Fn::If'),
      mapping: () => new Unresolved('Fn::FindInMap'),
      imported: () => new Unresolved('Fn::ImportValue'),
    };
  }

  private ref(name: string): unknown {
    const pseudo = pseudoParameter(name, this.template.stack, this.place);
    if (pseudo !== undefined) return pseudo;
    const parameter = this.template.parameters[name];
    if (parameter?.Default !== undefined) return parameter.Default;
    if (name in this.template.resources) return this.identity(name).ref;
    return new Unresolved(`Ref ${name}${parameter === undefined ? '' : ' (a parameter without default)'}`);
  }
}
