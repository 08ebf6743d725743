/** Resolves CloudFormation intrinsics: every resource of the assembly with plain values, as AWS would see it. */
import type { Assembly, Template, TemplateResource } from './assembly';
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

/** Names that are no value and must vanish, as CloudFormation lets them vanish. */
const noValue = Symbol('AWS::NoValue');

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

  private resolve(value: unknown, where: string): unknown {
    if (Array.isArray(value)) {
      return value.map((item) => this.resolve(item, where)).filter((item) => item !== noValue);
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (entries.length === 1 && first !== undefined && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      return this.intrinsic(first[0], first[1], where);
    }
    return Object.fromEntries(
      entries
        .map(([key, item]) => [key, this.resolve(item, where)] as const)
        .filter(([, item]) => item !== noValue),
    );
  }

  private intrinsic(name: string, argument: unknown, where: string): unknown {
    const list = (): unknown[] => this.resolve(argument, where) as unknown[];
    switch (name) {
      case 'Ref':
        return this.ref(String(argument), where);
      case 'Fn::GetAtt':
        return this.attribute(argument, where);
      case 'Fn::Join': {
        const [separator, parts] = list();
        return (parts as unknown[]).map(String).join(String(separator));
      }
      case 'Fn::Select': {
        const [index, items] = list();
        return (items as unknown[])[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = list();
        return String(text).split(String(separator));
      }
      case 'Fn::GetAZs':
        return ['a', 'b', 'c'].map((zone) => `${this.place.region}${zone}`);
      case 'Fn::Sub':
        return this.substitute(argument, where);
      case 'Fn::Base64':
        return Buffer.from(String(this.resolve(argument, where))).toString('base64');
      default:
        this.complain(`${where} ${name}`);
        return undefined;
    }
  }

  private ref(name: string, where: string): unknown {
    const pseudo: Readonly<Record<string, unknown>> = {
      'AWS::AccountId': this.place.accountId,
      'AWS::Region': this.place.region,
      'AWS::Partition': this.place.partition,
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.template.stack,
      'AWS::StackId': `arn:${this.place.partition}:cloudformation:${this.place.region}:${this.place.accountId}:stack/${this.template.stack}/0`,
      'AWS::NoValue': noValue,
    };
    if (name in pseudo) return pseudo[name];
    const parameter = this.template.parameters[name];
    if (parameter?.Default !== undefined) return parameter.Default;
    if (name in this.template.resources) return this.identity(name).ref;
    this.complain(`${where} Ref ${name}${parameter === undefined ? '' : ' (a parameter without default)'}`);
    return undefined;
  }

  private attribute(argument: unknown, where: string): string | undefined {
    const [logicalId = '', ...rest] = Array.isArray(argument)
      ? argument.map(String)
      : String(argument).split('.');
    const attribute = rest.join('.');
    const isThere = logicalId in this.template.resources;
    const value = isThere ? this.identity(logicalId).attribute(attribute) : undefined;
    if (value === undefined) this.complain(`${where} Fn::GetAtt ${logicalId}.${attribute}`);
    return value;
  }

  private substitute(argument: unknown, where: string): string {
    const [text, values] = Array.isArray(argument) ? argument : [argument, {}];
    const own = this.resolve(values, where) as Record<string, unknown>;
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal === '!') return `\${${name}}`;
      if (name in own) return String(own[name]);
      return String(name.includes('.') ? this.attribute(name, where) : this.ref(name, where));
    });
  }
}
