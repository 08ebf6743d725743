/** The alarms of a template, and which of them a test needs: those that it names, and all that these depend on. */
import { alarmsOf } from '../../cloudwatch/composite-rule';
import { parseRule, RuleError } from '../../cloudwatch/composite-rule-parser';
import { NotRehearsable } from '../../not-rehearsable';
import type { Place, Resource } from '../../resources';
import { findAlarm, type Named, UnknownAlarm } from '../find-alarm';
import type { Refusal } from '../template/refusal';

export interface AlarmEntry extends Named {
  readonly kind: 'metric' | 'composite';
  readonly arn: string;
  readonly resource: Resource;
}

export interface AlarmBook {
  readonly place: Place;
  /** Everything that the template has, with resolved properties. */
  readonly resources: readonly Resource[];
  /** In the order of the template. */
  readonly alarms: readonly AlarmEntry[];
  /** Alarms that nothing can be tested of, with the reason. */
  readonly refused: readonly Refusal[];
}

const kinds: Readonly<Record<string, AlarmEntry['kind']>> = {
  'AWS::CloudWatch::Alarm': 'metric',
  'AWS::CloudWatch::LogAlarm': 'metric',
  'AWS::CloudWatch::CompositeAlarm': 'composite',
};

const muteRuleType = 'AWS::CloudWatch::AlarmMuteRule';

/** The alarms among the resources. */
export function readAlarmBook(
  resources: readonly Resource[],
  place: Place,
  refused: readonly Refusal[] = [],
): AlarmBook {
  const alarms = resources.flatMap((resource): AlarmEntry[] => {
    const kind = kinds[resource.type];
    if (kind === undefined) return [];
    const { AlarmName } = resource.properties;
    const name = typeof AlarmName === 'string' ? AlarmName : resource.id;
    const arn = `arn:${place.partition}:cloudwatch:${place.region}:${place.accountId}:alarm:${name}`;
    return [{ kind, name, arn, logicalId: resource.logicalId, resource }];
  });
  return { place, resources, alarms, refused };
}

/**
 * The alarm that a test names.
 * @throws UnknownAlarm, with the reason, also for one that is there and cannot be tested
 */
export function findEntry(book: AlarmBook, asked: string): AlarmEntry {
  const found = findAlarm<Named>([...book.alarms, ...book.refused], asked);
  const refusal = book.refused.find((each) => each === found);
  const entry = book.alarms.find((each) => each === found);
  if (entry !== undefined && refusal === undefined) return entry;
  throw new UnknownAlarm(refusal?.reason ?? `alarm: it is not in the template, got '${asked}'`);
}

/** The metric alarms at the bottom of an alarm: itself, or the children of its children. */
export function metricAlarmsBelow(book: AlarmBook, entry: AlarmEntry): AlarmEntry[] {
  const below = [...withDependencies([entry], (each) => childrenOf(book, each))];
  return below.filter(({ kind }) => kind === 'metric');
}

/** The alarms with everything that decides about their states and actions: children, suppressors, mute rules. */
export function neededFor(book: AlarmBook, entries: readonly AlarmEntry[]): Resource[] {
  const muteRules = book.resources.filter(({ type }) => type === muteRuleType);
  const needed = withDependencies(entries, (entry) => [
    ...childrenOf(book, entry),
    ...suppressorOf(book, entry),
    // A mute rule is played whole or not at all: it names its other alarms as well.
    ...muteRules
      .map((rule) => mutedBy(book, rule))
      .filter((muted) => muted.includes(entry))
      .flat(),
  ]);
  const alarms = book.alarms.filter((entry) => needed.has(entry)).map(({ resource }) => resource);
  const rules = muteRules.filter((rule) => mutedBy(book, rule).some((entry) => needed.has(entry)));
  return [...alarms, ...rules];
}

function withDependencies(
  entries: readonly AlarmEntry[],
  dependenciesOf: (entry: AlarmEntry) => readonly AlarmEntry[],
): Set<AlarmEntry> {
  const found = new Set<AlarmEntry>();
  const visit = (entry: AlarmEntry): void => {
    if (found.has(entry)) return;
    found.add(entry);
    for (const dependency of dependenciesOf(entry)) visit(dependency);
  };
  for (const entry of entries) visit(entry);
  return found;
}

/** An alarm by its name or ARN, as rules write it. */
function written(book: AlarmBook, text: unknown): AlarmEntry[] {
  return book.alarms.filter(({ name, arn }) => name === text || arn === text);
}

function childrenOf(book: AlarmBook, { kind, resource }: AlarmEntry): AlarmEntry[] {
  if (kind === 'metric') return [];
  try {
    const { rule } = parseRule(String(resource.properties.AlarmRule));
    return alarmsOf(rule).flatMap((child) => written(book, child));
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const subject = `${resource.type} ${resource.logicalId}.AlarmRule`;
    throw new NotRehearsable(subject, error.message, 'correct the rule');
  }
}

function suppressorOf(book: AlarmBook, { resource }: AlarmEntry): AlarmEntry[] {
  const { ActionsSuppressor } = resource.properties;
  return written(book, ActionsSuppressor);
}

function mutedBy(book: AlarmBook, rule: Resource): AlarmEntry[] {
  const { MuteTargets } = rule.properties;
  const names =
    typeof MuteTargets === 'object' && MuteTargets !== null ? Reflect.get(MuteTargets, 'AlarmNames') : [];
  return Array.isArray(names) ? names.flatMap((name) => written(book, name)) : [];
}
