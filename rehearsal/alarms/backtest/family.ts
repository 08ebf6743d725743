/** Which alarms of a template hang together: what must be played to see one of them, and what changes when one changes. */
import type { Resource } from '../../resources';
import { alarmTypes } from '../template/template-types';

/** An alarm of the template by its names, with its resource. */
export interface TemplateAlarm {
  readonly name: string;
  readonly logicalId: string;
  readonly resource: Resource;
}

const ruleProperties = ['AlarmRule', 'ActionsSuppressor'];

/** Metric and composite alarms, in the template's order. */
export function alarmsIn(resources: readonly Resource[]): TemplateAlarm[] {
  return resources
    .filter(({ type }) => alarmTypes.has(type))
    .map((resource) => {
      const { AlarmName } = resource.properties;
      const name = typeof AlarmName === 'string' ? AlarmName : resource.id;
      return { name, logicalId: resource.logicalId, resource };
    });
}

/** Does the composite alarm's rule or suppressor name the alarm? A name within a longer one counts too: one alarm more costs little. */
function names(composite: TemplateAlarm, alarm: TemplateAlarm): boolean {
  return ruleProperties.some((property) => {
    const text = composite.resource.properties[property];
    return typeof text === 'string' && text.includes(alarm.name);
  });
}

/** The alarm, and every composite alarm that follows it, however far up. */
export function affectedBy(alarms: readonly TemplateAlarm[], changed: TemplateAlarm): Set<TemplateAlarm> {
  return reach(alarms, changed, (alarm, other) => names(other, alarm));
}

/**
 * The resources without which the alarms cannot be played: themselves, everything that their rules name, and what is no
 * alarm. All of them where the template has a mute rule, because those name alarms in their own way.
 */
export function resourcesFor(
  resources: readonly Resource[],
  wanted: ReadonlySet<TemplateAlarm>,
  alarms: readonly TemplateAlarm[] = alarmsIn(resources),
): readonly Resource[] {
  if (resources.some(({ type }) => type === 'AWS::CloudWatch::AlarmMuteRule')) return resources;
  const needed = new Set(
    [...wanted].flatMap((alarm) => [...reach(alarms, alarm, (from, other) => names(from, other))]),
  );
  const kept = new Set([...needed].map(({ resource }) => resource));
  return resources.filter((resource) => !alarmTypes.has(resource.type) || kept.has(resource));
}

function reach(
  alarms: readonly TemplateAlarm[],
  start: TemplateAlarm,
  leads: (from: TemplateAlarm, to: TemplateAlarm) => boolean,
): Set<TemplateAlarm> {
  const found = new Set([start]);
  for (const from of found) for (const to of alarms) if (leads(from, to)) found.add(to);
  return found;
}
