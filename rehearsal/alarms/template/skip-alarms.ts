/** Leaves alarms of a template out, and refuses where something that stays needs them. */
import { alarmsOf } from '../../cloudwatch/composite-rule';
import { parseRule, RuleError } from '../../cloudwatch/composite-rule-parser';
import type { Supplied } from '../../cloudwatch/supplied';
import { excerpt } from '../../excerpt';
import type { Resource } from '../../resources';
import { findAlarm } from '../find-alarm';
import { checkTemplate, nameOf } from './check-template';
import type { AlarmTemplate } from './read-alarm-templates';
import { isFields } from './recognise';
import type { Refusal } from './refusal';
import { TemplateError } from './template-error';
import { alarmTypes } from './template-types';

const muteRule = 'AWS::CloudWatch::AlarmMuteRule';

/**
 * The template without the alarms and mute rules of these names, which may be whole names, logical ids or endings.
 * Mute rules lose what was left out, and go when nothing of them is left.
 * @throws UnknownAlarm for a name that nobody bears
 * @throws TemplateError when a composite alarm that stays needs what was left out
 */
export function skipAlarms(template: AlarmTemplate, names: readonly string[]): AlarmTemplate {
  if (names.length === 0) return template;
  const named = [
    ...template.resources
      .filter(({ type }) => alarmTypes.has(type) || type === muteRule)
      .map((resource) => ({ name: nameOf(resource), logicalId: resource.logicalId })),
    ...template.refused,
  ];
  const skipped = new Set(names.map((name) => findAlarm(named, name).name));
  const isKept = (resource: Resource): boolean =>
    !((alarmTypes.has(resource.type) || resource.type === muteRule) && skipped.has(nameOf(resource)));
  const kept = template.resources.filter(isKept);
  refuseOrphans(kept, skipped);
  return {
    ...template,
    resources: kept.flatMap((resource) =>
      resource.type === muteRule ? withoutTargets(resource, skipped) : [resource],
    ),
    refused: template.refused.filter(({ name }) => !skipped.has(name)),
  };
}

/**
 * The template without what is skipped, when all the rest of it can be evaluated.
 * @throws TemplateError with every refusal, one a line
 */
export function evaluable(
  template: AlarmTemplate,
  skip: readonly string[] = [],
  supplied?: Supplied,
): AlarmTemplate {
  const kept = skipAlarms(template, skip);
  const refusals = checkTemplate(kept, supplied);
  if (refusals.length === 0) {
    if (kept.resources.some(({ type }) => alarmTypes.has(type))) return kept;
    throw new TemplateError('--skip: it leaves no alarm, got all of them, expected one at least; skip fewer');
  }
  const lines = refusals.map(({ reason }) => `  ${reason}`);
  const options = withDependents(refusals, kept.resources).map((name) => `--skip ${forShell(name)}`);
  const count = refusals.length === 1 ? 'one refusal' : `${refusals.length} refusals`;
  throw new TemplateError(
    `template: not all of it can be evaluated, got ${count}, expected none; correct each or leave it out with ${options.join(' ')}\n${lines.join('\n')}`,
  );
}

/** What is refused, and the composite alarms that cannot stay without it: all of a cycle, and whatever reads them. */
function withDependents(refusals: readonly Refusal[], resources: readonly Resource[]): string[] {
  const names = new Map(refusals.map((refusal) => [refusal.name, typable(refusal)]));
  const composites = resources.filter(({ type }) => type === 'AWS::CloudWatch::CompositeAlarm');
  const needs = composites.map((resource) => ({ resource, needed: neededBy(resource) }));
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    for (const { resource, needed } of needs) {
      const name = nameOf(resource);
      if (needed.some((each) => names.has(each)))
        names.set(name, names.get(name) ?? typable({ name, logicalId: resource.logicalId }));
    }
  }
  return [...names.values()];
}

/** A name that nobody can type gives way to the logical id, which means the same alarm. */
function typable({ name, logicalId }: Pick<Refusal, 'name' | 'logicalId'>): string {
  return excerpt(name) === name ? name : logicalId;
}

function forShell(name: string): string {
  return /^[\w./:-]+$/.test(name) ? name : `'${name}'`;
}

/** The composite alarms that stay and read, or are suppressed by, one that goes. */
function refuseOrphans(kept: readonly Resource[], skipped: ReadonlySet<string>): void {
  const orphans = kept.flatMap((resource) => {
    if (resource.type !== 'AWS::CloudWatch::CompositeAlarm') return [];
    const needed = neededBy(resource).find((name) => skipped.has(name));
    return needed === undefined ? [] : [{ name: nameOf(resource), needed }];
  });
  if (orphans.length === 0) return;
  const got = orphans.map(({ name, needed }) => `${name}, which needs ${needed}`).join('; ');
  const options = orphans.map(({ name }) => `--skip ${name}`).join(' ');
  throw new TemplateError(
    `--skip: composite alarms that stay need what goes, got ${got}, expected none; add ${options}`,
  );
}

/** The names that a composite alarm depends on; an ARN ends in the name. */
function neededBy({ properties }: Resource): string[] {
  const { AlarmRule, ActionsSuppressor } = properties;
  const written = [
    ...rulesAlarms(AlarmRule),
    ...(typeof ActionsSuppressor === 'string' ? [ActionsSuppressor] : []),
  ];
  return written.map((name) => name.replace(/^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:/, ''));
}

function rulesAlarms(rule: unknown): string[] {
  try {
    return typeof rule === 'string' ? alarmsOf(parseRule(rule).rule) : [];
  } catch (error) {
    // A rule that cannot be read is refused by name when the template is checked.
    if (error instanceof RuleError) return [];
    throw error;
  }
}

function withoutTargets(resource: Resource, skipped: ReadonlySet<string>): Resource[] {
  const { MuteTargets } = resource.properties;
  const names = isFields(MuteTargets) ? MuteTargets.AlarmNames : undefined;
  if (!isFields(MuteTargets) || !Array.isArray(names)) return [resource];
  const left = names.filter((name) => !skipped.has(String(name)));
  if (left.length === 0) return [];
  return [
    {
      ...resource,
      properties: { ...resource.properties, MuteTargets: { ...MuteTargets, AlarmNames: left } },
    },
  ];
}
