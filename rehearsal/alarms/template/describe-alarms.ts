/** Alarms as the API describes them to resources as a template would have them: what an alarm is, without how it stands. */
import { excerpt } from '../../excerpt';
import type { Place, Resource } from '../../resources';
import type { AlarmPage, Fields } from './recognise';
import { TemplateError } from './template-error';

/** What DescribeAlarms tells of an alarm's life; a template has none of it. */
const lifeFields = new Set([
  'ActionsSuppressedBy',
  'ActionsSuppressedReason',
  'AlarmArn',
  'AlarmConfigurationUpdatedTimestamp',
  'EvaluationState',
  'StateReason',
  'StateReasonData',
  'StateTransitionedTimestamp',
  'StateUpdatedTimestamp',
  'StateValue',
]);

export interface DescribedAlarm {
  readonly resource: Resource;
  /** Undefined when somebody cut the ARN out of the dump. */
  readonly place: Place | undefined;
}

/** Every alarm of the page; its logical id is its name. Throws TemplateError for one without a name. */
export function alarmsOfPage(path: string, stack: string, page: AlarmPage): DescribedAlarm[] {
  const read = (type: string, alarms: readonly Fields[]): DescribedAlarm[] =>
    alarms.map((alarm) => ({ resource: toResource(path, stack, type, alarm), place: placeOf(alarm) }));
  return [
    ...read('AWS::CloudWatch::Alarm', page.metricAlarms),
    ...read('AWS::CloudWatch::CompositeAlarm', page.compositeAlarms),
    ...read('AWS::CloudWatch::LogAlarm', page.logAlarms),
  ];
}

function toResource(path: string, stack: string, type: string, alarm: Fields): Resource {
  const name = alarm.AlarmName;
  if (typeof name !== 'string' || name === '') {
    throw new TemplateError(
      `template ${path}: an alarm has no AlarmName, got ${Object.keys(alarm).slice(0, 5).map(excerpt).join(', ')}, expected all fields; write the file with aws cloudwatch describe-alarms again`,
    );
  }
  return { stack, logicalId: name, type, id: name, properties: propertiesOf(alarm) };
}

function propertiesOf(alarm: Fields): Fields {
  const isSet = ([key, value]: [string, unknown]): boolean =>
    // Some SDKs write what is not set as null, and an alarm on one metric with an empty list of Metrics.
    value !== null &&
    !lifeFields.has(key) &&
    !(key === 'Metrics' && Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(alarm).filter(isSet));
}

function placeOf(alarm: Fields): Place | undefined {
  const [, partition, service, region, accountId] = String(alarm.AlarmArn ?? '').split(':');
  if (service !== 'cloudwatch' || !partition || !region || !accountId) return undefined;
  return { partition, region, accountId };
}

/**
 * The one place that all alarms are in; undefined when none says it.
 * @throws TemplateError when they are in several: alarms of one name would be taken for one another
 */
export function placeOfAll(alarms: readonly DescribedAlarm[]): Place | undefined {
  const places = new Map<string, Place>();
  for (const { place } of alarms) {
    if (place !== undefined) places.set(`${place.accountId} ${place.region}`, place);
  }
  const [first, second] = places.values();
  if (second === undefined) return first;
  throw new TemplateError(
    `template: the alarms are not in one place, got ${[...places.keys()].join(' and ')}, expected one account and region; give the files of one at a time`,
  );
}
