/** A CloudWatch on a clock that the test turns by hand, and short ways to write alarms and samples. */
import { createVirtualClock } from '../../../rehearsal/alarms/virtual-clock';
import { createCloudWatch } from '../../../rehearsal/cloudwatch/engine';
import type { EvaluationSettings } from '../../../rehearsal/cloudwatch/settings';
import type { AlarmAct, AlarmEvent, CloudWatch, Datum } from '../../../rehearsal/cloudwatch/types';
import { createEventLog, type EventKind, type EventOf } from '../../../rehearsal/events';
import { type Resource, rehearsalPlace } from '../../../rehearsal/resources';

/** Saturday 14 November 2026, 18:00:00 UTC. */
export const start = Date.UTC(2026, 10, 14, 18);
export const dimensions = { Service: 'fraud-scorer', Stage: 'dev' };
export const topic = 'arn:aws:sns:us-east-1:000000000000:page';

export function metricAlarm(name: string, properties: Record<string, unknown> = {}): Resource {
  return {
    stack: 'test',
    logicalId: `${name}Alarm`,
    type: 'AWS::CloudWatch::Alarm',
    id: name,
    properties: {
      AlarmName: name,
      Namespace: 'App',
      MetricName: 'Up',
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: 'Minimum',
      Period: 10,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      AlarmActions: [topic],
      OKActions: [topic],
      ...properties,
    },
  };
}

/** The service's heartbeat: one silent or failing period is an alarm. */
export function heartbeat(properties: Record<string, unknown> = {}): Resource {
  return metricAlarm('up', { DatapointsToAlarm: 1, TreatMissingData: 'breaching', ...properties });
}

const single = ['Namespace', 'MetricName', 'Dimensions', 'Statistic', 'Period'];

/** An alarm on an expression over the sums of metrics, which are given by id. */
export function mathAlarm(
  name: string,
  expression: string,
  inputs: Record<string, { metric: string; stat?: string }>,
  properties: Record<string, unknown> = {},
): Resource {
  const resource = metricAlarm(name);
  const kept = Object.entries(resource.properties).filter(([key]) => !single.includes(key));
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const metrics = Object.entries(inputs).map(([Id, { metric, stat = 'Sum' }]) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'App', MetricName: metric, Dimensions }, Period: 10, Stat: stat },
    ReturnData: false,
  }));
  const Metrics = [{ Id: 'e1', Expression: expression, Label: name, ReturnData: true }, ...metrics];
  return { ...resource, properties: { ...Object.fromEntries(kept), Metrics, ...properties } };
}

export function compositeAlarm(
  name: string,
  rule: string,
  properties: Record<string, unknown> = {},
): Resource {
  return {
    stack: 'test',
    logicalId: `${name}Composite`,
    type: 'AWS::CloudWatch::CompositeAlarm',
    id: name,
    properties: {
      AlarmName: name,
      AlarmRule: rule,
      AlarmActions: [topic],
      OKActions: [topic],
      ...properties,
    },
  };
}

/** Mutes these alarms by a schedule; more properties as CloudFormation has them. */
export function muteRule(
  name: string,
  schedule: { Expression: string; Duration: string; Timezone?: string },
  alarms: readonly string[],
  properties: Record<string, unknown> = {},
): Resource {
  return {
    stack: 'test',
    logicalId: `${name}Mute`,
    type: 'AWS::CloudWatch::AlarmMuteRule',
    id: name,
    properties: {
      Name: name,
      Rule: { Schedule: schedule },
      MuteTargets: { AlarmNames: alarms },
      ...properties,
    },
  };
}

export interface Bench {
  readonly cloudwatch: CloudWatch;
  readonly acted: { target: string; subject: string; message: string }[];
  now(): number;
  /** Publishes one value now. */
  put(metric: string, value: number, more?: Partial<Datum>): void;
  /** Turns the clock second by second; `each` runs at the start of a second, the evaluation at each whole ten. */
  run(seconds: number, each?: (second: number) => void): void;
  state(name: string): string | undefined;
  events<K extends EventKind>(kind: K): EventOf<K>[];
  /** Alarm changes as `second: name FROM>TO`. */
  changes(): string[];
}

export function bench(
  resources: readonly Resource[],
  more: {
    settings?: Partial<EvaluationSettings>;
    act?: AlarmAct;
    publish?: (event: AlarmEvent) => void;
  } = {},
): Bench {
  const clock = createVirtualClock(start);
  const now = (): number => clock.now();
  const log = createEventLog(now);
  const acted: Bench['acted'] = [];
  const act: AlarmAct =
    more.act ?? ((target, { subject, message }) => acted.push({ target, subject, message }));
  const cloudwatch = createCloudWatch({
    resources,
    place: rehearsalPlace,
    clock,
    emit: log.emit,
    act,
    settings: more.settings ?? {},
    ...(more.publish === undefined ? {} : { publish: more.publish }),
  });
  const events = <K extends EventKind>(kind: K): EventOf<K>[] =>
    log.events.filter((event): event is EventOf<K> => event.kind === kind);
  return {
    cloudwatch,
    acted,
    now,
    put: (name, value, datum = {}) =>
      cloudwatch.put([
        {
          namespace: 'App',
          name,
          dimensions,
          storageResolutionSeconds: 1,
          at: now(),
          values: [value],
          ...datum,
        },
      ]),
    run: (seconds, each = () => {}) => {
      for (let second = 0; second < seconds; second++) {
        each(second);
        clock.advanceTo(now() + 1000);
        if (now() % 10_000 === 0) cloudwatch.evaluate(now());
      }
    },
    state: (name) => cloudwatch.alarms().find((alarm) => alarm.name === name)?.state,
    events,
    changes: () =>
      events('alarm').map(({ at, name, from, to }) => `${(at - start) / 1000}: ${name} ${from}>${to}`),
  };
}
