/** Everything of a template that cannot be evaluated, told at once: a person should not have to find one refusal after the other. */
import { defineAnyAlarm } from '../../cloudwatch/alarm-definitions';
import { defineComposites } from '../../cloudwatch/composite-definition';
import { defineMuteRules } from '../../cloudwatch/mute-rule';
import { type AlarmBasics, readBasics, subjectOf } from '../../cloudwatch/properties';
import type { Supplied } from '../../cloudwatch/supplied';
import { NotRehearsable } from '../../not-rehearsable';
import type { Place, Resource } from '../../resources';
import type { Refusal } from './refusal';
import { alarmTypes } from './template-types';

export interface CheckedTemplate {
  readonly resources: readonly Resource[];
  readonly place: Place;
  readonly refused?: readonly Refusal[];
}

/**
 * Tries every alarm, composite alarm and mute rule by itself, as if all others could be evaluated. What could not be
 * resolved comes first. Empty when the engine will take the template.
 */
export function checkTemplate(template: CheckedTemplate, supplied?: Supplied): Refusal[] {
  const { resources, place, refused = [] } = template;
  const ofType = (type: string): Resource[] => resources.filter((resource) => resource.type === type);
  const alarms = resources.filter(({ type }) => alarmTypes.has(type));
  const known = [
    ...alarms.map((resource) => basicsOf(resource, place)),
    ...refused.map((refusal) => standIn(refusal, place)),
  ];
  const composites = ofType('AWS::CloudWatch::CompositeAlarm');
  const aloneRefused = composites.flatMap((resource) => {
    const others = known.filter(({ name }) => name !== nameOf(resource));
    return attempt(resource, () => defineComposites([resource], place, others));
  });
  const sound = composites.filter((resource) => !aloneRefused.some(({ name }) => name === nameOf(resource)));
  return [
    ...refused,
    ...resources.flatMap((resource) => attempt(resource, () => defineAnyAlarm(resource, place, supplied))),
    ...aloneRefused,
    ...refuseTogether(sound, place, known),
    ...ofType('AWS::CloudWatch::AlarmMuteRule').flatMap((resource) =>
      attempt(resource, () => defineMuteRules([resource], place, known)),
    ),
  ];
}

/** The name that people call an alarm or a mute rule by. */
export function nameOf({ id, properties }: Resource): string {
  const name = properties.AlarmName ?? properties.Name;
  return typeof name === 'string' ? name : id;
}

function attempt(resource: Resource, define: () => unknown): Refusal[] {
  try {
    define();
    return [];
  } catch (error) {
    if (!(error instanceof NotRehearsable)) throw error;
    return [{ name: nameOf(resource), logicalId: resource.logicalId, reason: error.message }];
  }
}

/** What is wrong only with several composite alarms together: each cycle is taken apart at one of its alarms. */
function refuseTogether(
  composites: readonly Resource[],
  place: Place,
  known: readonly AlarmBasics[],
): Refusal[] {
  try {
    const names = new Set(composites.map(nameOf));
    defineComposites(
      composites,
      place,
      known.filter(({ name }) => !names.has(name)),
    );
    return [];
  } catch (error) {
    if (!(error instanceof NotRehearsable)) throw error;
    const { message: reason } = error;
    const blamed = composites.find((resource) => reason.startsWith(`${subjectOf(resource)}.`));
    if (blamed === undefined) throw error;
    const rest = composites.filter((resource) => resource !== blamed);
    const refusal = { name: nameOf(blamed), logicalId: blamed.logicalId, reason };
    return [refusal, ...refuseTogether(rest, place, known)];
  }
}

function basicsOf(resource: Resource, place: Place): AlarmBasics {
  return readBasics(resource, nameOf(resource), place);
}

/** An alarm that could not be resolved still has a name that others may use. */
function standIn({ name, logicalId }: Refusal, place: Place): AlarmBasics {
  return readBasics(
    { stack: '', logicalId, type: 'AWS::CloudWatch::Alarm', id: name, properties: {} },
    name,
    place,
  );
}
