/** The alarm mute rules of the template: whose actions they mute, and when. */
import { NotRehearsable } from '../not-rehearsable';
import type { Place, Resource } from '../resources';
import { type MuteWindow, readSchedule, ScheduleError } from './mute-schedule';
import { type AlarmBasics, readMuteRule, subjectOf } from './properties';

export interface MuteRule {
  readonly name: string;
  readonly arn: string;
  readonly targets: ReadonlySet<string>;
  /** The window that mutes at that moment, or undefined. */
  windowAt(at: number): MuteWindow | undefined;
}

/** A mute rule in whose window a moment lies. */
export interface Mute extends MuteWindow {
  readonly rule: MuteRule;
}

/** Reads the mute rules. Throws NotRehearsable for one that AWS would refuse, or that names an alarm no template has. */
export function defineMuteRules(
  resources: readonly Resource[],
  place: Place,
  alarms: readonly AlarmBasics[],
): MuteRule[] {
  const known = new Set(alarms.map(({ name }) => name));
  return resources.map((resource) => {
    const { Name, MuteTargets, Rule, StartDate, ExpireDate } = readMuteRule(resource);
    const name = Name ?? resource.id;
    const targets = new Set(MuteTargets?.AlarmNames);
    for (const target of targets) {
      if (known.has(target)) continue;
      throw new NotRehearsable(
        `${subjectOf(resource)}.MuteTargets.AlarmNames`,
        `it names the alarm "${target}", which no template has`,
        'correct the name or add the alarm',
      );
    }
    const { Expression, Duration, Timezone } = Rule.Schedule;
    const windowAt = schedule(resource, {
      expression: Expression,
      duration: Duration,
      timezone: Timezone,
      startDate: StartDate,
      expireDate: ExpireDate,
    });
    const arn = `arn:${place.partition}:cloudwatch:${place.region}:${place.accountId}:alarm-mute-rule:${name}`;
    return { name, arn, targets, windowAt };
  });
}

function schedule(resource: Resource, text: Parameters<typeof readSchedule>[0]): MuteRule['windowAt'] {
  try {
    return readSchedule(text);
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    throw new NotRehearsable(
      `${subjectOf(resource)}.${error.property}`,
      error.message,
      'correct the template',
    );
  }
}

/** What mutes the alarm at that moment; of several rules the one that mutes longest. */
export function muteOf(rules: readonly MuteRule[], alarm: string, at: number): Mute | undefined {
  let longest: Mute | undefined;
  for (const rule of rules) {
    const window = rule.targets.has(alarm) ? rule.windowAt(at) : undefined;
    if (window !== undefined && window.end > (longest?.end ?? at)) longest = { ...window, rule };
  }
  return longest;
}
