/** Every alarm of a template that watches data, whatever kind of resource it is. */
import type { Place, Resource } from '../resources';
import { type AlarmDefinition, defineAlarm } from './alarm-definition';
import { defineLogAlarm, definePromQlAlarm, isPromQl } from './query-alarms';
import { nothingSupplied, type Supplied } from './supplied';

/** The resource as an alarm, or undefined when it is none that watches data. @throws NotRehearsable */
export function defineAnyAlarm(
  resource: Resource,
  place: Place,
  supplied: Supplied = nothingSupplied,
): AlarmDefinition | undefined {
  switch (resource.type) {
    case 'AWS::CloudWatch::Alarm':
      return isPromQl(resource)
        ? definePromQlAlarm(resource, place, supplied)
        : defineAlarm(resource, place, supplied);
    case 'AWS::CloudWatch::LogAlarm':
      return defineLogAlarm(resource, place, supplied);
    default:
      return undefined;
  }
}

/** In the order of the template. @throws NotRehearsable */
export function defineAlarms(
  resources: readonly Resource[],
  place: Place,
  supplied?: Supplied,
): AlarmDefinition[] {
  return resources.flatMap((resource) => defineAnyAlarm(resource, place, supplied) ?? []);
}
