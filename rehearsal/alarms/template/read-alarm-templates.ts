/** Template files to the alarms that they make: the entry of everything that tests the alarms of other people's templates. */
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Assembly, toTemplate } from '../../assembly';
import { excerpt } from '../../excerpt';
import { type Place, type Resource, rehearsalPlace } from '../../resources';
import { alarmsOfPage, type DescribedAlarm, placeOfAll } from './describe-alarms';
import { recogniseFile } from './recognise';
import type { Refusal } from './refusal';
import { resolveTemplates } from './resolve-templates';
import { TemplateError } from './template-error';
import { alarmTypes } from './template-types';

export interface TemplateOptions {
  /**
   * Values of parameters by name. Also of what only AWS could look up: `AWS::StackName`, the name of an import, and
   * `resolve:ssm:/path` for a dynamic reference.
   */
  readonly parameters: Readonly<Record<string, string>>;
  /** Logical id to what Ref gives for it, and `LogicalId.Attribute` to what Fn::GetAtt gives. */
  readonly resources: Readonly<Record<string, string>>;
  /** Where templates are deployed; a dump says it itself, in its ARNs. */
  readonly region?: string;
  readonly accountId?: string;
}

/** One thing that was given with --template. */
export type TemplateSource =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'assembly'; readonly assembly: Assembly };

export interface AlarmTemplate {
  /** Alarms, mute rules, topics and subscriptions with resolved properties: those of templates, then those of dumps. */
  readonly resources: readonly Resource[];
  readonly place: Place;
  /** Alarms that depend on what cannot be resolved; they are not among the resources. */
  readonly refused: readonly Refusal[];
  /** What else of the templates was passed over, ready to print. */
  readonly notes: readonly string[];
}

/**
 * Reads all sources as one set: their alarms may name one another, and one template may import what another exports.
 *
 * An alarm without AlarmName is named by its logical id. Ref gives a resource's name where the template names it, and its
 * logical id otherwise; Fn::GetAtt gives `LogicalId.Attribute` where nothing better is known; an import that no template
 * of the set exports gives its own name. A template's stack is called after its file.
 * @throws TemplateError for a broken or unknown file, missing or unknown parameters, two alarms of one name, no alarm at all
 */
export function readAlarmTemplates(
  sources: readonly TemplateSource[],
  options: TemplateOptions,
): AlarmTemplate {
  refuseNoPlace(options);
  const read = sources.map(readSource);
  const described = read.flatMap((source) => source.described);
  const place = placeOfAll(described) ?? placeOf(options);
  const templates = read.flatMap((source) => source.templates);
  const { resources, refused, notes } = resolveTemplates(templates, options, place);
  const all = withoutRepetition([...resources, ...described.map(({ resource }) => resource)]);
  if (!all.some(({ type }) => alarmTypes.has(type)) && refused.length === 0) {
    const names = sources.map((source) => (source.kind === 'file' ? source.path : source.assembly.directory));
    throw new TemplateError(
      `template: there is no alarm in it, got ${names.join(', ') || 'no file'}, expected at least one AWS::CloudWatch::Alarm; give the template that makes the alarms`,
    );
  }
  return { resources: all, place, refused, notes };
}

type Templates = ReturnType<typeof toTemplate>[];

function readSource(source: TemplateSource): { templates: Templates; described: DescribedAlarm[] } {
  if (source.kind === 'assembly') return { templates: [...source.assembly.templates], described: [] };
  const { path, text } = source;
  const stack = basename(path).replace(/(\.template)?\.[^.]*$/, '');
  const templates: Templates = [];
  const described: DescribedAlarm[] = [];
  for (const document of recogniseFile(path, text)) {
    if (document.kind === 'cloudformation') templates.push(toTemplate(stack, document.body));
    else described.push(...alarmsOfPage(path, stack, document.page));
  }
  return { templates, described };
}

function placeOf({ region, accountId }: TemplateOptions): Place {
  const name = region ?? rehearsalPlace.region;
  const partition = name.startsWith('cn-') ? 'aws-cn' : name.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return { region: name, partition, accountId: accountId ?? rehearsalPlace.accountId };
}

/** A mistyped place would stand in every ARN and every message. @throws TemplateError */
function refuseNoPlace({ region, accountId }: TemplateOptions): void {
  if (region !== undefined && !/^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/.test(region))
    throw new TemplateError(
      `--region: no region is called so, got '${excerpt(region)}', expected one as eu-central-1; correct it`,
    );
  if (accountId !== undefined && !/^\d{12}$/.test(accountId))
    throw new TemplateError(
      `--account: no account has this id, got '${excerpt(accountId)}', expected 12 digits; correct it`,
    );
}

/** Pages of a dump may overlap, and then repeat an alarm word for word; two different alarms of one name are a mistake. */
function withoutRepetition(resources: readonly Resource[]): Resource[] {
  const alarms = new Map<string, Resource>();
  const clashes: string[] = [];
  const kept = resources.filter((resource) => {
    if (!alarmTypes.has(resource.type)) return true;
    const name = alarmName(resource);
    const first = alarms.get(name);
    if (first === undefined) alarms.set(name, resource);
    else if (!isRepeated(first, resource)) {
      const places = [first, resource].map(({ stack, logicalId }) => excerpt(`${stack}/${logicalId}`));
      clashes.push(`${excerpt(name)} (${places.join(' and ')})`);
    }
    return first === undefined;
  });
  if (clashes.length === 0) return kept;
  throw new TemplateError(
    `template: two alarms have one name, got ${clashes.join(', ')}, expected each name once; rename one, or give the files one at a time`,
  );
}

/** Of two resources of one template, CloudFormation would make one alarm and fail at the other, however alike they are. */
function isRepeated(first: Resource, second: Resource): boolean {
  return (
    first.stack === second.stack &&
    first.logicalId === second.logicalId &&
    isDeepStrictEqual(first.properties, second.properties)
  );
}

function alarmName({ id, properties }: Resource): string {
  return typeof properties.AlarmName === 'string' ? properties.AlarmName : id;
}
