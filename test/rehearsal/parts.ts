/** What the services' tests share: resources, a recording event log, and ids that count. */
import type { Datum } from '../../rehearsal/cloudwatch/types';
import { createEventLog, type EventKind, type EventLog, type EventOf } from '../../rehearsal/events';
import { type Place, type Resource, rehearsalPlace } from '../../rehearsal/resources';

export const place: Place = rehearsalPlace;
export const topicArn = (name: string): string => `arn:aws:sns:us-east-1:000000000000:${name}`;
export const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
export const queueUrl = (name: string): string => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`;
export const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
export const ruleArn = (name: string): string => `arn:aws:events:us-east-1:000000000000:rule/${name}`;

export function resource(type: string, id: string, properties: Record<string, unknown> = {}): Resource {
  const logicalId = id.replace(/\W/g, '').slice(-40);
  return { stack: 'test', logicalId, type, id, properties };
}

export interface Recorder extends EventLog {
  of<K extends EventKind>(kind: K): EventOf<K>[];
  /** Resolves when so many events of the kind have come. */
  until<K extends EventKind>(kind: K, count?: number): Promise<EventOf<K>[]>;
}

export function recorder(now: () => number = () => 0): Recorder {
  const log = createEventLog(now);
  const of = <K extends EventKind>(kind: K): EventOf<K>[] =>
    log.events.filter((event): event is EventOf<K> => event.kind === kind);
  return {
    ...log,
    of,
    until: (kind, count = 1) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (of(kind).length < count) return;
          unsubscribe();
          resolve(of(kind));
        };
        const unsubscribe = log.subscribe(check);
        check();
      }),
  };
}

export function counter(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
  };
}

export function metricSink(): {
  data: Datum[];
  put: (data: readonly Datum[]) => void;
  sum: (name: string) => number;
} {
  const data: Datum[] = [];
  return {
    data,
    put: (more) => {
      data.push(...more);
    },
    sum: (name) =>
      data
        .filter((one) => one.name === name)
        .reduce((total, one) => total + one.values.reduce((a, b) => a + b, 0), 0),
  };
}
