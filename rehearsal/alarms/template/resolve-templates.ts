/** A set of CloudFormation templates to resources: what depends on nothing unknown is resolved, the rest is refused by name. */
import type { Template, TemplateResource } from '../../assembly';
import { Unresolved } from '../../intrinsic-functions';
import type { Place, Resource } from '../../resources';
import { ForeignTemplate } from './foreign-template';
import { missingParameters } from './parameters';
import { typed } from './property-types';
import { isFields } from './recognise';
import type { Refusal } from './refusal';
import { TemplateError } from './template-error';
import { alarmTypes, readTypes } from './template-types';

export interface ResolvedTemplates {
  readonly resources: readonly Resource[];
  readonly refused: readonly Refusal[];
  readonly notes: readonly string[];
}

interface Given {
  readonly parameters: Readonly<Record<string, string>>;
  readonly resources: Readonly<Record<string, string>>;
}

/** @throws TemplateError for parameters that are missing, not allowed, or that no template asks for */
export function resolveTemplates(
  templates: readonly Template[],
  given: Given,
  place: Place,
): ResolvedTemplates {
  return new TemplateSet(templates, given, place).resolve();
}

class TemplateSet {
  private readonly templates: readonly ForeignTemplate[];
  private readonly resources: Resource[] = [];
  private readonly refused: Refusal[] = [];
  private readonly notes: string[] = [];
  private readonly missing = new Map<string, Set<string>>();
  private readonly lookedUp = new Set<string>();
  private readonly importing = new Set<string>();
  /** The resource that is being resolved; undefined while names of exports are compared, which nobody needs to be whole. */
  private asker: string | undefined;

  constructor(
    templates: readonly Template[],
    private readonly given: Given,
    place: Place,
  ) {
    const surroundings = {
      ...given,
      place,
      imported: (name: string) => this.imported(name),
      dynamic: (reference: string) => this.dynamic(reference),
      missing: (parameter: string) => this.noteMissing(parameter),
    };
    this.templates = templates.map((template) => new ForeignTemplate(template, surroundings));
  }

  resolve(): ResolvedTemplates {
    for (const template of this.templates) {
      this.noteMacros(template.template);
      for (const [logicalId, resource] of Object.entries(template.template.resources)) {
        if (logicalId.startsWith('Fn::')) this.noteLoop(template.template, logicalId, resource);
        else if (isFields(resource)) this.read(template, logicalId, resource);
      }
    }
    if (this.missing.size > 0) throw missingParameters(this.missing);
    refuseUnknown(
      this.templates.map(({ template }) => template),
      this.given,
      this.lookedUp,
    );
    return { resources: this.resources, refused: this.refused, notes: this.notes };
  }

  private read(template: ForeignTemplate, logicalId: string, resource: TemplateResource): void {
    const { stack } = template.template;
    const { Type: type } = resource;
    if (type === 'AWS::CloudFormation::Stack') {
      this.notes.push(
        `${stack}/${logicalId}: a nested stack is not read; give its template as a file of its own`,
      );
    }
    if (!readTypes.has(type)) return;
    this.asker = logicalId;
    const isDeployed = template.isDeployed(logicalId);
    if (isDeployed === false) return;
    const { value, problems } = template.resolve(resource.Properties ?? {});
    const properties = typed(isFields(value) ? value : {});
    const all = [
      ...(isDeployed instanceof Unresolved ? [isDeployed.problem] : []),
      // A macro beside Type and Properties changes what stands there.
      ...Object.keys(resource).filter((key) => key.startsWith('Fn::')),
      ...problems,
    ];
    if (all.length === 0) {
      this.resources.push({ stack, logicalId, type, id: template.id(logicalId), properties });
    } else if (alarmTypes.has(type)) {
      const named = template.resolve(resource.Properties?.AlarmName);
      const name = named.problems.length === 0 && named.value !== undefined ? String(named.value) : logicalId;
      this.refused.push({ name, logicalId, reason: refusalText(type, logicalId, all) });
    } else {
      this.notes.push(`${type} ${logicalId}: left out, for it depends on ${all.join(', ')}`);
    }
  }

  private noteMissing(parameter: string): void {
    if (this.asker === undefined) return;
    const askers = this.missing.get(parameter) ?? new Set();
    this.missing.set(parameter, askers.add(this.asker));
  }

  /** The value of an export of the set; otherwise the user's, otherwise the name itself. */
  private imported(name: string): unknown {
    this.lookedUp.add(name);
    const { parameters } = this.given;
    if (Object.hasOwn(parameters, name)) return parameters[name];
    if (this.importing.has(name)) return new Unresolved(`Fn::ImportValue ${name} (it refers to itself)`);
    this.importing.add(name);
    try {
      for (const template of this.templates) {
        const value = this.exportedBy(template, name);
        if (value !== undefined) return value;
      }
    } finally {
      this.importing.delete(name);
    }
    return name;
  }

  private exportedBy(template: ForeignTemplate, name: string): unknown {
    const { asker } = this;
    this.asker = undefined;
    const found = [...template.exports()].find((one) => one.name === name);
    this.asker = asker;
    if (found === undefined) return undefined;
    const { value, problems } = template.resolve(found.value);
    return problems.length === 0 ? value : new Unresolved(`Fn::ImportValue ${name} (${problems.join(', ')})`);
  }

  private dynamic(reference: string): unknown {
    this.lookedUp.add(reference);
    const { parameters } = this.given;
    if (Object.hasOwn(parameters, reference)) return parameters[reference];
    return new Unresolved(`{{${reference}}} (give it with --parameter ${reference}=VALUE)`);
  }

  private noteMacros({ stack, transforms = [] }: Template): void {
    const unknown = transforms.filter((name) => !harmlessMacros.some((pattern) => pattern.test(name)));
    if (unknown.length === 0) return;
    this.notes.push(
      `${stack}: the macro ${unknown.join(', ')} is not run; alarms that it adds or changes are read as they are written`,
    );
  }

  /** What stands among the resources and is none: a loop, or a file that a macro would put there. */
  private noteLoop({ stack }: Template, logicalId: string, written: unknown): void {
    if (!logicalId.startsWith('Fn::ForEach')) {
      this.notes.push(`${stack}/${logicalId}: not run; alarms that it would add are not read`);
      return;
    }
    const text = JSON.stringify(written);
    if (![...alarmTypes].some((type) => text.includes(`"${type}"`))) return;
    const reason = `AWS::CloudWatch::Alarm ${logicalId}: it makes alarms in a loop, which is not run; give the processed template (aws cloudformation get-template --template-stage Processed), or leave it out with --skip ${logicalId}`;
    this.refused.push({ name: logicalId, logicalId, reason });
  }
}

/** AWS's own macros that leave alarms as they are written. */
const harmlessMacros = [
  /^AWS::Serverless-/,
  /^AWS::LanguageExtensions$/,
  /^AWS::CodeDeployBlueGreen$/,
  /^AWS::SecretsManager-/,
];

function refusalText(type: string, logicalId: string, problems: readonly string[]): string {
  return `${type} ${logicalId}: it depends on ${problems.join(', ')}, which cannot be resolved here; correct the template, say what it is with --parameter or --resource, or leave the alarm out with --skip ${logicalId}`;
}

/** A misspelt answer must not be passed over: the alarm would silently be another one. */
function refuseUnknown(templates: readonly Template[], given: Given, lookedUp: ReadonlySet<string>): void {
  const knownParameters = new Set([
    'AWS::StackName',
    ...templates.flatMap(({ parameters }) => Object.keys(parameters)),
    ...lookedUp,
  ]);
  const knownResources = new Set(templates.flatMap(({ resources }) => Object.keys(resources)));
  refuse('--parameter', Object.keys(given.parameters), knownParameters, 'a parameter or import');
  const ids = Object.keys(given.resources).map((key) => key.split('.')[0] ?? '');
  refuse('--resource', ids, knownResources, 'a logical id');
}

function refuse(option: string, names: readonly string[], known: ReadonlySet<string>, kind: string): void {
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new TemplateError(
    `${option}: no template has it, got ${unknown.join(', ')}, expected ${kind}: ${shown(known)}; correct the name`,
  );
}

/** Enough names to recognise a typing mistake by, few enough to read. */
const shownNames = 12;

function shown(names: ReadonlySet<string>): string {
  const all = [...names];
  return all.slice(0, shownNames).join(', ') + (all.length > shownNames ? ', ...' : '');
}
