/** What-if: `--set errorRateHigh.threshold=2,3,5` into templates and settings that differ from the real ones in one thing. */
import type { EvaluationSettings } from '../../cloudwatch/settings';
import { excerpt } from '../../excerpt';
import { NotRehearsable } from '../../not-rehearsable';
import type { Resource } from '../../resources';
import { findAlarm } from '../find-alarm';
import { BacktestError } from './backtest-error';
import { alarmsIn, type TemplateAlarm } from './family';
import {
  alarmProperties,
  propertyValue,
  type RefuseValue,
  readAlarmValue,
  withProperty,
} from './what-if-properties';
import { readSettingValue, settingNames } from './what-if-settings';

/** One alarm's or the settings' alternatives, to be compared with each other and with what is. */
export interface WhatIf {
  /** The alarm that is changed; undefined where the settings are. */
  readonly alarm: TemplateAlarm | undefined;
  /** `threshold`, `settings.evaluationRangeExtraPeriods`. */
  readonly properties: readonly string[];
  /** What the template and the settings say. */
  readonly asIs: Variant['set'];
  readonly variants: readonly Variant[];
}

export interface Variant {
  /** Property to value, as asked. */
  readonly set: Readonly<Record<string, string | number>>;
  readonly resources: readonly Resource[];
  readonly settings: Partial<EvaluationSettings>;
}

interface Assignment {
  readonly alarm: TemplateAlarm | undefined;
  readonly property: string;
  readonly values: readonly (string | number)[];
}

/** Each variant plays the whole history again; more of them than this are a mistake or nothing that a person can compare. */
const mostVariants = 60;

/**
 * Assignments to one alarm are tried in every combination, those to different alarms each on their own.
 * @throws BacktestError UnknownAlarm
 */
export function whatIfs(
  sets: readonly string[],
  resources: readonly Resource[],
  settings: EvaluationSettings,
): WhatIf[] {
  const assignments = sets.map((text) => readAssignment(text, resources));
  const groups = new Map<TemplateAlarm | undefined, Assignment[]>();
  for (const assignment of assignments) {
    // The same alarm twice is the same resource, found anew each time.
    const key = [...groups.keys()].find((alarm) => alarm?.resource === assignment.alarm?.resource);
    const group = groups.get(key ?? assignment.alarm) ?? [];
    if (group.some(({ property }) => property === assignment.property))
      throw new BacktestError(
        `--set: one property is set twice, got ${assignment.property}, expected one list of values; write them with commas`,
      );
    groups.set(key ?? assignment.alarm, [...group, assignment]);
  }
  const result = [...groups].map(([alarm, group]) => ({
    alarm,
    properties: group.map(({ property }) => property),
    asIs: Object.fromEntries(
      group.map(({ property }) => [property, currentValue(property, alarm, settings)]),
    ),
    variants: combinations(group).map((set) => toVariant(set, alarm, resources)),
  }));
  const count = result.reduce((total, { variants }) => total + variants.length, 0);
  if (count > mostVariants)
    throw new BacktestError(
      `--set: too many combinations, got ${count}, expected at most ${mostVariants}; leave out values`,
    );
  return result;
}

/** Alarm names may hold dots and equals signs, so the known property in the middle is what divides the text. */
const assignmentPattern = new RegExp(`^(.+)\\.(${[...alarmProperties, ...settingNames].join('|')})=(.*)$`);

function readAssignment(text: string, resources: readonly Resource[]): Assignment {
  const [, subject, property, list] = assignmentPattern.exec(text) ?? [];
  const known = subject === 'settings' ? settingNames : alarmProperties;
  if (subject === undefined || property === undefined || !(known as readonly string[]).includes(property)) {
    throw new BacktestError(
      `--set: not understood, got '${excerpt(text)}', expected ALARM.property=value,value with one of ${alarmProperties.join(', ')}, or settings.name=value with one of ${settingNames.join(', ')}; correct it`,
    );
  }
  const values = [...new Set((list ?? '').split(',').map((value) => value.trim()))];
  const refuse: RefuseValue = (what, got, expected) =>
    new BacktestError(
      `--set ${excerpt(subject)}.${property}: ${what}, got '${excerpt(got)}', expected ${expected}; correct the value`,
    );
  if (subject === 'settings') {
    const read = values.map((value) => readSettingValue(property, value, refuse));
    return { alarm: undefined, property: `settings.${property}`, values: read };
  }
  const alarm = findAlarm(alarmsIn(resources), subject);
  if (alarm.resource.type !== 'AWS::CloudWatch::Alarm') {
    throw new BacktestError(
      `--set ${subject}.${property}: ${alarm.name} is no metric alarm, got ${alarm.resource.type}, expected AWS::CloudWatch::Alarm; set a property of its children`,
    );
  }
  return { alarm, property, values: values.map((value) => readAlarmValue(property, value, refuse)) };
}

/**
 * A grid may hold combinations that do not go together; where nothing of it can be, the person meant something else.
 * @param define throws NotRehearsable for an alarm that cannot be
 * @throws BacktestError
 */
export function refuseImpossible({ alarm, variants }: WhatIf, define: (resource: Resource) => unknown): void {
  if (alarm === undefined) return;
  const problems = variants.map(({ resources }) => {
    const changed = resources.find(
      ({ stack, logicalId }) => stack === alarm.resource.stack && logicalId === alarm.resource.logicalId,
    );
    return changed === undefined ? undefined : problemOf(changed, define);
  });
  const [first] = problems;
  const [variant] = variants;
  if (first === undefined || variant === undefined || problems.includes(undefined)) return;
  const got = Object.entries(variant.set)
    .map(([property, value]) => `${property}=${value}`)
    .join(' ');
  throw new BacktestError(
    `--set ${excerpt(alarm.name)}: no alarm can be so, got ${excerpt(got)}, expected values that AWS takes together: ${first}; correct --set`,
  );
}

function problemOf(resource: Resource, define: (resource: Resource) => unknown): string | undefined {
  try {
    define(resource);
    return undefined;
  } catch (error) {
    if (error instanceof NotRehearsable) return `${error.subject.split('.').at(-1)}: ${error.why}`;
    throw error;
  }
}

function currentValue(
  property: string,
  alarm: TemplateAlarm | undefined,
  settings: EvaluationSettings,
): string | number {
  if (alarm !== undefined) return propertyValue(alarm.resource.properties, property);
  const name = property.replace('settings.', '');
  return (settings as unknown as Readonly<Record<string, string | number>>)[name] ?? 'unknown';
}

function combinations(group: readonly Assignment[]): Record<string, string | number>[] {
  return group.reduce<Record<string, string | number>[]>(
    (sets, { property, values }) =>
      sets.flatMap((set) => values.map((value) => ({ ...set, [property]: value }))),
    [{}],
  );
}

function toVariant(
  set: Readonly<Record<string, string | number>>,
  alarm: TemplateAlarm | undefined,
  resources: readonly Resource[],
): Variant {
  if (alarm === undefined) {
    const settings = Object.entries(set).map(([name, value]) => [name.replace('settings.', ''), value]);
    return { set, resources, settings: Object.fromEntries(settings) as Partial<EvaluationSettings> };
  }
  const changed = Object.entries(set).reduce(
    (resource, [property, value]) =>
      withProperty(resource, property, value, (problem) => {
        throw new BacktestError(`--set ${alarm.name}.${property}: ${problem}`);
      }),
    alarm.resource,
  );
  return {
    set,
    resources: resources.map((resource) => (resource === alarm.resource ? changed : resource)),
    settings: {},
  };
}
