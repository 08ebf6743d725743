/** What an alarm reads: lets a test feed an alarm without repeating its metrics. */

import { identityOf } from '../../cloudwatch/identity';
import { readMetricAlarm } from '../../cloudwatch/properties';
import { isPromQl } from '../../cloudwatch/query-alarms';
import type { MetricIdentity } from '../../cloudwatch/types';
import type { AlarmEntry } from './alarm-book';
import { AlarmTestError } from './read';

export interface AlarmInput {
  /** The id of the query; undefined for an alarm on one metric. */
  readonly id: string | undefined;
  readonly metric: MetricIdentity;
  readonly unit: string | undefined;
  readonly periodSeconds: number;
}

/** The metrics that the alarm reads, in its own order; none for a composite alarm, or one on a query that AWS alone runs. */
export function inputsOf({ kind, resource }: AlarmEntry): AlarmInput[] {
  if (kind === 'composite' || resource.type !== 'AWS::CloudWatch::Alarm' || isPromQl(resource)) return [];
  const read = readMetricAlarm(resource);
  const { Namespace, MetricName, Dimensions, Period } = read;
  if (Namespace !== undefined && MetricName !== undefined && Period !== undefined) {
    const metric = identityOf({ Namespace, MetricName, Dimensions });
    return [{ id: undefined, metric, unit: read.Unit, periodSeconds: Period }];
  }
  return (read.Metrics ?? []).flatMap(({ Id: id, MetricStat }) => {
    if (MetricStat === undefined) return [];
    const { Metric, Period: periodSeconds, Unit: unit } = MetricStat;
    return [{ id, metric: identityOf(Metric), unit, periodSeconds }];
  });
}

/**
 * The input that a test means with `errorRateHigh.total`, or with `serviceDown` where there is one only.
 * @throws AlarmTestError
 */
export function findInput(
  place: string,
  asked: string,
  findAlarm: (asked: string) => AlarmEntry,
): AlarmInput {
  const [alarm, id] = splitInput(asked, findAlarm);
  const inputs = inputsOf(alarm);
  const found = id === undefined && inputs.length === 1 ? inputs[0] : inputs.find((each) => each.id === id);
  if (found !== undefined) return found;
  const ids = inputs.flatMap((each) => each.id ?? []);
  const expected =
    inputs.length === 0
      ? `an alarm on metrics, ${alarm.name} reads none`
      : ids.length === 0
        ? `'${alarm.name}' alone, because it reads one metric`
        : `'ALARM.' and one of ${ids.join(', ')}`;
  throw new AlarmTestError(`${place}: input: not there, got '${asked}', expected ${expected}; correct it`);
}

/** `errorRateHigh.total` in two; names of alarms may have dots themselves. */
export function splitInput(
  asked: string,
  findAlarm: (asked: string) => AlarmEntry,
): readonly [alarm: AlarmEntry, id: string | undefined] {
  const dot = asked.lastIndexOf('.');
  if (dot < 0) return [findAlarm(asked), undefined];
  try {
    return [findAlarm(asked), undefined];
  } catch {
    return [findAlarm(asked.slice(0, dot)), asked.slice(dot + 1)];
  }
}
