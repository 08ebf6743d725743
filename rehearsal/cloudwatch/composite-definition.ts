/** The composite alarms of the template: rules read, children found, an order in which each follows its children. */
import { excerpt } from '../excerpt';
import { NotRehearsable } from '../not-rehearsable';
import type { Place, Resource } from '../resources';
import type { Actions } from './alarm-definition';
import { alarmsOf, type Rule } from './composite-rule';
import { parseRule, RuleError } from './composite-rule-parser';
import {
  type AlarmBasics,
  type CompositeAlarmProperties,
  readBasics,
  readCompositeAlarm,
} from './properties';
import type { SuppressionPeriods } from './suppressor';

export interface CompositeDefinition extends AlarmBasics {
  readonly kind: 'composite';
  readonly read: CompositeAlarmProperties;
  readonly rule: Rule;
  readonly mixesOperators: boolean;
  /** What the rule writes (name or ARN) to the alarm's name. */
  readonly children: ReadonlyMap<string, string>;
  readonly suppressor: Suppressor | undefined;
  readonly actionsEnabled: boolean;
  readonly actions: Actions;
}

export interface Suppressor extends SuppressionPeriods {
  readonly name: string;
}

/** AWS's documented limit of direct children. */
const maxChildren = 100;
/** AWS's documented limit of composite alarms that name one alarm. */
const maxParents = 150;

/** Reads the composite alarms, children first. Throws NotRehearsable for a rule that cannot be read, an unknown child or a cycle. */
export function defineComposites(
  resources: readonly Resource[],
  place: Place,
  metricAlarms: readonly AlarmBasics[],
): CompositeDefinition[] {
  const drafts = resources.map((resource) => draft(resource, place));
  const known = new Map<string, string>();
  for (const { name, arn } of [...metricAlarms, ...drafts]) known.set(name, name).set(arn, name);
  const definitions = drafts.map((composite) => ({
    ...composite,
    children: findChildren(composite, known),
    suppressor: findSuppressor(composite, known),
  }));
  refuseCrowds(definitions);
  return childrenFirst(definitions);
}

type Draft = Omit<CompositeDefinition, 'children' | 'suppressor'>;

function draft(resource: Resource, place: Place): Draft {
  const read = readCompositeAlarm(resource);
  const basics = readBasics(resource, read.AlarmName, place);
  try {
    return {
      ...basics,
      kind: 'composite',
      read,
      ...parseRule(read.AlarmRule),
      actionsEnabled: read.ActionsEnabled,
      actions: {
        OK: read.OKActions,
        ALARM: read.AlarmActions,
        INSUFFICIENT_DATA: read.InsufficientDataActions,
      },
    };
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    throw new NotRehearsable(`${basics.subject}.AlarmRule`, error.message, 'correct the rule');
  }
}

function findChildren(composite: Draft, known: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const subject = `${composite.subject}.AlarmRule`;
  const children = new Map<string, string>();
  for (const written of alarmsOf(composite.rule)) {
    const name = known.get(written);
    if (name === undefined) {
      const why = `it names the alarm "${excerpt(written)}", which no template has`;
      throw new NotRehearsable(subject, why, 'correct the name or add the alarm');
    }
    children.set(written, name);
  }
  if (children.size <= maxChildren) return children;
  const why = `it names ${children.size} alarms, expected at most ${maxChildren}`;
  throw new NotRehearsable(subject, why, 'split the rule');
}

/** The three properties belong together, as AWS has it. */
function findSuppressor(
  { subject, name, read }: Draft,
  known: ReadonlyMap<string, string>,
): Suppressor | undefined {
  const values = {
    ActionsSuppressor: read.ActionsSuppressor,
    ActionsSuppressorWaitPeriod: read.ActionsSuppressorWaitPeriod,
    ActionsSuppressorExtensionPeriod: read.ActionsSuppressorExtensionPeriod,
  };
  const { ActionsSuppressor: written, ActionsSuppressorWaitPeriod: wait } = values;
  const extension = values.ActionsSuppressorExtensionPeriod;
  if (written === undefined && wait === undefined && extension === undefined) return undefined;
  if (written === undefined || wait === undefined || extension === undefined) {
    const missing = Object.entries(values).find(([, value]) => value === undefined)?.[0];
    const names = Object.keys(values).join(', ');
    throw new NotRehearsable(
      `${subject}.${missing}`,
      `got nothing, expected all of ${names} or none`,
      'correct the template',
    );
  }
  const suppressor = known.get(written);
  if (suppressor === undefined) {
    const why = `it names the alarm "${excerpt(written)}", which no template has`;
    throw new NotRehearsable(`${subject}.ActionsSuppressor`, why, 'correct the name or add the alarm');
  }
  if (suppressor === name) {
    const why = 'the alarm is its own suppressor, expected another alarm';
    throw new NotRehearsable(`${subject}.ActionsSuppressor`, why, 'name another alarm');
  }
  return { name: suppressor, waitMs: wait * 1000, extensionMs: extension * 1000 };
}

function refuseCrowds(definitions: readonly CompositeDefinition[]): void {
  const parents = new Map<string, number>();
  for (const { subject, children } of definitions) {
    for (const child of new Set(children.values())) {
      const count = (parents.get(child) ?? 0) + 1;
      parents.set(child, count);
      if (count <= maxParents) continue;
      const why = `more than ${maxParents} composite alarms name the alarm "${child}"`;
      throw new NotRehearsable(`${subject}.AlarmRule`, why, 'put a composite alarm in between');
    }
  }
}

/** Suppressors come first too where that is possible: then one that changes in the same tick is looked at first. */
function childrenFirst(definitions: readonly CompositeDefinition[]): CompositeDefinition[] {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const ordered = new Set<CompositeDefinition>();
  const visit = (definition: CompositeDefinition, path: readonly string[]): void => {
    if (path.includes(definition.name)) {
      const cycle = [...path.slice(path.indexOf(definition.name)), definition.name].join(' -> ');
      const why = `the rules form a cycle, ${cycle}, and AWS would not evaluate them`;
      throw new NotRehearsable(`${definition.subject}.AlarmRule`, why, 'take one alarm out of the cycle');
    }
    if (ordered.has(definition)) return;
    for (const child of definition.children.values()) {
      const composite = byName.get(child);
      if (composite !== undefined) visit(composite, [...path, definition.name]);
    }
    ordered.add(definition);
  };
  const suppressors = new Set(definitions.map(({ suppressor }) => suppressor?.name));
  for (const definition of definitions) if (suppressors.has(definition.name)) visit(definition, []);
  for (const definition of definitions) visit(definition, []);
  return [...ordered];
}
